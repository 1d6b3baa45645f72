#!/usr/bin/env python3
"""Reads the #includes of the C sources and enforces who may know whom (ARCHITECTURE.md).

    ci/layers.py [ROOT]

Prints one line for every include that breaks a rule, and a closing line; exit 1 if there is any.
"""

import re
import sys
from pathlib import Path

# A part is a folder. Each may include itself, the parts named here, libc, and these libraries.
PARTS = {
    "include": {"parts": set(), "libraries": set()},
    "core": {"parts": {"include"}, "libraries": {"jansson"}},
    "gen": {"parts": {"include", "core"}, "libraries": {"openssl", "yaml", "jansson"}},
    "validator": {"parts": {"include", "core"}, "libraries": {"openssl", "jansson"}},
    # Of conformance/ only the adapters in C, which `differential` has compiled in.
    "fuzz": {"parts": {"include", "core", "gen", "validator", "conformance"}, "libraries": {"openssl", "jansson"}},
}

# A public header opens one part, and is one of its headers: the other side may not reach around through it.
OPENS = {"gen": "gen", "valid": "validator", "mutat": "fuzz"}

LIBC = set(
    "assert ctype errno fcntl fnmatch ftw dirent float getopt glob inttypes langinfo libgen limits locale math poll "
    "pthread pwd sched setjmp signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string "
    "strings sysexits termios threads time uchar unistd wchar wctype sys/ioctl sys/mman sys/param sys/random "
    "sys/resource sys/select sys/socket sys/stat sys/statvfs sys/time sys/types sys/uio sys/un sys/wait arpa/inet "
    "netinet/in netinet/tcp netdb".split()
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include(?:_next)?[ \t]+(?:<([^>\n]+)>|"([^"\n]+)"|(.*))', re.M)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def part_of(path: Path) -> str:
    """The part that a file of the tree belongs to, such as "gen"."""
    top = path.parts[0]
    if top == "include":
        return next((part for prefix, part in OPENS.items() if path.stem.startswith(prefix)), "include")
    return top


def is_ground(source: Path) -> bool:
    """Whether it is what everything stands on: all of core/ and include/ but the cases and their JSON."""
    return part_of(source) in ("core", "include") and "case" not in source.stem


def resolve(root: Path, source: Path, name: str) -> Path | None:
    """The file of the tree that an include means, relative to its root; None for a system's header."""
    for base in (root, root / "include", root / source.parent):
        candidate = (base / name).resolve()
        if candidate.is_file() and candidate.is_relative_to(root):
            return candidate.relative_to(root)
    return None


def check_include(root: Path, source: Path, name: str) -> str | None:
    """Why `source` may not include `name`, or None."""
    part = part_of(source)
    rules = PARTS[part]
    if ".." in Path(name).parts:
        return "includes are relative to the root, without .."
    target = resolve(root, source, name)
    if target is not None:
        to = part_of(target)
        if to != part and to not in rules["parts"]:
            return f"{part}/ must not know {to}/"
        if is_ground(source) and not is_ground(target):
            return f"{source.stem} stands below the cases"
        return None
    if name.removesuffix(".h") in LIBC:
        return None
    library = name.split("/")[0].removesuffix(".h")
    if library in ("cmocka", "openssl") and "tests" in source.parts:  # libcrypto's allocations, made to fail
        return None
    if is_ground(source):
        return f"{source.stem} stands on libc alone"
    if library not in rules["libraries"]:
        return f"{part}/ does not stand on {library}" if "." not in library else f"{name} is not in the tree"
    return None


def check_tree(root: Path) -> tuple[list[str], int]:
    """The broken rules, as lines for a person, and how many includes were read."""
    broken, count = [], 0
    root = root.resolve()
    sources = sorted(p for part in PARTS for p in (root / part).rglob("*") if p.suffix in (".c", ".h", ".def"))
    for path in sources:
        source = path.relative_to(root)
        text = COMMENT.sub(lambda m: "\n" * m.group().count("\n"), path.read_text(encoding="utf-8"))
        for match in INCLUDE.finditer(text):
            count += 1
            name = match[1] or match[2]
            reason = check_include(root, source, name) if name else "an include names its file as it is"
            if reason:
                line = text.count("\n", 0, match.start()) + 1
                broken.append(f"{source}:{line}: {name or match[3]}: {reason}")
    return broken, count


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent
    broken, count = check_tree(root)
    for line in broken:
        print(line)
    print(f"{count} includes read, {len(broken)} against the layers")
    return 1 if broken or not count else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""clang-tidy of C files, each once for every set of flags that it is compiled with.

    ci/tidy.py FILE...

A file that was found clean is looked at again when anything has changed that the verdict depends on: its text or that of
a header which it includes (also through others, also of the system), its flags, .clang-tidy, or clang-tidy's version.
What was found clean is kept in build/tidy. The flags are those of the release build. Exit 1 with a finding.
"""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLEAN = ROOT / "build/tidy"


def compilations(paths: list[Path]) -> list[tuple[Path, tuple[str, ...]]]:
    """Each file with its flags. One that the build leaves out takes those of its nearest neighbour."""
    found: dict[Path, dict[tuple[str, ...], None]] = {}
    for entry in json.loads((ROOT / "build/release/compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        output = words.index("-o")
        flags = words[1:output] + words[output + 2 :]
        found.setdefault(Path(entry["file"]), {})[tuple(flags[:-2])] = None  # without the last, -c FILE

    def nearest(path: Path) -> Path:
        return max(found, key=lambda other: len(os.path.commonpath([path, other])))

    return [(path, flags) for path in paths for flags in found[path if path in found else nearest(path)]]


def state(path: Path, flags: tuple[str, ...], version: str) -> str:
    """A digest of all that the verdict depends on. Raises CalledProcessError where an #include is not found."""
    rule = subprocess.run(
        ["clang", "-M", "-w", "-D__clang_analyzer__", *flags, path], capture_output=True, text=True, check=True
    ).stdout
    inputs = [Path(name) for name in shlex.split(rule.replace("\\\n", " "))[1:]]
    inputs += [folder / ".clang-tidy" for folder in path.parents if (folder / ".clang-tidy").exists()]
    digest = hashlib.sha256(json.dumps([version, flags]).encode())
    for name in inputs:
        digest.update(f"\0{name}\0".encode() + hashlib.sha256(name.read_bytes()).digest())
    return digest.hexdigest()


def look(path: Path, flags: tuple[str, ...], version: str) -> tuple[bool, str]:
    """Whether it had to be looked at, and what was found: nothing where it is clean."""
    try:
        before = state(path, flags, version)
        if (CLEAN / before).exists():
            return False, ""
        result = subprocess.run(["clang-tidy", "--quiet", path, "--", *flags], capture_output=True, text=True)
        if result.returncode != 0:
            return True, f"{path}: clang-tidy ends with {result.returncode}\n{result.stdout}{result.stderr}"
        if state(path, flags, version) == before:  # and not what somebody has saved meanwhile
            (CLEAN / before).touch()
    except subprocess.CalledProcessError as error:
        return True, f"{path}: {error.stderr}"
    return True, ""


def main() -> int:
    if not sys.argv[1:]:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    CLEAN.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    work = compilations([Path(name).resolve() for name in sys.argv[1:]])
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        results = list(threads.map(lambda one: look(*one, version), work))
    findings = [text for _, text in results if text]
    print("".join(findings), end="")
    print(f"{len(work)} compilations: {sum(anew for anew, _ in results)} looked at, {len(findings)} with findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

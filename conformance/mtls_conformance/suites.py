"""Which corpus is meant by a word of the command line: base, full, or a path."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from . import checkout, programs
from .corpus import CorpusError

HERE = Path(__file__).parent
NAMED = ("base", "full")
SECONDS = 1800


def base() -> Path:
    """The base suite: a checkout's own, else the one that came with this package."""
    for path in (checkout.root() / "corpus/base", HERE / "corpus/base.jsonl"):
        if path.exists():
            return path
    raise CorpusError("the base suite did not come with this package; mtls-gen corpus --out PATH makes one")


def find(name: str, say: Callable[[str], None] = lambda text: None) -> Path:
    """The corpus of that name. The full suite is made on demand, once for each mtls-gen."""
    if name == "base":
        return base()
    if name == "full":
        return _full(say)
    if not Path(name).exists():
        raise CorpusError(f"{name}: there is no such corpus; mtls-gen corpus --out {name} makes one")
    return Path(name)


def cache() -> Path:
    """Where the full suite is kept (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mtls-gauntlet"


def _full(say: Callable[[str], None]) -> Path:
    """The bytes follow from the program alone, so its digest names them; another program's are removed."""
    program = programs.find("mtls-gen")
    path = cache() / f"full-{hashlib.sha256(program.read_bytes()).hexdigest()[:16]}.jsonl"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    say(f"mtls-gen makes the full suite in {path.parent}")
    command = [program, "corpus", "--suite", "full", "--format", "jsonl", "--out", path]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
    if result.returncode != 0:
        raise CorpusError(f"mtls-gen made no full suite: {result.stderr.decode(errors='replace').strip()}")
    for old in path.parent.glob("full-*.jsonl"):
        if old != path:
            old.unlink(missing_ok=True)
    return path

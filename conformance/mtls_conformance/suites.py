"""Which corpus is meant by a word of the command line: base, full, or a path."""

import errno
import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import checkout, programs
from .corpus import CorpusError

HERE = Path(__file__).parent
NAMED = ("base", "full")
SECONDS = 1800
REMEDY = "set XDG_CACHE_HOME to a folder that you can write to"


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
    """Where the full suite is kept, by the XDG Base Directory Specification, to which a relative path is none."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        return (given if given.is_absolute() else Path.home() / ".cache") / "mtls-gauntlet"
    except RuntimeError:
        raise CorpusError(f"there is no home folder, which would hold the full suite; {REMEDY}") from None


def _full(say: Callable[[str], None]) -> Path:
    """The bytes follow from the program alone, so its digest names them; another program's are removed."""
    program = programs.find("mtls-gen")
    folder = cache()
    path = folder / f"full-{hashlib.sha256(program.read_bytes()).hexdigest()[:16]}.jsonl"
    try:
        _remove_partials(folder)
        if path.exists():
            return path
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise CorpusError(f"{folder} cannot hold the full suite: {error.strerror}; {REMEDY}") from None
    say(f"mtls-gen makes the full suite in {folder}")
    _make([program, "corpus", "--suite", "full", "--format", "jsonl", "--out", path])
    for old in folder.glob("full-*.jsonl"):
        if old != path:
            old.unlink(missing_ok=True)
    return path


def _make(command: list[str | Path]) -> None:
    """An mtls-gen that is not waited for any longer is ended by SIGTERM: it then removes what it has begun."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as making:
        try:
            _, words = making.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise CorpusError(f"mtls-gen made no full suite in {SECONDS} seconds") from None
        finally:
            making.terminate()
            making.wait()
    if making.returncode != 0:
        raise CorpusError(f"mtls-gen made no full suite: {words.decode(errors='replace').strip()}")


def _remove_partials(folder: Path) -> None:
    """What an mtls-gen that was killed has left: none is at work for longer than SECONDS."""
    for partial in folder.glob("full-*.jsonl.partial-*"):
        with suppress(OSError):
            if partial.stat().st_mtime < time.time() - SECONDS:
                partial.unlink()

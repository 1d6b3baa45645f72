"""Targets: what answers cases. Each is one module, and one row in `make`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from ..compare import Answer
from ..corpus import Case


class TargetError(Exception):
    """A target is missing or broke down, so that nothing can be said of its cases: a message for a person."""


class Target(Protocol):
    name: str
    kind: str  # "validator", "library" or "server"
    profiles: tuple[str, ...]  # whose expectations its answers are held against
    silent: frozenset[str]  # members of an expectation of which it says nothing

    def version(self) -> str: ...

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        """One answer for each case, in any order."""


def make(name: str, suite: Path) -> Target:
    """The target of that name, or a program by its path: an mtls-validate, else an adapter. `suite` is where the
    cases come from."""
    from .library import LibraryTarget, names
    from .nginx import NginxTarget
    from .validator import ValidatorTarget

    if name == "nginx":
        return NginxTarget()
    if Path(name).name == "mtls-validate":
        return ValidatorTarget(name, suite)
    if "/" in name or name in names():
        return LibraryTarget(name)
    known = ", ".join((*NAMES, *names()))
    raise TargetError(f"there is no target {name!r}; there are {known}, and ./PATH of an mtls-validate or an adapter")


NAMES: tuple[str, ...] = ("mtls-validate", "nginx")
__all__ = ["NAMES", "Answer", "Callable", "Target", "TargetError", "make"]

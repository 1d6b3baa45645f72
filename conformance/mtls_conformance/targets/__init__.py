"""Targets: what answers cases. Families of them are modules of this folder, and rows of `families`.

A target's name is what `--target` takes, its column in a report, and the file of its known differences
(`expectations/<name>.yaml`). `make` finds the family for a name, in this order:

1. a name that a family lists (`gnutls`, `nginx`, `azure`);
2. a path, that is, anything with a slash in it: an mtls-validate, else a program that speaks the adapter protocol;
3. HOST:PORT (`gw.example:443`, `[::1]:8443`): a gateway that is there already.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from .. import checkout
from ..compare import Answer
from ..corpus import Case


class TargetError(Exception):
    """A target is missing or broke down, so that nothing can be said of its cases: a message for a person."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a target may need beside its name: the command line's options of its family, as that family's
    `add_options` named them (`{"sni": "gw.example", "dry_run": True}`)."""

    options: Mapping[str, object] = field(default_factory=dict)


class Target(Protocol):
    """Making one costs nothing and starts nothing: all that can fail fails in the methods, with TargetError."""

    name: str
    kind: str  # "validator", "library" or "server"
    silent: frozenset[str]  # members of an expectation of which it never says anything

    @property
    def missing(self) -> str | None:
        """None if it can run here, else what it lacks and, as the last line, the command that installs that."""

    @property
    def profiles(self) -> tuple[str, ...]:
        """Whose expectations its answers are held against. Asked only if nothing is missing."""

    def version(self) -> str:
        """Its own version, asked of itself. Asked only if nothing is missing."""

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        """One answer for each case, in any order, each as soon as it is there: what was measured before an
        interrupt is kept. Closing the iterator ends all that is at work. What cannot be asked is skipped with its
        reason (`Answer.skipped`); a case that goes wrong is an answer whose result is CRASH, HANG or PROTOCOL."""


class Session(Protocol):
    """A started target that answers one case after another."""

    def ask(self, case: Case) -> Answer: ...


class AsksOne(Target, Protocol):
    """A target to which one case alone costs little: the pytest plugin asks it test by test. Others are given all
    cases that pytest has chosen at once."""

    def session(self, profile: str) -> AbstractContextManager[Session]: ...

    def close(self) -> None:
        """Ends what has started and waits for the next question. It may be asked again."""


class Family(Protocol):
    """A module of this folder."""

    def names(self) -> list[str]:
        """The targets that this project has, whether or not this machine can run them."""

    def make(self, name: str, settings: Settings) -> Target:
        """The target of one of `names`, or of what `families` sends here. TargetError only for what is no target."""

    def add_options(self, group) -> None:
        """Adds the command line's options that its targets take to an argparse group. Optional."""


def families() -> tuple[Family, ...]:
    from . import azure, gateway, library, server, validator

    return (validator, server, library, gateway, azure)


def names() -> list[str]:
    """Every target that has a name, in the order of the families."""
    return [name for family in families() for name in family.names()]


def is_address(name: str) -> bool:
    """Whether it is HOST:PORT."""
    host, _, port = name.rpartition(":")
    return bool(host) and "/" not in host and port.isdigit() and int(port) < 65536 and (":" not in host or host[0] + host[-1] == "[]")


def make(name: str, settings: Settings) -> Target:
    """The target of that name, path or address, whether or not this machine can run it. Raises TargetError."""
    from . import gateway, library, validator

    for family in families():
        if name in family.names():
            return family.make(name, settings)
    if "/" in name:
        family = validator if Path(name).name == validator.PROGRAM else library
        return family.make(name, settings)
    if is_address(name):
        return gateway.make(name, settings)
    hint = "" if checkout.is_here() else f". Libraries are asked through adapters; {checkout.NEEDED}"
    raise TargetError(
        f"there is no target {name!r}; there are {', '.join(names())}, "
        f"and ./PATH of an {validator.PROGRAM} or of a program that speaks the adapter protocol, and HOST:PORT of a gateway{hint}"
    )

"""Where the project's own programs are: MTLS_GEN and MTLS_VALIDATE, the checkout's build, the PATH."""

import os
import shutil
from pathlib import Path

from . import checkout

BUILD = "in a checkout of mtls-gauntlet:\n    cmake --preset release && cmake --build --preset release"


class ProgramMissing(Exception):
    """A program of the project is not on this machine: what to do about it, for a person."""


def variable(name: str) -> str:
    """The environment variable that names a program: MTLS_GEN for mtls-gen."""
    return name.upper().replace("-", "_")


def look_for(name: str) -> Path | None:
    """The first of: what the environment names, what the checkout has built, what is on the PATH."""
    if given := os.environ.get(variable(name)):
        return Path(given).resolve() if os.access(given, os.X_OK) and Path(given).is_file() else None
    built = checkout.root() / "build/release/bin" / name
    found = built if built.is_file() else shutil.which(name)
    return Path(found).resolve() if found else None


def find(name: str) -> Path:
    found = look_for(name)
    if found is None:
        raise ProgramMissing(how_to_get(name))
    return found


def how_to_get(name: str) -> str:
    if given := os.environ.get(variable(name)):
        return f"{variable(name)} names {given}, which is no program"
    return f"there is no {name} on the PATH, and {variable(name)} is not set. To build it, {BUILD}"

"""Where the tests find the project: its built programs and its corpus."""

import os
from functools import cache
from pathlib import Path

from mtls_conformance.corpus import Case, load

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(os.environ.get("MTLS_PROGRAMS", ROOT / "build/release/bin"))
SUITE = Path(os.environ.get("MTLS_SUITE", ROOT / "corpus/base"))


@cache
def base_cases() -> tuple[Case, ...]:
    """The cases of the committed suite: tests are made from them, one for each."""
    return tuple(load(SUITE)) if SUITE.exists() else ()


def program(name: str) -> Path:
    path = PROGRAMS / name
    assert path.is_file(), f"{path} is not built: cmake --preset release && cmake --build --preset release"
    return path

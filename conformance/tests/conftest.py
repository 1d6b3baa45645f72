"""Fixtures: the built programs, and a way to run them."""

import subprocess
from pathlib import Path

import pytest
from project import program


@pytest.fixture(scope="session")
def mtls_gen() -> Path:
    return program("mtls-gen")


@pytest.fixture(scope="session")
def mtls_validate() -> Path:
    return program("mtls-validate")


@pytest.fixture
def run():
    """Runs a program with a time limit, and gives what it said."""

    def run(*command, seconds: float = 60, **options) -> subprocess.CompletedProcess:
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=seconds,
            **options,
        )

    return run

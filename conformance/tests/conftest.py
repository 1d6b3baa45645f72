"""Fixtures: the built programs, and a way to run them."""

import signal
import subprocess
import threading
from pathlib import Path

import pytest
from project import program
from validate_files import Files

# A shell starts what runs in the background with these ignored, and programs pass that on. The tests send them.
if threading.current_thread() is threading.main_thread():
    for number in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


# A worker of xdist takes file after file as they stand here. The files that take longest come first, so that no worker
# is left with one at the end.
LONGEST = ["test_full_suite", "test_suite_servers", "test_pytest_plugin", "test_report_page", "test_readme"]


def pytest_collection_modifyitems(items):
    order = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONGEST)))


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


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Files:
    return Files(tmp_path_factory.mktemp("validate"))


@pytest.fixture
def validate(run, mtls_validate):
    return lambda *arguments, **options: run(mtls_validate, *arguments, **options)

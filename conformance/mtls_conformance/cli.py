"""mtls-conformance: the command line."""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from . import __version__
from .commands import UsageError, commands
from .corpus import CorpusError
from .expectations import ExpectationsError
from .programs import ProgramMissing
from .results import ResultsError
from .table import printable_lines
from .targets import TargetError

FOR_PEOPLE = (CorpusError, ExpectationsError, UsageError, TargetError, ProgramMissing, ResultsError)


def interrupt(number: int, _) -> None:
    """SIGTERM and SIGHUP end a run as Ctrl-C does, with what was measured kept."""
    raise KeyboardInterrupt(number)


class Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: TextIO | None = None) -> None:
        """As argparse's own, which passes over a closed pipe and a full disk, and prints what moves a terminal."""
        print(printable_lines(message), end="", file=file or sys.stderr, flush=True)


def parser() -> Parser:
    main = Parser(
        prog="mtls-conformance", description="Runs the mtls-gauntlet corpus against validators, libraries and servers."
    )
    main.add_argument("--version", action="version", version=f"mtls-conformance {__version__}")
    subparsers = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in commands():
        command.add(subparsers).set_defaults(run=command.run)
    return main


def open_streams() -> None:
    """Each is there to be written to, also where the shell has closed it, and takes any text, whatever its encoding."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as the program runs
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")


def main() -> int:
    open_streams()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    status = told(command)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # Python would try once more at the exit, with a message and a status of its own
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return status


def command() -> int:
    options = parser().parse_args()
    status = options.run(options)
    sys.stdout.flush()
    return status


def complain(text: str) -> None:
    with suppress(OSError):  # it may be gone, too
        print(printable_lines(f"mtls-conformance: {text}"), file=sys.stderr)


def told(action: Callable[[], int]) -> int:
    """Does it, and gives the exit status. What ends it is told to people."""
    try:
        return action()
    except FOR_PEOPLE as error:
        complain(str(error))
    except BrokenPipeError:
        return 128 + signal.SIGPIPE
    except OSError as error:
        complain(f"{error.filename or 'I/O'}: {error.strerror}")
    except KeyboardInterrupt as interrupted:
        (number,) = interrupted.args or (signal.SIGINT,)
        if number != signal.SIGPIPE:
            complain("interrupted")
        return 128 + number
    except Exception:  # noqa: BLE001 - Python's own status would be 1, which says that something differs
        traceback.print_exc()
    return 2


if __name__ == "__main__":
    sys.exit(main())

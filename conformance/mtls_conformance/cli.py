"""mtls-conformance: the command line."""

import argparse
import signal
import sys
import traceback

from . import __version__
from .commands import UsageError, commands
from .corpus import CorpusError
from .expectations import ExpectationsError
from .programs import ProgramMissing
from .results import ResultsError
from .targets import TargetError

FOR_PEOPLE = (CorpusError, ExpectationsError, UsageError, TargetError, ProgramMissing, ResultsError)


def interrupt(number: int, _) -> None:
    """SIGTERM and SIGHUP end a run as Ctrl-C does, with what was measured kept."""
    raise KeyboardInterrupt(number)


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(
        prog="mtls-conformance", description="Runs the mtls-gauntlet corpus against validators, libraries and servers."
    )
    main.add_argument("--version", action="version", version=f"mtls-conformance {__version__}")
    subparsers = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in commands():
        command.add(subparsers).set_defaults(run=command.run)
    return main


def main() -> int:
    options = parser().parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    try:
        return options.run(options)
    except FOR_PEOPLE as error:
        print(f"mtls-conformance: {error}", file=sys.stderr)
    except OSError as error:
        print(f"mtls-conformance: {error.filename or 'I/O'}: {error.strerror}", file=sys.stderr)
    except KeyboardInterrupt as interrupted:
        print("mtls-conformance: interrupted", file=sys.stderr)
        return 128 + (interrupted.args or (signal.SIGINT,))[0]
    except Exception:  # noqa: BLE001 - Python's own status would be 1, which says that something differs
        traceback.print_exc()
    return 2


if __name__ == "__main__":
    sys.exit(main())

"""mtls-conformance: the command line."""

import argparse
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from rich.console import Console

from . import __version__, targets
from .corpus import CorpusError, load
from .results import Results, Suite, digest, save
from .runner import run
from .table import print_differences, print_summary, print_table

BASE = Path(__file__).parents[2] / "corpus/base"


class UsageError(Exception):
    """What was asked for does not exist or does not go together."""


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(
        prog="mtls-conformance", description="Runs the mtls-gauntlet corpus against validators, libraries and servers."
    )
    main.add_argument("--version", action="version", version=f"mtls-conformance {__version__}")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("run", help="ask targets, and compare what they answer with what the corpus expects")
    one.add_argument(
        "--target",
        action="append",
        required=True,
        metavar="NAME",
        help=f"{', '.join(targets.names())}, or ./PATH of an mtls-validate; may be given several times",
    )
    one.add_argument("--suite", default="base", metavar="PATH", help="base (the default), or a corpus: tree or jsonl")
    one.add_argument("--only", metavar="GLOB", help="the cases whose id matches, such as 'upload/*'")
    one.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="how many at a time")
    one.add_argument("--report", type=Path, metavar="DIR", help="write results.json there")
    one.add_argument("--quiet", action="store_true", help="no table: the differences, the counts and the closing line")
    return main


def find_suite(name: str) -> Path:
    path = BASE if name == "base" else Path(name)
    if not path.exists():
        raise UsageError(f"{path}: there is no such corpus; mtls-gen corpus --out {path} makes one")
    return path


def run_command(options: argparse.Namespace) -> int:
    if options.jobs < 1:
        raise UsageError("--jobs: expected at least 1")
    suite = find_suite(options.suite)
    cases = load(suite, options.only)
    chosen = [targets.make(name, targets.Settings(suite)) for name in dict.fromkeys(options.target)]
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False, soft_wrap=False)
    started, began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), monotonic()
    runs = run(cases, chosen, options.jobs, say=lambda text: print(text, file=sys.stderr, flush=True))
    if not options.quiet:
        print_table(console, cases, runs)
        console.print()
    print_differences(console, runs)
    if options.report:
        suite_asked = Suite(options.suite if options.suite == "base" else suite.name, len(cases), digest(cases), options.only)
        save(Results(suite_asked, __version__, tuple(runs), started, monotonic() - began), options.report)
    return 0 if print_summary(console, cases, runs) else 1


def main() -> int:
    options = parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers end and folders go, as on Ctrl-C
    try:
        return run_command(options)
    except (CorpusError, UsageError, targets.TargetError) as error:
        print(f"mtls-conformance: {error}", file=sys.stderr)
    except OSError as error:
        print(f"mtls-conformance: {error.filename or 'I/O'}: {error.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        print("mtls-conformance: interrupted", file=sys.stderr)
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())

"""mtls-conformance limbo: the corpus, or any suite in x509-limbo's form, given to one of its harness programs."""

import argparse
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from time import monotonic

from .. import __version__, limbo, programs, report, runner, suites
from ..console import Console
from ..corpus import CorpusError
from ..progress import watch
from ..results import Results, Suite, digest
from ..targets.harness import HarnessTarget
from . import UsageError
from .run import tell

SECONDS = 1800
HELP = """\
CMD reads a suite on standard input and writes its results on standard output, as the programs in harness/ of
github.com/C2SP/x509-limbo do. Limbo's results have no reasons, so only whether a client gets in is compared. The other way
round, mtls-conformance run --suite LIMBO.json puts what such a file has for servers with client certificates to any target.
"""


def add(commands) -> argparse.ArgumentParser:
    one = commands.add_parser("limbo", help="give the corpus to a harness program of x509-limbo", description=HELP)
    one.add_argument("--suite", default="base", metavar="SUITE", help="base (the default), full, or a limbo.json")
    one.add_argument("--only", metavar="GLOB", help="the cases whose id matches, such as 'handshake/*'")
    one.add_argument("--report", type=Path, metavar="DIR", help="as for mtls-conformance run")
    one.add_argument("--quiet", action="store_true", help="no table: the differences, the counts and the closing line")
    one.add_argument("harness", nargs=argparse.REMAINDER, metavar="CMD", help="the program, and its arguments")
    return one


def run(options: argparse.Namespace) -> int:
    command = options.harness[1:] if options.harness[:1] == ["--"] else options.harness
    if not command:
        raise UsageError("limbo: expected the harness's command, such as: mtls-conformance limbo ./harness")
    testcases = _testcases(options.suite)
    cases = [one.case for one in testcases if options.only is None or fnmatchcase(one.case.id, options.only)]
    if not cases:
        raise UsageError(f"no case of {options.suite} matches {options.only}")
    target = HarnessTarget(command, testcases)
    started, began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), monotonic()

    def finish(runs) -> int:
        try:
            if options.report:
                suite = Suite(f"{Path(options.suite).name} (limbo)", len(cases), digest(cases), options.only)
                report.write(Results(suite, __version__, tuple(runs), started, monotonic() - began), cases, options.report)
        finally:
            status = tell(options, cases, runs)
        return status

    try:
        return finish(runner.run(runner.Plan(cases, suite=options.suite), [target], watch(Console(stderr=True))))
    except runner.Interrupted as interrupted:
        with suppress(OSError):
            finish(interrupted.runs)
        raise


def _testcases(suite: str) -> list[limbo.Testcase]:
    if suite not in suites.NAMED:
        return limbo.read(Path(suite))
    say = partial(print, file=sys.stderr, flush=True)
    command = [programs.find("mtls-gen"), "corpus", "--suite", suite, "--format", "limbo", "--out", "-"]
    made = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
    words = made.stderr.decode(errors="replace").strip()
    if made.returncode != 0:
        raise CorpusError(f"mtls-gen made no suite: {words}")
    if words:
        say(words)
    return limbo.parse(made.stdout, "mtls-gen")

"""mtls-conformance run: asks targets, and compares what they answer with what the corpus expects."""

import argparse
import gc
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic

from .. import __version__, expectations, report, runner, suites, targets
from ..console import Console
from ..corpus import Case, load
from ..progress import watch
from ..results import Results, Run, Suite, digest
from ..table import print_differences, print_summary, print_table, printable_lines
from ..targets import options as target_options
from . import UsageError

GROUPS = {"all": None, "libraries": "library", "servers": "server"}


def add(commands) -> argparse.ArgumentParser:
    one = commands.add_parser("run", help="ask targets, and compare what they answer with what the corpus expects")
    one.add_argument(
        "--target",
        action="append",
        required=True,
        metavar="NAME",
        help="a name that mtls-conformance targets lists; all, libraries or servers, for those that this machine can "
        "run; ./PATH of a program that speaks the adapter protocol, or of an mtls-validate; HOST:PORT of a gateway, with the "
        "options below. May be given several times",
    )
    one.add_argument("--suite", default="base", metavar="SUITE", help="base (the default), full, or a corpus by its path")
    one.add_argument("--only", metavar="GLOB", help="the cases whose id matches, such as 'upload/*'")
    one.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="how many at a time")
    one.add_argument("--report", type=Path, metavar="DIR", help="write results.json, report.html, junit.xml and summary.md there")
    one.add_argument("--expectations", type=Path, metavar="FILE", help="known differences of the target, in YAML")
    one.add_argument("--quiet", action="store_true", help="no table: the differences, the counts and the closing line")
    one.set_defaults(family_options=target_options.add_to(one))
    return one


def choose(options: argparse.Namespace, say) -> list[targets.Target]:
    settings = target_options.settings(options, options.family_options)
    chosen: dict[str, targets.Target] = {}
    for name in options.target:
        for one in targets.names() if name in GROUPS else [name]:
            target = targets.make(one, settings)
            if name in GROUPS and GROUPS[name] not in (None, target.kind):
                continue
            if name in GROUPS and target.missing:
                say(printable_lines(f"{one} is left out: {target.missing}"))
                continue
            chosen.setdefault(one, target)
    for target in chosen.values():
        if target.missing:
            raise targets.TargetError(target.missing)
    if not chosen:
        raise UsageError("this machine can run none of these targets; mtls-conformance targets tells what is missing")
    return list(chosen.values())


def run(options: argparse.Namespace) -> int:
    if options.jobs < 1:
        raise UsageError("--jobs: expected at least 1")
    errors = Console(stderr=True, highlight=False)
    say = partial(print, file=sys.stderr, flush=True)
    known = expectations.of
    if options.expectations:
        given = expectations.load(options.expectations)
        known = lambda name: given  # noqa: E731
    chosen = choose(options, say)
    if options.expectations and len(chosen) > 1:
        raise UsageError("--expectations goes with one --target")
    path = suites.find(options.suite, say)
    cases = load(path, options.only)
    gc.freeze()  # they live as long as the run, which looks for garbage elsewhere
    if options.report:
        report.make_folder(options.report)
    whole = options.only is None and (options.suite in suites.NAMED or options.expectations is not None)
    started, began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), monotonic()
    plan = runner.Plan(cases, options.jobs, options.suite, whole, known)

    def finish(runs: list[Run]) -> int:
        try:
            if options.report:
                name = options.suite if options.suite in suites.NAMED else path.name
                suite = Suite(name, len(cases), digest(cases), options.only)
                results = Results(suite, __version__, tuple(runs), started, monotonic() - began)
                report.write(results, cases, options.report)
        finally:  # a disk that is full takes nothing of what an hour has found
            status = tell(options, cases, runs)
        return status

    try:
        return finish(runner.run(plan, chosen, watch(errors)))
    except runner.Interrupted as interrupted:
        with suppress(OSError):  # what was interrupted by its terminal's end cannot tell it
            finish(interrupted.runs)
            if options.report:
                say(f"mtls-conformance: what was measured until then is in {options.report}/results.json")
        raise


def tell(options: argparse.Namespace, cases: list[Case], runs: list[Run]) -> int:
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False, soft_wrap=False)
    if not options.quiet:
        print_table(console, cases, runs)
        console.print()
    print_differences(console, runs)
    is_good = print_summary(console, cases, runs)
    broken = [run.ended for run in runs if run.ended and run.ended != runner.INTERRUPTED]
    for message in broken:
        print(printable_lines(f"mtls-conformance: {message}"), file=sys.stderr)
    return 2 if broken else 0 if is_good else 1

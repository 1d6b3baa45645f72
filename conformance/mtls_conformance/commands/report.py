"""mtls-conformance report: one report of one or several runs, such as those of the jobs of a CI."""

import argparse
from pathlib import Path

from .. import report, suites
from ..corpus import load as load_corpus
from ..results import ResultsError, digest, load, merge
from . import UsageError


def add(commands) -> argparse.ArgumentParser:
    one = commands.add_parser("report", help="write the report of one or several runs, such as those of a CI's jobs")
    one.add_argument("results", nargs="+", type=Path, help="results.json of a run, or the folder with it")
    one.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the report goes")
    one.add_argument(
        "--suite", metavar="SUITE", help="the corpus that was asked, by its path, where it is not base or full"
    )
    return one


def run(options: argparse.Namespace) -> int:
    results = merge([(str(path), load(path)) for path in options.results])
    name = options.suite or results.suite.name
    if options.suite is None and name not in suites.NAMED:
        raise UsageError(f"--suite: the runs asked {name}, which is none of the project's: name the corpus by its path")
    cases = load_corpus(suites.find(name, lambda _: None), results.suite.only)
    if digest(cases) != results.suite.digest:
        raise ResultsError(f"{options.results[0]}: was asked of other cases than those of {name} as it is now")
    report.make_folder(options.out)
    report.write(results, cases, options.out)
    print(f"{options.out}/report.html: {len(results.runs)} runs of {len(cases)} cases")
    return 0 if results.is_good else 1

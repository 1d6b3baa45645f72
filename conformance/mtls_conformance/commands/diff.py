"""mtls-conformance diff: what changed between two runs."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.text import Text

from ..compare import UNEXPLAINED, Outcome, Verdict
from ..console import Console
from ..results import Results, Run, load
from ..table import brief, printable


@dataclass(frozen=True, slots=True)
class Change:
    run: str  # target:profile
    case: str
    stage: str
    old: str | None  # None: it was not asked
    new: str | None
    is_worse: bool  # it was no unexplained difference, and is one


@dataclass(frozen=True, slots=True)
class RunChange:
    run: str
    old: str | None  # version; None: it is in the other alone
    new: str | None
    ended: str | None  # why the new is not whole though the old is


def add(commands) -> argparse.ArgumentParser:
    one = commands.add_parser("diff", help="what changed between two runs")
    one.add_argument("old", type=Path, metavar="OLD", help="a results.json, or the folder of a report")
    one.add_argument("new", type=Path, metavar="NEW", help="another, later one")
    one.add_argument("--json", action="store_true", help="as JSON: runs and changes")
    one.description = "What changed between two runs. Exit status: 0 nothing got worse, 1 something did."
    return one


def run_changes(old: Results, new: Results) -> Iterator[RunChange]:
    """Runs that are in one alone, whose target's version is another, or that are no longer whole."""
    before, after = ({run.id: run for run in results.runs} for results in (old, new))
    for name in dict.fromkeys([*before, *after]):
        then, now = before.get(name), after.get(name)
        versions = then and then.version, now and now.version
        ended = now.ended or None if now and not (then and then.ended) else None
        if versions[0] != versions[1] or ended:
            yield RunChange(name, *versions, ended)


def changes(old: Results, new: Results) -> Iterator[Change]:
    """Of runs in both: every stage whose answer or outcome is another, in the order of the new."""
    before = {run.id: run for run in old.runs}
    for run in new.runs:
        if run.id in before:
            yield from _changes(before[run.id], run)


def _changes(old: Run, new: Run) -> Iterator[Change]:
    then, now = ({(v.case_id, v.stage): v for v in run.verdicts} for run in (old, new))
    asked = [at for at in dict.fromkeys([*now, *then]) if not (old.ended or new.ended) or at in then.keys() & now.keys()]
    for at in asked:  # of a run that was cut short, only what both were asked
        before, after = then.get(at), now.get(at)
        if _told(before) != _told(after):
            is_bad = after is not None and after.outcome in UNEXPLAINED
            was_bad = before is not None and before.outcome in UNEXPLAINED
            yield Change(new.id, *at, _told(before), _told(after), is_bad and not was_bad)


def _told(verdict: Verdict | None) -> str | None:
    if verdict is None:
        return None
    if verdict.outcome is Outcome.SKIPPED:
        return f"skipped: {verdict.why}"
    if verdict.got is None:
        return str(verdict.outcome)
    return f"{verdict.outcome}: {brief(verdict.stage, verdict.got)}"


def run(options: argparse.Namespace) -> int:
    old, new = load(options.old), load(options.new)
    of_runs, found = list(run_changes(old, new)), list(changes(old, new))
    worse = sum(change.is_worse for change in found) + sum(one.ended is not None for one in of_runs)
    if options.json:
        print(json.dumps({"runs": [asdict(one) for one in of_runs], "changes": [asdict(one) for one in found]}, indent=1))
        return 1 if worse else 0
    console = Console(highlight=False, soft_wrap=True)
    if old.suite.digest != new.suite.digest:
        console.print(f"the cases are not the same: {old.suite.name} {old.suite.cases}, {new.suite.name} {new.suite.cases}")
    for one in of_runs:
        if one.old != one.new:
            console.print(Text(printable(f"{one.run}: {_version(one.old)} -> {_version(one.new)}")))
        if one.ended:
            console.print(Text(printable(f"{one.run}: {one.ended}"), style="red"))
    for change in found:
        console.print(
            Text(
                printable(f"{change.run} {change.case} {change.stage}: ")
                + f"{printable(change.old or 'not asked')} -> {printable(change.new or 'not asked')}",
                style="red" if change.is_worse else "",
            )
        )
    print(f"{len(found)} changes, {worse} for the worse")
    return 1 if worse else 0


def _version(version: str | None) -> str:
    return "not there" if version is None else version or "unknown"

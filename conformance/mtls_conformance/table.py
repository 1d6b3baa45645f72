"""The table of a run, for a terminal of 80 columns and up."""

import re
from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .compare import UNEXPLAINED, Outcome, Verdict
from .corpus import STAGES, Case
from .results import Run


LONG = 2000  # cases; nobody reads a longer table, and laying it out takes longer than asking


def printable(text: str) -> str:
    """Text from certificates and programs as a terminal may show it: nothing that moves, hides or reorders."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)


def printable_lines(text: str) -> str:
    """The same of a text of several lines."""
    return "\n".join(map(printable, text.split("\n")))


def brief(stage: str, answer: dict | None) -> str:
    """One alternative or answer in a word or two."""
    if answer is None:
        return "no answer"
    if stage == "upload":
        code = answer.get("code")
        if not code:
            return printable(str(answer.get("result")))
        return re.sub("^ApplicationGateway(TrustedClientCertificate)?|InTrustedClientCertificate$", "", printable(code))
    reason = answer.get("reason")
    if isinstance(reason, tuple):  # one word of the target's for several of ours
        reason = f"{reason[0]} or {len(reason) - 1} more"
    return printable(str(reason or answer.get("result")))


def expected_of(case: Case, profile: str) -> str:
    """What a case must be answered under a profile: its handshake, or the upload where it ends there."""
    for name in reversed(STAGES):
        stage = case.stage(profile, name)
        if stage is not None:
            return " or ".join(dict.fromkeys(brief(name, alternative) for alternative in stage.any_of))
    return ""


def _cell(verdicts: list[Verdict]) -> Text:
    outcomes = {verdict.outcome for verdict in verdicts}
    if failed := sorted(outcomes & UNEXPLAINED - {Outcome.DIFFERS}):
        return Text(failed[0].value, style="bold red")
    if Outcome.DIFFERS in outcomes:
        return Text("NOT", style="bold red")
    if Outcome.KNOWN in outcomes:
        return Text("known", style="yellow")
    return Text("ok", style="green") if Outcome.AS_EXPECTED in outcomes else Text("-", style="dim")


def print_table(console: Console, cases: list[Case], runs: list[Run]):
    """One row a case: what is expected by each profile, once where they agree, and how each target did. A table that
    would be LONG has those alone of which some answer differs."""
    profiles = list(dict.fromkeys(run.profile for run in runs))
    by_target: dict[str, list[dict[str, list[Verdict]]]] = {run.target: [] for run in runs}
    for run in runs:
        by_target[run.target].append(run.by_case())
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    table.add_column("scenario", overflow="fold", max_width=48)
    table.add_column(f"expected by {' / '.join(profiles)}", overflow="fold")
    for target in by_target:
        table.add_column(target, no_wrap=True)
    left = 0
    for case in cases:
        cells = [_cell([v for run in answered for v in run.get(case.id, [])]) for answered in by_target.values()]
        if len(cases) > LONG and all(cell.plain in ("ok", "-") for cell in cells):
            left += 1
            continue
        expected = [expected_of(case, profile) or "-" for profile in profiles]
        table.add_row(
            Text(printable(case.id)), Text(" / ".join(expected if len(set(expected)) > 1 else expected[:1])), *cells
        )
    console.print(table)
    if left:
        console.print(Text(f"{left} more cases, of which nothing differs", style="dim"))


def print_differences(console: Console, runs: list[Run]):
    """Of everything that is not as expected: by whom, what was expected, and what came."""
    for run in runs:
        for verdict in run.verdicts:
            if verdict.outcome in UNEXPLAINED:
                lines = [f"{verdict.case_id}: {run.target} under {run.profile}, {verdict.stage}"]
                lines += [f"  expected {_members(alternative)}" for alternative in verdict.expected]
                lines += [f"  got      {_members(verdict.got) if verdict.got else _nothing(verdict)}"]
                lines += [f"  it says  {verdict.raw}"] if verdict.raw else []
                console.print(Text("\n".join(map(printable, lines)), style="red"))


def _nothing(verdict: Verdict) -> str:
    return "no answer" if verdict.outcome is Outcome.DIFFERS else verdict.outcome.value


def _members(answer: dict) -> str:
    return ", ".join(f"{member} {value}" for member, value in answer.items() if value is not None)


def print_summary(console: Console, cases: list[Case], runs: list[Run]) -> bool:
    """The counts of each run, why anything was skipped, and the closing line. True if nothing differs."""
    for run in runs:
        if not run.version:
            continue  # it never came to an answer: what ended it is said at the end
        console.print(
            Text(
                f"{run.target} under {run.profile}: {run.count(Outcome.AS_EXPECTED)} answers as expected, "
                f"{sum(map(run.count, UNEXPLAINED))} not, "
                f"{run.count(Outcome.KNOWN)} known differences, {run.count(Outcome.SKIPPED)} skipped   ({printable(run.version)})"
            )
        )
        why = Counter(verdict.why for verdict in run.verdicts if verdict.outcome is Outcome.SKIPPED)
        for reason, count in why.most_common():
            console.print(Text(f"    {count} skipped: {printable(reason)}", style="dim"))
        for note in run.notes:
            console.print(Text(f"    {printable(note)}", style="yellow"))
        for fault in run.outdated:
            console.print(Text(f"    outdated: {printable(fault)}", style="red"))
    wrong = {v.case_id for run in runs for v in run.verdicts if v.outcome in UNEXPLAINED}
    right = {v.case_id for run in runs for v in run.verdicts if v.outcome in (Outcome.AS_EXPECTED, Outcome.KNOWN)} - wrong
    unasked = len(cases) - len(right) - len(wrong)
    console.print(
        Text(
            f"{len(cases)} cases: {len(right)} as expected, {len(wrong)} not"
            + (f", {unasked} skipped" if unasked else "")
        )
    )
    return not wrong and bool(right) and not any(run.outdated for run in runs)

"""The table of a run, for a terminal of 80 columns and up."""

import re
from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .compare import Outcome, Verdict
from .corpus import STAGES, Case
from .runner import Run

OK, SKIPPED, NOT_ASKED = "ok", "-", ""


def printable(text: str) -> str:
    """Text from certificates and programs as a terminal may show it: nothing that moves, hides or reorders."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)


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


def _detail(verdict: Verdict) -> str:
    """What came instead; where only a smaller member differs, that member."""
    got = brief(verdict.stage, verdict.got)
    if verdict.got is not None and got in {brief(verdict.stage, alternative) for alternative in verdict.expected}:
        wrong = {k: v for k, v in verdict.got.items() if v not in [a.get(k, v) for a in verdict.expected]}
        got = ", ".join(f"{k} {printable(str(v))}" for k, v in wrong.items() if k != "sslClientVerify") or got
    return f"{verdict.stage}: {got}"


def _cell(verdicts: list[Verdict]) -> Text:
    differing = [verdict for verdict in verdicts if verdict.outcome is Outcome.DIFFERS]
    if differing:
        return Text("; ".join(_detail(verdict) for verdict in differing), style="bold red")
    if any(verdict.outcome is Outcome.AS_EXPECTED for verdict in verdicts):
        return Text(OK, style="green")
    return Text(SKIPPED if verdicts else NOT_ASKED, style="dim")


def print_table(console: Console, cases: list[Case], runs: list[Run]):
    """One row a case; for each profile what is expected, and what each target said."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    table.add_column("scenario", overflow="fold", ratio=34)
    by_profile: dict[str, list[dict[str, list[Verdict]]]] = {run.profile: [] for run in runs}
    for profile, answers in by_profile.items():
        table.add_column(f"expected by {profile}", overflow="fold", ratio=24)
        for run in runs:
            if run.profile == profile:
                table.add_column(run.target.removeprefix("mtls-"), overflow="fold", ratio=9)
                answers.append(run.by_case())
    for case in cases:
        cells = [Text(printable(case.id))]
        for profile, answers in by_profile.items():
            cells.append(Text(expected_of(case, profile)))
            cells += [_cell(verdicts.get(case.id, [])) for verdicts in answers]
        table.add_row(*cells)
    console.print(table)


def print_summary(console: Console, cases: list[Case], runs: list[Run]) -> bool:
    """The counts of each run, why anything was skipped, and the closing line. True if nothing differs."""
    for run in runs:
        console.print(
            Text(
                f"{run.target} under {run.profile}: {run.count(Outcome.AS_EXPECTED)} answers as expected, "
                f"{run.count(Outcome.DIFFERS)} not, {run.count(Outcome.SKIPPED)} skipped   ({printable(run.version)})"
            )
        )
        why = Counter(verdict.why for verdict in run.verdicts if verdict.outcome is Outcome.SKIPPED)
        for reason, count in why.most_common():
            console.print(Text(f"    {count} skipped: {printable(reason)}", style="dim"))
    wrong = {v.case_id for run in runs for v in run.verdicts if v.outcome is Outcome.DIFFERS}
    right = {v.case_id for run in runs for v in run.verdicts if v.outcome is Outcome.AS_EXPECTED} - wrong
    unasked = len(cases) - len(right) - len(wrong)
    console.print(
        Text(
            f"{len(cases)} cases: {len(right)} as expected, {len(wrong)} not"
            + (f", {unasked} skipped" if unasked else "")
        )
    )
    return not wrong and bool(right)

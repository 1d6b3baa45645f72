"""A summary in Markdown, for a comment on a pull request: short, the news first, at most a screen or two."""

import re
from collections import Counter
from collections.abc import Iterable

from ..compare import Outcome, Verdict
from ..results import Results, Run
from . import wording
from .difference import KNOWN, WORDS, Mark, is_news, mark

MOST = 25  # differences shown for each run
MARKUP = re.compile(r"[&<>\\`*_{}\[\]()#+!|~$^@]|(?<!\w)-|://")
LIMIT = 60_000  # characters: a comment on GitHub holds 65,536


def document(results: Results) -> str:
    news = results.unexplained()
    whole = "" if results.complete else " This is what was measured until then."
    outdated = sum(len(run.outdated) for run in results.runs)
    verdict = "Everything is as expected" if results.is_good else f"{len(news)} answers differ"
    verdict += "" if results.complete else ", the run was not finished"
    verdict += f", {outdated} known differences are outdated" if outdated else ""
    lines = [
        f"## mtls-conformance: {verdict}",
        "",
        f"{results.suite.cases} cases of {cell(results.suite.name)}"
        + (f" ({cell(results.suite.only)})" if results.suite.only else "")
        + f", {len(results.runs)} {'target' if len(results.runs) == 1 else 'targets'}.{whole}",
        "",
        *table(results.runs),
        "",
    ]
    for run in results.runs:
        notes = [f"outdated: {fault}" for fault in run.outdated] + list(run.notes)
        lines += [f"- {cell(run.target)}: {cell(note)}" for note in notes[:MOST]] + [""] * bool(notes)
        lines += _differences(run)
    return _cut(lines)


def table(runs: Iterable[Run]) -> list[str]:
    """One row a run."""
    lines = [
        "| target | version | as expected | lets in | refuses | other reason | known | crash, hang, protocol | skipped |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for run in runs:
        marks = Counter(map(mark, run.verdicts))
        broken = marks[Mark.CRASH] + marks[Mark.HANG] + marks[Mark.PROTOCOL]
        counts = [marks[m] for m in (Mark.AS_EXPECTED, Mark.LETS_IN, Mark.REFUSES, Mark.OTHER)]
        name = cell(run.target) + (f" ({cell(run.profile)})" if run.profile not in ("openssl", "") else "")
        name += f" (not finished: {cell(run.ended)})" if run.ended else ""
        row = [
            name,
            cell(run.version),
            *map(str, counts),
            str(sum(marks[m] for m in KNOWN)),
            str(broken),
            str(marks[Mark.SKIPPED]),
        ]
        lines.append(f"| {' | '.join(row)} |")
    return lines


def _differences(run: Run) -> list[str]:
    news = [verdict for verdict in run.verdicts if is_news(verdict)]
    if not news:
        return []
    # What must never happen first, then what operators notice, then other words for the same decision.
    order = [Mark.CRASH, Mark.HANG, Mark.PROTOCOL, Mark.LETS_IN, Mark.REFUSES, Mark.OTHER]
    news.sort(key=lambda verdict: order.index(mark(verdict)))
    lines = [
        f"<details><summary>{cell(run.target)} under {cell(run.profile)}: {len(news)} differ</summary>",
        "",
        "| case | stage | | expected | got | it says |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(verdict) for verdict in news[:MOST]]
    if len(news) > MOST:
        lines += ["", f"... and {len(news) - MOST} more: see report.html."]
    return [*lines, "", "</details>", ""]


def _row(verdict: Verdict) -> str:
    raw = verdict.raw if len(verdict.raw) <= 160 else verdict.raw[:159] + "\N{HORIZONTAL ELLIPSIS}"
    got = wording.brief(verdict.stage, verdict.got) if verdict.outcome is Outcome.DIFFERS else verdict.outcome.value
    words = [verdict.case_id, verdict.stage, WORDS[mark(verdict)], wording.expected_briefly(verdict), got, raw]
    return f"| {' | '.join(map(cell, words))} |"


def cell(text: str) -> str:
    """Text as Markdown shows it and not as it obeys it: no markup, no HTML, no mention, no end of the cell."""
    return MARKUP.sub(lambda found: "".join(f"&#{ord(c)};" for c in found[0]), wording.printable(text))


def _cut(lines: list[str]) -> str:
    kept, size = [], 0
    for number, line in enumerate(lines):
        size += len(line) + 1
        if size > LIMIT:
            is_open = kept.count("</details>") < sum(line.startswith("<details>") for line in kept)
            kept += ["", f"... {len(lines) - number} lines more: see report.html.", "", *["</details>"] * is_open, ""]
            break
        kept.append(line)
    return "\n".join(kept)

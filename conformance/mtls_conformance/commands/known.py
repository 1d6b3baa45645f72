"""mtls-conformance known: entries for a file of known differences, of what a run could not explain."""

import argparse
import textwrap
from pathlib import Path

from ..compare import UNEXPLAINED, Verdict
from ..expectations import said
from ..results import Run, load
from ..table import brief, printable


def add(commands) -> argparse.ArgumentParser:
    one = commands.add_parser("known", help="entries for expectations/<target>.yaml of what a run could not explain")
    one.add_argument("report", type=Path, metavar="REPORT", help="a results.json, or the folder of a report")
    one.add_argument("--target", metavar="NAME", help="of this target alone")
    one.description = (
        "Prints, as YAML, the differences that nothing explains, those alike together. `reason` and `cite` are empty: "
        "finding them is the work, and no file with an empty one is taken."
    )
    return one


def run(options: argparse.Namespace) -> int:
    runs = [run for run in load(options.report).runs if options.target in (None, run.target)]
    for one in runs:
        for line in entries(one):
            print(line)
    return 0


def entries(run: Run) -> list[str]:
    alike: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in run.verdicts:
        if verdict.outcome in UNEXPLAINED:
            expected = " or ".join(dict.fromkeys(brief(verdict.stage, one) for one in verdict.expected))
            alike.setdefault((verdict.stage, said(verdict), expected), []).append(verdict)
    lines = []
    if alike:
        lines = [f"# {run.target}.yaml", f"profile: {run.profile}", f"seen: {printable(run.version)}", "differences:"]
    for (stage, got, expected), verdicts in alike.items():
        words = next((verdict.raw for verdict in verdicts if verdict.raw), "")
        lines.append(f"# expected {expected}" + (f"; it says {printable(words)[:100]}" if words else ""))
        cases = f"- cases: [{', '.join(verdict.case_id for verdict in verdicts)}]"
        lines += textwrap.wrap(cases, 118, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
        lines += [f"  stage: {stage}", f"  got: {got}", "  reason:", "  cite:"]
    return lines

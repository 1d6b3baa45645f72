"""Asks targets, holds their answers against the corpus."""

from collections.abc import Callable
from time import monotonic

from .compare import judge
from .corpus import Case
from .results import Run
from .targets import Target, TargetError


def run(cases: list[Case], targets: list[Target], jobs: int, say: Callable[[str], None] = lambda text: None) -> list[Run]:
    """Every target under every profile that it answers for, in the order given; verdicts in the corpus's order."""
    runs = []
    order = {case.id: number for number, case in enumerate(cases)}
    by_id = {case.id: case for case in cases}
    for target in targets:
        if target.missing:
            raise TargetError(target.missing)
        version = target.version()
        for profile in target.profiles:
            started = monotonic()
            say(f"{target.name} ({version}) answers {len(cases)} cases under {profile}")
            verdicts = [
                verdict
                for answer in target.answers(cases, profile, jobs)
                for verdict in judge(by_id[answer.case_id], target.name, profile, answer, target.silent)
            ]
            verdicts.sort(key=lambda verdict: order[verdict.case_id])
            runs.append(
                Run(target.name, target.kind, version, profile, tuple(verdicts), seconds=monotonic() - started)
            )
    return runs

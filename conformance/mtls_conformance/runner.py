"""Asks targets, holds their answers against the corpus."""

from collections.abc import Callable
from dataclasses import dataclass

from .compare import Outcome, Verdict, judge
from .corpus import Case
from .targets import Target, TargetError


@dataclass(frozen=True, slots=True)
class Run:
    """What one target said of the cases under one profile."""

    target: str
    kind: str  # "validator", "library" or "server"
    version: str
    profile: str
    verdicts: tuple[Verdict, ...]
    ended: str = ""  # why it is not whole: "interrupted", or what was broken

    def count(self, outcome: Outcome) -> int:
        return sum(verdict.outcome is outcome for verdict in self.verdicts)

    def by_case(self) -> dict[str, list[Verdict]]:
        grouped: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            grouped.setdefault(verdict.case_id, []).append(verdict)
        return grouped


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
            say(f"{target.name} ({version}) answers {len(cases)} cases under {profile}")
            verdicts = [
                verdict
                for answer in target.answers(cases, profile, jobs)
                for verdict in judge(by_id[answer.case_id], target.name, profile, answer, target.silent)
            ]
            verdicts.sort(key=lambda verdict: order[verdict.case_id])
            runs.append(Run(target.name, target.kind, version, profile, tuple(verdicts)))
    return runs

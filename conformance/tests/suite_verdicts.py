"""What the tests of the committed suite share: a target's verdicts on all of it, asked for once."""

from functools import cache

import pytest
from project import base_cases, program

from mtls_conformance.compare import UNEXPLAINED, Outcome, Verdict, judge
from mtls_conformance.servers.nginx import Nginx
from mtls_conformance.targets.server import ServerTarget
from mtls_conformance.targets.validator import ValidatorTarget


@cache
def validator() -> ValidatorTarget:
    return ValidatorTarget(str(program("mtls-validate")))


@cache
def verdicts(target_name: str, profile: str) -> dict[str, list[Verdict]]:
    target = ServerTarget(Nginx) if target_name == "nginx" else validator()
    cases = {case.id: case for case in base_cases()}
    return {
        answer.case_id: list(judge(cases[answer.case_id], target.name, profile, answer, target.silent))
        for answer in target.answers(list(cases.values()), profile, jobs=2)
    }


def expect_conformity(case_id: str, target_name: str, profile: str):
    found = verdicts(target_name, profile)[case_id]
    for verdict in found:
        if verdict.outcome in UNEXPLAINED:
            pytest.fail(
                f"{case_id}: {verdict.stage} under {profile}\nexpected any of {list(verdict.expected)}\n"
                f"got {verdict.got}\n{verdict.raw}",
                pytrace=False,
            )
    if all(verdict.outcome is Outcome.SKIPPED for verdict in found):
        pytest.skip("; ".join(sorted({verdict.why for verdict in found})) or "nothing to compare")

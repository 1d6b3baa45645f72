"""Every case of the committed suite, against mtls-validate under each profile, and against a live nginx.

One test for each case and way of asking, named after the case. The programs answer the whole suite once.
"""

from functools import cache

import pytest
from project import SUITE, base_cases, program

from mtls_conformance.compare import Outcome, Verdict, judge
from mtls_conformance.targets.nginx import NginxTarget
from mtls_conformance.targets.validator import ValidatorTarget
from mtls_conformance.vocabulary import profiles


@cache
def verdicts(target_name: str, profile: str) -> dict[str, list[Verdict]]:
    if target_name == "nginx":
        target = NginxTarget()
    else:
        target = ValidatorTarget(str(program("mtls-validate")), SUITE)
    cases = {case.id: case for case in base_cases()}
    return {
        answer.case_id: list(judge(cases[answer.case_id], target.name, profile, answer, target.silent))
        for answer in target.answers(list(cases.values()), profile, jobs=2)
    }


def expect_conformity(case_id: str, found: list[Verdict]):
    for verdict in found:
        assert verdict.outcome is not Outcome.DIFFERS, (
            f"{case_id}: {verdict.stage} under {verdict.profile}\n"
            f"expected any of {list(verdict.expected)}\n     got {verdict.got}\n     ({verdict.why})"
        )
    if all(verdict.outcome is Outcome.SKIPPED for verdict in found):
        pytest.skip("; ".join(sorted({verdict.why for verdict in found})) or "nothing to compare")


@pytest.mark.parametrize("profile", profiles())
@pytest.mark.parametrize("case_id", [case.id for case in base_cases()])
def test_mtls_validate(case_id, profile):
    expect_conformity(case_id, verdicts("mtls-validate", profile)[case_id])


@pytest.mark.parametrize("case_id", [case.id for case in base_cases() if "openssl" in case.expect])
def test_nginx(case_id):
    expect_conformity(case_id, verdicts("nginx", "openssl")[case_id])

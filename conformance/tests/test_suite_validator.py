"""Every case of the committed suite against mtls-validate under each profile that it says something of: one test for each,
named after the case."""

import pytest
from project import SUITE, base_cases
from suite_verdicts import expect_conformity, validator, verdicts

from mtls_conformance.compare import Outcome
from mtls_conformance.vocabulary import profiles


@pytest.mark.parametrize("case_id, profile", [(case.id, profile) for case in base_cases() for profile in case.expect])
def test_case(case_id, profile):
    expect_conformity(case_id, "mtls-validate", profile)


@pytest.mark.parametrize("profile", profiles())
def test_the_programs_own_comparison_agrees(profile):
    """mtls-validate compares too: two readings of docs/case-format.md."""
    for result in validator().results(SUITE, profile):
        ours = {verdict.outcome for verdict in verdicts("mtls-validate", profile)[result["id"]]} - {Outcome.SKIPPED}
        theirs = {None: set(), True: {Outcome.AS_EXPECTED}, False: {Outcome.DIFFERS}}[result["asExpected"]]
        assert (Outcome.DIFFERS in ours) == (Outcome.DIFFERS in theirs), result["id"]
        assert bool(ours) == bool(theirs), result["id"]

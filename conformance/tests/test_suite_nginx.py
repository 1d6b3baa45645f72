"""Every case of the committed suite against a live nginx: one test for each, named after the case."""

import pytest
from project import base_cases
from suite_verdicts import expect_conformity


@pytest.mark.parametrize("case_id", [case.id for case in base_cases() if "openssl" in case.expect])
def test_case(case_id):
    expect_conformity(case_id, "nginx", "openssl")

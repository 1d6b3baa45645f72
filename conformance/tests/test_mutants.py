"""ci/mutants: each wrong change still applies to validator/, and a list that does not is refused."""

import re
import sys

import pytest
from project import ROOT

MUTATION = [sys.executable, ROOT / "ci/mutation.py", "--check"]
GOOD = """mutant no-ca
file validator/certificate.c
breaks No certificate is a CA.
old
|    return certificate->basic_constraints.ca;
new
|    return false;
"""


def test_every_mutant_applies(run):
    result = run(*MUTATION)
    assert result.returncode == 0 and result.stderr == ""
    assert int(re.match(r"(\d+) mutants apply, and \d+ for control or of a choice\n", result.stdout)[1]) >= 40


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("", "", ""),
        ("basic_constraints.ca;", "basic_constraints.cA;", "no longer applies"),
        ("|    return certificate->basic_constraints.ca;", "|    return", "no longer applies"),
        ("|    return false;", "|    return certificate->basic_constraints.ca;", "a new that is another text"),
        ("file validator/certificate.c", "file gen/certificate.c", "is no file of validator/"),
        ("breaks No", "breakz No", "expected mutant ID"),
        ("old\n", "", "belongs under 'old' or 'new'"),
        (GOOD, GOOD + "\n" + GOOD, "two mutants are called no-ca"),
    ],
)
def test_a_list_that_does_not_fit_is_refused(run, tmp_path, old, new, message):
    (tmp_path / "some.mutants").write_text(GOOD.replace(old, new) if old else GOOD)
    result = run(*MUTATION, "--mutants", tmp_path)
    assert result.returncode == (1 if message else 0) and message in result.stderr
    if message:
        assert "some.mutants" in result.stderr or "two mutants" in result.stderr

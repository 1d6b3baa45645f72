"""The answers to the corpus' open cases are those of the record, and a change of one is noticed."""

import shutil
import sys

from project import ROOT, program

COMPARE = [sys.executable, ROOT / "ci/open_answers.py"]


def test_open_cases_are_answered_as_recorded(run):
    result = run(*COMPARE, program("mtls-validate"))
    assert result.returncode == 0, result.stdout
    assert int(result.stdout.split()[0]) > 150


def test_another_answer_is_told(run, tmp_path):
    """A program that answers one open case otherwise, and knows nothing of another."""
    there = tmp_path / "mtls-validate"
    text = "s/InvalidData/MustSpecifyData/; s/der.boolean-one/der-boolean-one/"
    there.write_text(f"#!/bin/sh\n{shutil.which('mtls-validate') or program('mtls-validate')} \"$@\" | sed '{text}'\n")
    there.chmod(0o755)
    result = run(*COMPARE, there)
    assert result.returncode == 1 and "answered: nothing" in result.stdout
    assert "MustSpecifyData" in result.stdout and "recorded: azure-appgw der/boolean-one rejected" in result.stdout

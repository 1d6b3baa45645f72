"""mtls-conformance known: entries of what a run could not explain, which only lack their reasons."""

import sys
from pathlib import Path

import pytest
import yaml
from fake_target import ACCEPTED, SUCCESS, FakeTarget
from project import base_cases

from mtls_conformance.compare import Answer, Outcome
from mtls_conformance.expectations import ExpectationsError, load
from mtls_conformance.results import Results, Suite, digest, save
from mtls_conformance.runner import Plan
from mtls_conformance.runner import run as run_plan

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")
SOME = [case for case in base_cases() if case.id.startswith("handshake/")]
LETS_IN = {"handshake/eku-any", "handshake/eku-server-only", "handshake/not-yet-valid"}


def lenient(case):
    return Answer(case.id, ACCEPTED, SUCCESS, raw="words: [x]\n# y") if case.id in LETS_IN else None


def test_its_entries_explain_the_run_once_they_have_reasons(run, tmp_path):
    runs = run_plan(Plan(SOME, known=lambda name: None), [FakeTarget(lenient)])
    save(Results(Suite("base", len(SOME), digest(SOME)), "0", tuple(runs)), tmp_path)
    result = run(CONFORMANCE, "known", tmp_path)
    assert result.returncode == 0, result.stderr
    entries = yaml.safe_load(result.stdout)["differences"]
    assert [entry["cases"] for entry in entries] == [
        ["handshake/eku-any", "handshake/eku-server-only"],  # alike
        ["handshake/not-yet-valid"],
    ]
    (tmp_path / "fake.yaml").write_text(result.stdout)
    with pytest.raises(ExpectationsError, match="reason: expected a text"):
        load(tmp_path / "fake.yaml")
    text = result.stdout.replace("  reason:", "  reason: we know").replace("  cite:", "  cite: our manual")
    (tmp_path / "fake.yaml").write_text(text)
    known = load(tmp_path / "fake.yaml")
    (one,) = run_plan(Plan(SOME, suite="base", whole=True, known=lambda name: known), [FakeTarget(lenient)])
    assert one.count(Outcome.DIFFERS) == 0 and one.count(Outcome.KNOWN) == 3 and one.outdated == ()


def test_nothing_unexplained_is_no_entry(run, tmp_path):
    runs = run_plan(Plan(SOME), [FakeTarget()])
    save(Results(Suite("base", len(SOME), digest(SOME)), "0", tuple(runs)), tmp_path)
    result = run(CONFORMANCE, "known", tmp_path)
    assert (result.returncode, result.stdout) == (0, "")

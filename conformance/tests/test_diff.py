"""mtls-conformance diff: what changed between two runs, and whether it got worse."""

import json
import sys
from pathlib import Path

import pytest
from fake_target import ACCEPTED, FAILED, SUCCESS, FakeTarget
from project import base_cases

from mtls_conformance.compare import Answer
from mtls_conformance.results import Results, Suite, digest, save
from mtls_conformance.runner import Plan, run

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")
SOME = [case for case in base_cases() if case.id.startswith("handshake/")]


def saved(folder: Path, answers: dict[str, dict], version: str = "fake 1", cases=SOME) -> Path:
    def otherwise(case):
        return Answer(case.id, ACCEPTED, answers[case.id], raw="words") if case.id in answers else None

    runs = run(Plan(cases, known=lambda name: None), [FakeTarget(otherwise, version)])
    save(Results(Suite("base", len(cases), digest(cases)), "0", tuple(runs)), folder)
    return folder


@pytest.fixture
def diff(run):
    def diff(old: Path, new: Path, *options: str):
        return run(CONFORMANCE, "diff", old, new, *options)

    return diff


def test_the_same_run_twice_changes_nothing(diff, tmp_path):
    result = diff(saved(tmp_path / "old", {}), saved(tmp_path / "new", {}))
    assert (result.returncode, result.stdout) == (0, "0 changes, 0 for the worse\n")


def test_a_new_difference_is_for_the_worse_and_its_end_is_not(diff, tmp_path):
    fine, bad = saved(tmp_path / "fine", {}), saved(tmp_path / "bad", {"handshake/not-yet-valid": SUCCESS})
    worse = diff(fine, bad)
    assert worse.returncode == 1
    assert "fake:openssl handshake/not-yet-valid handshake: as expected: not-yet-valid -> differs: SUCCESS" in worse.stdout
    assert worse.stdout.splitlines()[-1] == "1 changes, 1 for the worse"
    better = diff(bad, fine)
    assert better.returncode == 0 and better.stdout.splitlines()[-1] == "1 changes, 0 for the worse"


def test_another_wrong_answer_is_a_change_and_no_worse(diff, tmp_path):
    before = saved(tmp_path / "before", {"handshake/eku-absent": FAILED})
    after = saved(tmp_path / "after", {"handshake/eku-absent": {"result": "CRASH"}})
    result = diff(before, after, "--json")
    assert result.returncode == 0
    (change,) = [one for one in json.loads(result.stdout)["changes"] if one["stage"] == "handshake"]
    assert change == {
        "run": "fake:openssl",
        "case": "handshake/eku-absent",
        "stage": "handshake",
        "old": "differs: expired",
        "new": "CRASH",
        "is_worse": False,
    }


def test_versions_targets_and_cases_that_are_other_ones_are_told(diff, tmp_path):
    old, new = saved(tmp_path / "old", {}), saved(tmp_path / "new", {}, "fake 2", SOME[1:])
    result = diff(old, new)
    assert "fake:openssl: fake 1 -> fake 2" in result.stdout and "the cases are not the same" in result.stdout
    assert f"{SOME[0].id} handshake: as expected" in result.stdout and "-> not asked" in result.stdout
    assert result.returncode == 0


def test_a_target_that_broke_down_is_for_the_worse_without_a_line_for_every_case(diff, tmp_path):
    result = diff(saved(tmp_path / "old", {}), saved(tmp_path / "new", {"handshake/expired": SUCCESS}))
    assert result.returncode == 1 and len(result.stdout.splitlines()) == 2
    assert "fake:openssl: fake: broken set-up: handshake/expired" in result.stdout


@pytest.mark.parametrize("text, message", [("{", "no JSON"), ("{}", "no results.json of format 1"), (None, "No such file")])
def test_what_is_no_result_is_told(diff, tmp_path, text, message):
    good = saved(tmp_path / "good", {})
    if text is not None:
        (tmp_path / "bad").write_text(text)
    result = diff(good, tmp_path / "bad")
    assert result.returncode == 2 and message in result.stderr and "Traceback" not in result.stderr

"""Known differences: each explains what it names and nothing else, and an entry that no longer differs fails the run."""

import shlex
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from fake_target import ACCEPTED, FAILED, SUCCESS, FakeTarget
from project import SUITE, base_cases

from mtls_conformance import expectations, targets
from mtls_conformance.compare import Answer, Outcome
from mtls_conformance.expectations import ExpectationsError, load
from mtls_conformance.runner import Plan, run
from mtls_conformance.targets import library

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")
SOME = [case for case in base_cases() if case.id.startswith("handshake/")]
ENTRY = """
- cases: [handshake/eku-any]
  stage: handshake
  got: SUCCESS
  reason: Any purpose counts as every purpose.
  cite: RFC 5280 section 4.2.1.12
"""


def lets_in(*ids: str):
    return lambda case: Answer(case.id, ACCEPTED, SUCCESS) if case.id in ids else None


def written(tmp_path, entries: str = ENTRY, head: str = "profile: openssl\nseen: fake 1") -> Path:
    path = tmp_path / "fake.yaml"
    path.write_text(f"{head}\ndifferences:\n{dedent(entries)}")
    return path


def asked(path: Path, target: FakeTarget, **rest):
    known = load(path)
    (one,) = run(Plan(SOME, known=lambda name: known, **{"suite": "base", "whole": True} | rest), [target])
    return one, {v.case_id: v for v in one.verdicts if v.stage == "handshake"}


def test_a_known_difference_is_explained_and_nothing_beside_it(tmp_path):
    one, verdicts = asked(written(tmp_path), FakeTarget(lets_in("handshake/eku-any", "handshake/eku-absent")))
    assert verdicts["handshake/eku-any"].outcome is Outcome.KNOWN
    known = verdicts["handshake/eku-any"].known
    assert (known.reason, known.cite) == ("Any purpose counts as every purpose.", "RFC 5280 section 4.2.1.12")
    assert (known.seen, known.here) == ("fake 1", True)
    assert (one.outdated, one.notes) == ((), ())


@pytest.mark.parametrize("answer", [FAILED, {"result": "ABORTED", "reason": None}, {"result": "CRASH"}, None])
def test_another_answer_than_the_known_one_is_no_known_difference(tmp_path, answer):
    other = FakeTarget(lambda case: Answer(case.id, ACCEPTED, answer) if case.id == "handshake/eku-any" else None)
    one, verdicts = asked(written(tmp_path), other)
    assert verdicts["handshake/eku-any"].outcome not in (Outcome.KNOWN, Outcome.AS_EXPECTED)
    assert len(one.outdated) == 1


def test_an_entry_that_no_longer_differs_is_outdated(tmp_path):
    one, _ = asked(written(tmp_path), FakeTarget())
    (fault,) = one.outdated
    assert "fake.yaml: entry 1" in fault and "handshake/eku-any no longer differs" in fault


def test_an_entry_that_matches_no_case_is_outdated_where_all_were_asked(tmp_path):
    path = written(tmp_path, ENTRY.replace("eku-any", "eku-nobody"))
    assert "matches no case" in asked(path, FakeTarget())[0].outdated[0]
    assert asked(path, FakeTarget(), whole=False)[0].outdated == ()
    path = written(tmp_path, ENTRY.replace("eku-any", "eku-nobody") + "  suite: full\n")
    assert asked(path, FakeTarget())[0].outdated == ()
    assert asked(path, FakeTarget(), suite="full")[0].outdated != ()


def test_each_glob_of_an_entry_has_to_differ(tmp_path):
    path = written(tmp_path, ENTRY.replace("[handshake/eku-any]", "['handshake/eku-*', handshake/leaf]"))
    one, _ = asked(path, FakeTarget(lets_in("handshake/eku-any")))
    (fault,) = one.outdated
    assert "handshake/leaf no longer differs" in fault


def test_a_skipped_case_is_no_difference(tmp_path):
    skips = FakeTarget(lambda case: Answer(case.id, ACCEPTED, skipped={"handshake": "cannot"}) if "eku-any" in case.id else None)
    assert "skipped (cannot)" in asked(written(tmp_path), skips)[0].outdated[0]


def test_another_version_is_said_and_fails_nothing(tmp_path):
    one, verdicts = asked(written(tmp_path), FakeTarget(lets_in("handshake/eku-any"), version="fake 2"))
    assert verdicts["handshake/eku-any"].known.here is False
    assert one.notes == ("known differences were seen in fake 1, this is fake 2",)
    one, _ = asked(written(tmp_path), FakeTarget(version="fake 2"))
    assert one.outdated == ()
    assert one.notes == ("known differences were seen in fake 1, this is fake 2, and 1 of them no longer differ",)


@pytest.mark.parametrize(
    "entries, message",
    [
        (ENTRY + "  because: of that\n", "unknown member because"),
        (ENTRY.replace("  got: SUCCESS\n", ""), "lacks got"),
        (ENTRY.replace("SUCCESS", "accepted"), "is no result of handshake"),
        (ENTRY.replace("stage: handshake", "stage: greeting"), "stage 'greeting'"),
        (ENTRY.replace("  cite: RFC 5280 section 4.2.1.12\n", ""), "cite: expected a text"),
        (ENTRY + "  cause: unheard-of\n", "a cause of causes.yaml"),
        (ENTRY.replace("[handshake/eku-any]", "[]"), "expected a list of ids"),
        (ENTRY + "  got: FAILED\n", "'got' is there twice"),
        (ENTRY + "  suite: huge\n", "base or full"),
        ("- 7\n", "expected members"),
        ("- [", "while parsing"),
    ],
)
def test_a_bad_file_is_told_with_place_and_fault(tmp_path, run, entries, message):
    path = written(tmp_path, entries)
    with pytest.raises(ExpectationsError, match=message):
        load(path)
    result = run(CONFORMANCE, "run", "--target", "mtls-validate", "--suite", SUITE, "--expectations", path)
    assert result.returncode == 2 and "fake.yaml" in result.stderr and "Traceback" not in result.stderr


def test_command_line_counts_known_differences_apart_and_fails_on_outdated_ones(run, tmp_path):
    command = [CONFORMANCE, "run", "--target", "./adapter", "--quiet", "--only", "handshake/eku-any"]
    adapter = tmp_path / "adapter"
    (tmp_path / "adapter.py").write_text(ADAPTER)
    adapter.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} adapter.py\n")
    adapter.chmod(0o755)
    differs = run(*command, cwd=tmp_path)
    assert differs.returncode == 1 and "1 not, 0 known differences" in differs.stdout
    path = written(tmp_path, head="profile: openssl\nseen: tolerant 1")
    explained = run(*command, "--expectations", path, cwd=tmp_path)
    assert explained.returncode == 0 and "0 not, 1 known difference" in explained.stdout, explained.stdout
    written(tmp_path, ENTRY.replace("SUCCESS", "ABORTED"), head="profile: openssl\nseen: tolerant 1")
    outdated = run(*command, "--expectations", path, cwd=tmp_path)
    assert outdated.returncode == 1 and "outdated: fake.yaml: entry 1" in outdated.stdout


ADAPTER = """\
import json, sys
print(json.dumps(dict(protocol=1, name="tolerant", version="1", features=[])), flush=True)
for line in sys.stdin:
    case = json.loads(line)
    good = case["id"] in ("handshake/leaf", "handshake/eku-any")
    answer = dict(id=case["id"], raw="", upload=dict(result="accepted"), handshake="SUCCESS" if good else "FAILED")
    print(json.dumps(answer), flush=True)
"""

FILES = sorted(path.stem for path in expectations.HERE.glob("*.yaml") if path != expectations.CAUSES)


@pytest.mark.parametrize("name", FILES)
def test_the_projects_own_files_are_of_targets_and_name_cases_of_the_suite(name):
    assert name in targets.names()
    known = expectations.of(name)
    ids = {case.id for case in base_cases()}
    for entry in known.entries:
        assert entry.suite == "full" or all("*" in glob or glob in ids for glob in entry.cases), entry.place


@pytest.mark.parametrize("name", library.names())
def test_every_difference_of_a_library_is_known(name):
    """The base suite over each adapter that is built here: all that differs is explained, and no entry is outdated."""
    target = library.LibraryTarget(name)
    if target.missing:
        pytest.skip(target.missing)
    (one,) = run(Plan(list(base_cases()), 2, "base", True), [target])
    if one.notes:
        pytest.skip("; ".join(one.notes))
    assert one.ended == ""
    assert [f"{v.case_id} {v.stage} {v.got}" for v in one.verdicts if v.outcome not in (Outcome.KNOWN, Outcome.AS_EXPECTED, Outcome.SKIPPED)] == []
    assert one.outdated == ()

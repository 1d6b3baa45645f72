"""Positive controls: a target that cannot tell good from bad is a broken set-up, and its run stops."""

import shlex
import sys
from pathlib import Path

import pytest
from fake_target import ACCEPTED, FAILED, SUCCESS, FakeTarget, as_expected
from project import SUITE, base_cases

from mtls_conformance import controls
from mtls_conformance.compare import Answer
from mtls_conformance.runner import Plan, run

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")
FAKE = Path(__file__).with_name("fake_adapter.py")
SOME = [case for case in base_cases() if case.id.startswith("handshake/")]


def always(handshake: dict):
    return lambda case: Answer(case.id, ACCEPTED if case.bundle is not None else None, handshake if case.client else None)


def test_who_answers_as_expected_is_asked_on():
    (one,) = run(Plan(SOME), [FakeTarget()])
    assert one.ended == "" and {verdict.case_id for verdict in one.verdicts} == {case.id for case in SOME}


@pytest.mark.parametrize(
    "otherwise, message",
    [
        (always(SUCCESS), "whom nobody may let in, gets SUCCESS"),
        (always(FAILED), "handshake/leaf, a good certificate, gets FAILED"),
        (lambda case: Answer(case.id, {"result": "rejected", "code": None}), "handshake/leaf, a good certificate, gets rejected"),
        (lambda case: Answer(case.id), "handshake/leaf, a good certificate, gets None"),
        (lambda case: Answer(case.id, {"result": "CRASH"}, {"result": "CRASH"}, raw="no library"), "no library"),
    ],
    ids=["always SUCCESS", "always FAILED", "refuses each file", "says nothing", "always crashes"],
)
def test_who_cannot_tell_good_from_bad_is_a_broken_set_up(otherwise, message):
    broken, fine = run(Plan(SOME), [FakeTarget(otherwise), FakeTarget()])
    assert "broken set-up" in broken.ended and message in broken.ended.replace("\n", " ")
    assert broken.verdicts == ()  # it stopped before the first case
    assert fine.ended == "" and fine.verdicts  # and the other ran


@pytest.mark.parametrize("name", controls.BAD)
def test_each_bad_control_counts(name):
    lax = FakeTarget(lambda case: Answer(case.id, ACCEPTED, SUCCESS) if case.id == name else None)
    (one,) = run(Plan(SOME), [lax])
    assert f"broken set-up: {name}" in one.ended


@pytest.mark.parametrize(
    "otherwise, message",
    [
        (lambda case: Answer(case.id, ACCEPTED), "which is no certificate, is accepted"),
        (lambda case: Answer(case.id, {"result": "rejected", "code": None}), "handshake/leaf, a good certificate, gets rejected"),
        (lambda case: None, ""),
    ],
    ids=["takes each file", "refuses each file", "as expected"],
)
def test_a_profile_of_files_has_controls_of_its_own(otherwise, message):
    target = FakeTarget(otherwise)
    target.profiles = ("rfc5280",)
    (one,) = run(Plan(SOME), [target])
    assert message in one.ended.replace("\n", " ") and bool(one.ended) == bool(message)


@pytest.mark.parametrize("handshake, message", [(SUCCESS, "all are"), (FAILED, "none is")])
def test_who_cannot_be_asked_for_the_controls_is_judged_by_all_its_answers(handshake, message):
    """A gateway with a trust file of its own, say."""

    def gateway(answer):
        def otherwise(case):
            if case.id in {controls.GOOD, *controls.BAD}:
                return Answer(case.id, skipped={"upload": "another file is installed", "handshake": "the same"})
            return answer(case)

        return FakeTarget(otherwise)

    broken, fine = run(Plan(SOME), [gateway(always(handshake)), gateway(lambda case: as_expected(case, "openssl"))])
    assert "broken set-up" in broken.ended and message in broken.ended and broken.verdicts
    assert fine.ended == ""


@pytest.mark.parametrize(
    "adapter, message",
    [
        ([sys.executable, FAKE], "whom nobody may let in, gets SUCCESS"),
        ([sys.executable, FAKE, "refuses-all"], "a good certificate, gets FAILED"),
    ],
)
def test_command_line_reports_a_broken_set_up(run, adapter, message, tmp_path):
    command = [CONFORMANCE, "run", "--target", shlex.join(map(str, adapter)), "--suite", SUITE, "--only", "handshake/*"]
    result = run(*command, "--report", tmp_path)
    assert result.returncode == 2
    assert "broken set-up" in result.stderr and message in result.stderr and "Traceback" not in result.stderr
    assert (tmp_path / "results.json").is_file()

"""Adapters as targets of a run: what they answer, and what they do instead of answering, becomes verdicts."""

import shlex
import sys
import threading
from pathlib import Path

import pytest

from mtls_conformance.compare import Outcome, conforms
from mtls_conformance.corpus import Case, Client, Stage
from mtls_conformance.runner import Plan, run
from mtls_conformance.targets import Settings, TargetError, make
from mtls_conformance.targets.adapter import MARK, Limits
from mtls_conformance.targets import library

FAKE = Path(__file__).with_name("fake_adapter.py")
LIMITS = Limits(seconds_per_case=1.0, seconds_to_start=10.0)


def a_case(name: str, expected: dict, tags=(), features=()) -> Case:
    stage = Stage(({"sslClientVerify": "", **expected},), "observed", None)
    client = Client(b"", None, None, False, False, False)
    accepted = Stage(({"result": "accepted"},), "observed", None)
    expect = {"openssl": {"upload": accepted, "handshake": stage}}
    time = "2030-01-01T00:00:00Z"
    return Case(f"fake/{name}", "", (), frozenset(tags), frozenset(features), b"", client, time, (), expect)


SUCCESS = {"result": "SUCCESS", "reason": None, "httpStatus": 200}
EXPIRED = {"result": "FAILED", "reason": "expired", "httpStatus": 400}


def fake(misbehaviour: str = "none") -> library.LibraryTarget:
    return library.LibraryTarget(shlex.join([sys.executable, str(FAKE), misbehaviour]), LIMITS)


def outcomes(target: library.LibraryTarget, cases: list[Case], jobs: int = 1) -> dict[tuple[str, str], tuple]:
    (one,) = run(Plan(cases, jobs, is_controlled=False), [target])
    return {(v.case_id, v.stage): (v.outcome, (v.got or {}).get("result"), v.why or v.raw) for v in one.verdicts}


def test_answers_are_held_against_the_profile_that_the_greeting_names():
    target = fake()
    assert (target.kind, target.profiles, target.version()) == ("library", ("openssl",), "fake 1")
    got = outcomes(target, [a_case("right", SUCCESS), a_case("wrong", EXPIRED)])
    assert got["fake/right", "upload"][0] is Outcome.AS_EXPECTED
    assert got["fake/right", "handshake"][0] is Outcome.AS_EXPECTED
    assert got["fake/wrong", "handshake"][:2] == (Outcome.DIFFERS, "SUCCESS")


@pytest.mark.parametrize(
    ("misbehaviour", "word"), [("segfault", "CRASH"), ("hang", "HANG"), ("wrong-id", "PROTOCOL"), ("orphan", "CRASH")]
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_misbehaviour_is_the_outcome_of_its_case_alone(misbehaviour, word, jobs):
    cases = [a_case(str(n), SUCCESS, tags=["bad"] if n == 2 else []) for n in range(6)]
    got = outcomes(fake(misbehaviour), cases, jobs)
    assert got["fake/2", "handshake"][:2] == (Outcome(word), None)
    assert got["fake/2", "upload"][:2] == (Outcome(word), None)
    assert got["fake/2", "handshake"][2]
    others = [outcome for (case, _), (outcome, *_) in got.items() if case != "fake/2"]
    assert others == [Outcome.AS_EXPECTED] * 10


def test_case_of_a_feature_that_it_lacks_is_skipped_and_says_so():
    got = outcomes(fake(), [a_case("ed448", SUCCESS, features=["ed448"]), a_case("good", SUCCESS)])
    outcome, _, why = got["fake/ed448", "handshake"]
    assert (outcome, "ed448" in why) == (Outcome.SKIPPED, True)
    assert got["fake/good", "handshake"][0] is Outcome.AS_EXPECTED


def test_every_job_gets_its_share_and_no_case_is_lost():
    cases = [a_case(str(n), SUCCESS) for n in range(200)]
    got = outcomes(fake(), cases, jobs=2)
    assert len(got) == 400
    assert {outcome for outcome, *_ in got.values()} == {Outcome.AS_EXPECTED}


def processes(misbehaviour: str) -> set[str]:
    """The fake adapters that run, by process id."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            command = (path.parent / "cmdline").read_text()
            if MARK.encode() in path.read_bytes() and str(FAKE) in command and command.endswith(f"{misbehaviour}\0"):
                found.add(path.parent.name)
        except OSError:
            continue
    return found


def test_leaving_a_run_ends_its_adapters_at_once():
    answers = fake("hang").answers([a_case("first", SUCCESS), a_case("bad", SUCCESS, tags=["bad"])], "openssl", 1)
    assert next(answers).case_id == "fake/first"
    assert processes("hang")
    answers.close()
    assert [thread for thread in threading.enumerate() if thread.name == "adapter"] == []
    assert processes("hang") == set()


def test_an_adapter_that_has_answered_waits_for_the_next_question_and_ends_with_the_target():
    target = fake("none")
    cases = [a_case(str(n), SUCCESS) for n in range(4)]
    assert len(list(target.answers(cases, "openssl", 1))) == 4
    first = processes("none")
    assert len(first) == 1
    assert len(list(target.answers(cases, "openssl", 2))) == 4
    assert first <= processes("none")
    target.close()
    assert processes("none") == set()
    run(Plan(cases, is_controlled=False), [target])
    assert processes("none") == set()


def test_program_that_does_not_greet_is_no_target(tmp_path):
    program = tmp_path / "mute"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(TargetError, match="exited with status 3"):
        make(str(program), Settings()).version()


def test_a_profile_that_nobody_knows_is_no_target():
    with pytest.raises(TargetError, match="nobody's.*which is none of azure-appgw, openssl"):
        fake("unknown-profile").version()


def test_unknown_name_lists_those_that_there_are(tmp_path):
    with pytest.raises(TargetError, match="gnutls"):
        make("gnulls", Settings())


def test_word_for_several_reasons_conforms_by_any_and_no_other():
    expired = Stage((EXPIRED,), "observed", None)
    silent = frozenset({"httpStatus"})
    assert conforms(expired, {"result": "FAILED", "reason": ("not-yet-valid", "expired")}, silent)
    assert not conforms(expired, {"result": "FAILED", "reason": ("self-signed", "not-yet-valid")}, silent)
    assert not conforms(expired, {"result": "SUCCESS", "reason": None}, silent)

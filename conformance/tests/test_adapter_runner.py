"""The runner's side of the adapter protocol, shown on a fake adapter that misbehaves in one way at a time."""

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mtls_conformance.targets.adapter import MARK, Adapter, AdapterBroken, Limits, Outcome

FAKE = Path(__file__).with_name("fake_adapter.py")
LIMITS = Limits(seconds_per_case=1.0, seconds_to_start=5.0, memory_bytes=256 << 20)


def a_case(name: str, *tags: str, bundle: str = "") -> dict[str, object]:
    return {
        "id": f"fake/{name}",
        "summary": "A case.",
        "cites": ["seed#x"],
        "tags": list(tags),
        "features": [],
        "bundle": bundle,
        "client": {"chain": "", "options": {}},
        "time": "2030-01-01T00:00:00Z",
        "certificates": [],
        "expect": {"openssl": {}},
    }


def fake(misbehaviour: str = "none", limits: Limits = LIMITS) -> Adapter:
    reasons = frozenset({"expired"})
    return Adapter([sys.executable, FAKE, misbehaviour], limits=limits, known_reasons=reasons)


def processes_with(mark: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{MARK}={mark}".encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def test_good_adapter_answers_every_case():
    with fake() as adapter:
        assert (adapter.hello.name, adapter.hello.version, adapter.hello.profile) == ("fake", "1", "openssl")
        for number in range(100):
            answer = adapter.ask(a_case(f"good-{number}"))
            assert (answer.outcome, answer.handshake) == (Outcome.ANSWER, "SUCCESS")
        assert adapter.restarts == 0


def test_adapter_does_not_see_the_expected_answer():
    with fake("reads-expect") as adapter:
        assert adapter.ask(a_case("one")).outcome is Outcome.ANSWER


@pytest.mark.parametrize(
    ("misbehaviour", "outcome", "detail"),
    [
        ("exit", Outcome.CRASH, "exited with status 3"),
        ("segfault", Outcome.CRASH, "SIGSEGV; standard error ends: about to write to address 0"),
        ("hang", Outcome.HANG, "no answer within 1 s"),
        ("spin", Outcome.HANG, "no answer within 1 s"),
        ("close-output", Outcome.CRASH, "closed its output"),
        ("flood-line", Outcome.PROTOCOL, "a line of more than"),
        ("flood-lines", Outcome.PROTOCOL, ""),
        ("flood-stderr", Outcome.HANG, "no answer within 1 s"),
        ("eat-memory", Outcome.CRASH, "memory"),
        ("orphan", Outcome.CRASH, "exited with status 0"),
        ("wrong-id", Outcome.PROTOCOL, "another/case"),
        ("not-json", Outcome.PROTOCOL, "not JSON"),
        ("deep-json", Outcome.PROTOCOL, "not JSON"),
        ("nan", Outcome.PROTOCOL, "not JSON"),
        ("not-utf8", Outcome.PROTOCOL, "not JSON"),
        ("half-surrogate", Outcome.PROTOCOL, "surrogate"),
        ("twice", Outcome.PROTOCOL, "not JSON"),
        ("second-line", Outcome.PROTOCOL, "a second line"),
        ("unknown-member", Outcome.PROTOCOL, "unknown member 'verdict'"),
        ("unknown-result", Outcome.PROTOCOL, "`handshake` has none of its values"),
        ("unknown-reason", Outcome.PROTOCOL, "because"),
        ("reason-of-success", Outcome.PROTOCOL, "only with FAILED"),
        ("no-upload", Outcome.PROTOCOL, "`upload` is there exactly"),
        ("handshake-after-rejection", Outcome.PROTOCOL, "`handshake` is there exactly"),
    ],
)
def test_misbehaviour_costs_one_case_and_leaves_no_process(misbehaviour, outcome, detail):
    patient = outcome is not Outcome.HANG  # a machine that is busy may take more than a second for 256 MiB
    adapter = fake(misbehaviour, replace(LIMITS, seconds_per_case=20.0) if patient else LIMITS)
    with adapter:
        assert adapter.ask(a_case("before")).outcome is Outcome.ANSWER
        answer = adapter.ask(a_case("bad", "bad"))
        assert answer.outcome is outcome, answer
        assert detail in answer.detail
        assert adapter.ask(a_case("after")).outcome is Outcome.ANSWER
        assert adapter.restarts == 1
        assert len(processes_with(adapter._mark)) == 1
    assert processes_with(adapter._mark) == []


def test_noise_on_standard_error_is_no_fault():
    with fake("chatty-stderr") as adapter:
        assert adapter.ask(a_case("noisy", "bad")).outcome is Outcome.ANSWER


def test_case_larger_than_the_pipes_gets_through():
    with fake() as adapter:
        assert adapter.ask(a_case("large", bundle="A" * (8 << 20))).outcome is Outcome.ANSWER


def test_address_space_limit_reaches_the_adapter():
    limits = Limits(seconds_per_case=10.0, seconds_to_start=5.0, address_space_bytes=128 << 20)
    with fake("eat-memory", limits) as adapter:
        answer = adapter.ask(a_case("bad", "bad"))
        assert answer.outcome is Outcome.CRASH
        assert "MemoryError" in answer.detail


@pytest.mark.parametrize("misbehaviour", ["no-greeting", "wrong-protocol", "dies-at-once"])
def test_adapter_that_does_not_greet_is_a_broken_set_up(misbehaviour):
    limits = Limits(seconds_to_start=1.0)
    adapter = fake(misbehaviour, limits)
    with pytest.raises(AdapterBroken) as raised:
        adapter.start()
    if misbehaviour == "dies-at-once":
        assert "the library was not found" in str(raised.value)
    assert processes_with(adapter._mark) == []


def test_program_that_does_not_exist_is_a_broken_set_up(tmp_path):
    with pytest.raises(AdapterBroken, match="No such file"):
        Adapter([tmp_path / "nothing"]).start()


def test_hang_is_over_soon_after_its_limit():
    with fake("hang") as adapter:
        started = time.monotonic()
        adapter.ask(a_case("bad", "bad"))
        assert time.monotonic() - started < 1.0 + 1.0


def test_thousand_cases_cost_little_more_than_their_work():
    with fake() as adapter:
        case = json.loads(json.dumps(a_case("many")))
        started = time.process_time()
        for _ in range(1000):
            assert adapter.ask(case).outcome is Outcome.ANSWER
        assert time.process_time() - started < 1.0  # the goal is 3 ms a case, the library included


def test_marked_processes_are_found_at_all():
    adapter = fake()
    with adapter:
        assert processes_with(adapter._mark) == [adapter._process.pid]
        assert os.getpgid(adapter._process.pid) == adapter._process.pid

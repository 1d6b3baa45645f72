"""An interrupted run keeps what was measured and leaves no process behind."""

import contextlib
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_target import FakeTarget
from project import SUITE, base_cases, program
from test_servers import SERVERS, is_alive

from mtls_conformance.compare import Outcome
from mtls_conformance.results import load
from mtls_conformance.runner import INTERRUPTED, Interrupted, Plan, run
from mtls_conformance.targets.adapter import MARK
from mtls_conformance.targets.validator import ValidatorTarget

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")
SLOW = Path(__file__).with_name("slow_adapter.py")
SOME = [case for case in base_cases() if case.id.startswith("handshake/")]


def test_what_was_answered_is_kept_and_the_target_is_closed():
    def third(case):
        if case.id == SOME[3].id:
            raise KeyboardInterrupt(signal.SIGINT)

    first, second, never = FakeTarget(), FakeTarget(third), FakeTarget()
    with pytest.raises(Interrupted) as raised:
        run(Plan(SOME, is_controlled=False), [first, second, never])
    whole, part = raised.value.runs
    assert whole.ended == "" and part.ended == INTERRUPTED
    assert {verdict.case_id for verdict in part.verdicts} == {case.id for case in SOME[:3]}
    assert second.was_closed and not never.was_closed


def test_an_interrupt_keeps_what_earlier_processes_of_the_validator_answered(monkeypatch):
    target = ValidatorTarget(str(program("mtls-validate")))
    results, asked = target.results, []

    def until_the_third(corpus, profile):
        asked.append(corpus)
        if len(asked) == 3:
            raise KeyboardInterrupt(signal.SIGINT)
        return results(corpus, profile)

    monkeypatch.setattr(target, "results", until_the_third)
    monkeypatch.setattr("mtls_conformance.targets.validator.CASES_A_PROCESS", 2)
    with pytest.raises(Interrupted) as raised:
        run(Plan(SOME[:9], is_controlled=False), [target])
    assert {verdict.case_id for verdict in raised.value.runs[0].verdicts} == {case.id for case in SOME[:4]}


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_leaves_a_partial_report_and_no_process(tmp_path, number, status):
    log = tmp_path / "asked"
    adapter = shlex.join([sys.executable, str(SLOW), str(program("mtls-validate")), str(log)])
    process = subprocess.Popen(
        [CONFORMANCE, "run", "--target", adapter, "--suite", SUITE, "--report", tmp_path / "report", "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (log.exists() and log.read_text().count("\n") > 20):
        time.sleep(0.02)
    assert process.poll() is None
    process.send_signal(number)
    _, words = process.communicate(timeout=120)
    assert process.returncode == status
    assert "interrupted" in words and f"{tmp_path / 'report'}/results.json" in words and "Traceback" not in words
    value = json.loads((tmp_path / "report/results.json").read_text())
    results = load(tmp_path / "report")
    (one,) = results.runs
    assert value["complete"] is False and not results.complete and one.ended == INTERRUPTED
    answered = {verdict.case_id for verdict in one.verdicts}
    assert 5 < len(answered) < len(base_cases())
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            assert not (MARK.encode() in path.read_bytes() and str(log).encode() in (path.parent / "cmdline").read_bytes())
        except OSError:
            continue


def test_a_terminal_that_goes_leaves_a_partial_report_and_no_folder(tmp_path):
    """Nothing can be written to it then, neither the bar nor the result."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        ["setsid", "--ctty", CONFORMANCE, "run", "--target", "nginx", "--suite", SUITE, "--report", tmp_path / "report"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and clients_in(tmp_path, ("log",)) < 30:
        time.sleep(0.005)
    os.close(ours)
    assert process.wait(60) == 129
    (one,) = load(tmp_path / "report").runs
    assert one.ended == INTERRUPTED and one.verdicts
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def clients_in(folder: Path, names: tuple[str, ...]) -> int:
    """How many a server's log files name: each comes from an address of its own."""
    clients = set()
    for path in (path for name in names for path in folder.glob(f"mtls-*/{name}")):
        with contextlib.suppress(FileNotFoundError):  # the server of the controls ends meanwhile
            clients.update(re.findall(rb"127\.16\.\d+\.\d+", path.read_bytes()))
    return len(clients)


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that has just ended
            found += map(int, (task / "children").read_text().split())
    return found


@pytest.mark.parametrize("server", SERVERS)
def test_a_signal_keeps_what_a_server_has_answered_and_ends_it(server, tmp_path):
    """Its cases are all of one instance, so all of them are under way at once."""
    process = subprocess.Popen(
        [CONFORMANCE, "run", "--target", server.name, "--suite", SUITE, "--only", "ca/*", "--report", tmp_path / "report", "--quiet"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and clients_in(tmp_path, server.log_names) < 30:  # the positive controls have fewer
        time.sleep(0.005)
    started = children(process.pid)
    assert any(is_alive(pid) for pid in started)  # each leads a group of its own
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=120)
    assert process.returncode == 130 and "Traceback" not in words
    (one,) = load(tmp_path / "report").runs
    asked = {case.id for case in base_cases() if case.id.startswith("ca/") and case.client is not None}
    answered = {v.case_id for v in one.verdicts if v.stage == "handshake" and v.outcome is not Outcome.SKIPPED}
    assert one.ended == INTERRUPTED and answered and answered < asked
    assert all(verdict.outcome in (Outcome.AS_EXPECTED, Outcome.KNOWN, Outcome.SKIPPED) for verdict in one.verdicts)
    assert not any(is_alive(pid) for pid in started)
    assert list(tmp_path.glob("mtls-*")) == []

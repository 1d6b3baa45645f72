"""A bar on a terminal, a line for each target elsewhere."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from fake_target import FakeTarget
from project import base_cases, program
from rich.console import Console

from mtls_conformance.progress import watch
from mtls_conformance.runner import Plan
from mtls_conformance.runner import run as run_plan
from mtls_conformance.vocabulary import profiles

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")
COMMAND = [CONFORMANCE, "run", "--target", "mtls-validate", "--only", "handshake/*", "--quiet"]


@pytest.fixture(autouse=True)
def built(monkeypatch):
    monkeypatch.setenv("MTLS_VALIDATE", str(program("mtls-validate")))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_terminal_gets_a_bar_that_goes_away(tmp_path):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(COMMAND, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 65536):
            shown += block
    except OSError:
        pass  # the other end is closed
    assert process.wait(60) == 0
    text = shown.decode()
    assert "mtls-validate" in text and "azure-appgw" in text and "\x1b[2K" in text  # the line is cleared


def test_a_pipe_gets_lines_without_escapes(run):
    result = run(*COMMAND)
    assert result.returncode == 0
    assert "\x1b" not in result.stderr and len(result.stderr.splitlines()) == len(profiles())
    assert "answers" in result.stderr


def test_a_bar_counts_every_answer():
    cases = [case for case in base_cases() if case.id.startswith("handshake/")]
    screen = Console(file=io.StringIO(), force_terminal=True, width=120)
    bar = watch(screen)
    advanced = []
    answered = bar.answered
    bar.answered = lambda: (advanced.append(1), answered())
    run_plan(Plan(cases, is_controlled=False), [FakeTarget()], bar)
    assert len(advanced) == len(cases)
    assert bar.progress.tasks == []


def test_a_version_cannot_move_the_terminal():
    out = io.StringIO()
    lines = watch(Console(file=out))
    run_plan(Plan([], is_controlled=False), [FakeTarget(version="fake \x1b[2J[bold]1")], lines)
    assert "\x1b" not in out.getvalue() and "[bold]" in out.getvalue()

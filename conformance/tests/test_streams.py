"""Standard output and standard error that are closed, full, or not there."""

import contextlib
import os
import pty
import shlex
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from project import ROOT, program

from mtls_conformance.results import load

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")
ROOT_ONLY = ROOT / "corpus/base/upload/root-only/bundle.pem"
RUN = [CONFORMANCE, "run", "--target", "mtls-validate", "--only", "upload/*-only"]


@pytest.fixture(autouse=True)
def built(monkeypatch):
    monkeypatch.setenv("MTLS_VALIDATE", str(program("mtls-validate")))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # people's Python writes the rest at its exit


@pytest.fixture
def closed_pipe():
    """The end that is written to of a pipe that nobody reads."""
    ours, theirs = os.pipe()
    os.close(ours)
    yield theirs
    os.close(theirs)


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    subprocess.run([*RUN, "--report", folder], capture_output=True, check=True)
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["lint", ROOT_ONLY],
        ["diff", "{report}", "{report}"],
        ["report", "{report}", "--out", "{out}"],
        ["targets"],
        ["targets", "--json"],
        ["run", "--help"],
    ],
    ids=lambda command: " ".join(map(str, command[:2])),
)
def test_a_closed_pipe_ends_a_command_without_a_word(command, report, tmp_path, closed_pipe):
    command = [str(word).format(report=report, out=tmp_path) for word in command]
    result = subprocess.run([CONFORMANCE, *command], stdout=closed_pipe, stderr=subprocess.PIPE, text=True)
    assert (result.returncode, result.stderr) == (141, "")


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_closed_pipe_after_a_run_leaves_its_report(tmp_path, closed_pipe, quiet):
    command = [*RUN, *quiet, "--report", tmp_path]
    result = subprocess.run(command, stdout=closed_pipe, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 141
    assert all(" answers " in line for line in result.stderr.splitlines())
    assert load(tmp_path).complete and len(list(tmp_path.iterdir())) == 4


def test_a_closed_pipe_in_a_run_leaves_what_was_measured(tmp_path, closed_pipe):
    result = subprocess.run([*RUN, "--report", tmp_path], stdout=closed_pipe, stderr=closed_pipe)
    assert result.returncode == 141
    assert not load(tmp_path).complete and len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("columns", ["0", "-1", "²", "many", ""])
def test_columns_that_are_no_positive_number_are_ignored(monkeypatch, columns):
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    monkeypatch.setenv("TERM", "xterm")
    result = subprocess.run(RUN, stdout=theirs, stderr=subprocess.PIPE, env={**os.environ, "COLUMNS": columns})
    os.close(theirs)
    assert result.returncode == 0, result.stderr
    shown = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while block := os.read(ours, 65536):
            shown += block
    os.close(ours)
    assert b"expected by" in shown and b"6 cases: 6 as expected" in shown


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_the_shell_has_closed_changes_no_status(run, tmp_path, closed):
    words = shlex.join(map(str, [*RUN, "--report", tmp_path]))
    result = run("bash", "-c", f"{words} {closed}")
    assert result.returncode == 0 and "Traceback" not in result.stderr
    assert ("6 cases: 6 as expected" in result.stdout) is (">&-" not in closed.split())
    assert load(tmp_path).is_good


@pytest.mark.parametrize("command", [["--help"], ["--version"], ["run", "--help"], ["lint", ROOT_ONLY], RUN[1:]], ids=lambda c: c[0])
def test_a_full_disk_is_told(command):
    with open("/dev/full", "w") as full:
        result = subprocess.run([CONFORMANCE, *command], stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == "mtls-conformance: I/O: No space left on device"
    assert "Traceback" not in result.stderr and "Exception ignored" not in result.stderr


def test_a_name_that_the_encoding_lacks_is_escaped(run):
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    result = run(CONFORMANCE, "lint", ROOT / "corpus/base/name/chinese/bundle.pem", env=environment)
    assert result.returncode in (0, 1) and "Traceback" not in result.stderr
    assert "bundle.pem: " in result.stdout and r"\u" in result.stdout

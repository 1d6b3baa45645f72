"""mtls-gen on the command line: standard output, and signals from its terminal."""

import json
import signal
import subprocess
import time

import pytest

ONE = ["--only", "upload/leaf-only"]


def test_standard_output_is_no_folder(run, mtls_gen, tmp_path):
    result = run(mtls_gen, "corpus", "--out", "-", *ONE, cwd=tmp_path)
    assert result.returncode == 2 and "standard output takes no folder" in result.stderr
    assert list(tmp_path.iterdir()) == []
    lines = run(mtls_gen, "corpus", "--out", "-", *ONE, "--format", "jsonl")
    assert lines.returncode == 0 and json.loads(lines.stdout)["id"] == "upload/leaf-only"
    assert lines.stderr == "1 case in standard output\n"


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT])
def test_a_terminal_that_goes_leaves_the_old_corpus_whole(run, mtls_gen, tmp_path, number):
    out = tmp_path / "corpus"
    assert run(mtls_gen, "corpus", "--out", out, *ONE).returncode == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    process = subprocess.Popen([str(mtls_gen), "corpus", "--out", str(out), "--suite", "full", "--jobs", "1"],
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    until = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(list(tmp_path.iterdir())) == 2  # it is at work
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == -number and "is as it was" in said
    assert list(tmp_path.iterdir()) == [out]
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("arguments", [["corpus", "--out", "{}/x"], ["scenario", "{}.yaml", "--out", "x"], ["{}"]])
def test_no_control_character_of_an_argument_reaches_the_terminal(run, mtls_gen, tmp_path, arguments):
    name = "a\x1b[31m\u202eb"
    result = run(mtls_gen, *(word.format(name) for word in arguments), cwd=tmp_path)
    assert result.returncode == 2 and r"a\x1B[31m\u{202E}b" in result.stderr
    assert "\x1b" not in result.stderr and "\u202e" not in result.stderr

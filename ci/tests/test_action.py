"""What action.yml does in other people's repositories, run as GitHub's composite actions run it."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def run_last_step(folder: Path, **given: str) -> subprocess.CompletedProcess:
    """The step that runs the corpus; those before it install and build."""
    values = {name: row.get("default", "") for name, row in ACTION["inputs"].items()} | given
    step = ACTION["runs"]["steps"][-1]
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], text)
        for name, text in step["env"].items()
    }
    environment |= {"GITHUB_ACTION_PATH": str(ROOT), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_it_runs_the_corpus_and_writes_the_summary(tmp_path):
    result = run_last_step(tmp_path, target="mtls-validate", only="upload/leaf-*")
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "mtls-report/report.html").exists()
    assert "mtls-validate" in (tmp_path / "summary").read_text()


def test_targets_stand_one_a_line(tmp_path):
    result = run_last_step(tmp_path, target="mtls-validate\n\n  \nnginx\n", only="handshake/eku-a*")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "nginx" in (tmp_path / "summary").read_text()


def test_options_stand_one_a_line(tmp_path):
    known = tmp_path / "known differences.yaml"
    known.write_text("profile: openssl\nseen: here\n")
    result = run_last_step(tmp_path, target="nginx", only="upload/leaf-only", options=f"--quiet\n--expectations={known}\n")
    assert result.returncode == 2 and f"{known}: lacks differences" in result.stderr


def test_without_only_known_differences_that_are_outdated_are_told(tmp_path):
    known = tmp_path / "known.yaml"
    entry = "{cases: [upload/gone], stage: upload, got: accepted, reason: A case of old., cite: its report}"
    known.write_text(f"profile: openssl\nseen: here\ndifferences:\n- {entry}\n")
    run_last_step(tmp_path, target="nginx", options=f"--expectations={known}")
    assert "and 1 of them no longer differ" in (tmp_path / "summary").read_text()


def test_an_adapter_that_is_wrong_fails_the_step(tmp_path):
    adapter = tmp_path / "adapter"
    adapter.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, f'{ROOT}/conformance/tests/fake_adapter.py'])}\n")
    adapter.chmod(0o755)
    result = run_last_step(tmp_path, target="./adapter")
    assert result.returncode == 2, result.stdout + result.stderr
    assert "adapter: broken set-up: handshake/leaf-of-unknown-root, whom nobody may let in, gets SUCCESS" in result.stderr


def test_what_the_first_steps_call_is_there():
    called = {name for step in ACTION["runs"]["steps"] for name in re.findall(r"\bci/[\w-]+\.sh", step["run"])}
    assert called
    assert all(os.access(ROOT / name, os.X_OK) for name in called)

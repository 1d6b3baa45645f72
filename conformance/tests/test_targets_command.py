"""mtls-conformance targets: what this machine can run, and the line that installs the rest."""

import json
import os
import sys
from pathlib import Path

import pytest

from mtls_conformance import targets
from mtls_conformance.targets import Settings, TargetError, is_address, library, make
from mtls_conformance.targets.validator import ValidatorTarget

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")


def test_every_target_is_listed_with_its_version_or_what_it_lacks(run):
    result = run(CONFORMANCE, "targets", "--json", seconds=120)
    assert result.returncode == 0, result.stderr
    found = {one["name"]: one for one in json.loads(result.stdout)["targets"]}
    assert list(found) == targets.names() and set(library.names()) <= found.keys()
    for one in found.values():
        assert one["kind"] in {"validator", "library", "server", "service"}
        assert (one["missing"] is None) == (one["version"] is not None) == bool(one["profiles"]), one
    assert found["mtls-validate"]["missing"] is None


def test_what_is_missing_is_told_with_the_line_that_installs_it(run, tmp_path):
    empty = tmp_path / "bin"
    empty.mkdir()
    environment = {**os.environ, "PATH": str(empty), "MTLS_VALIDATE": str(tmp_path / "nothing")}
    result = run(CONFORMANCE, "targets", "--json", env=environment, seconds=120)
    found = {one["name"]: one for one in json.loads(result.stdout)["targets"]}
    assert "MTLS_VALIDATE names" in found["mtls-validate"]["missing"]
    text = run(CONFORMANCE, "targets", env=environment, seconds=120)
    assert text.returncode == 0 and "targets can run on this machine" in text.stdout


def test_a_library_that_is_not_built_names_its_recipe(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "BUILT", tmp_path)
    missing = library.LibraryTarget("gnutls").missing
    assert missing is not None
    assert missing.splitlines()[-1].strip() in ("ci/build-adapters.sh gnutls", "apt-get install libgnutls28-dev")


def test_a_recipe_that_does_not_end_is_told(monkeypatch, tmp_path):
    script = tmp_path / "slow/build.sh"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setattr(library, "RECIPES", tmp_path)
    monkeypatch.setattr(library, "CHECK_SECONDS", 0.1)
    assert library.recipe("slow").missing == "slow: its build.sh --check did not end in 0.1 seconds"


@pytest.mark.parametrize("script, words", [("echo 1.0; echo lost >&2; exit 127", "127: lost"), ("exit 0", "no version")])
def test_a_validator_that_tells_no_version_does_not_start(tmp_path, script, words):
    program = tmp_path / "mtls-validate"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(TargetError, match=words):
        ValidatorTarget(str(program)).version()


@pytest.mark.parametrize("name", ["gw.example:443", "127.0.0.1:8443", "[::1]:443", "localhost:1"])
def test_an_address_is_one(name):
    assert is_address(name)


@pytest.mark.parametrize("name", ["gnutls", "gw.example", ":443", "gw.example:", "gw.example:https", "gw:65536", "::1:443", "a/b:1"])
def test_what_is_no_address(name):
    assert not is_address(name)


def test_no_target_starts_anything_when_it_is_made(monkeypatch):
    def forbidden(*_, **__):
        raise AssertionError("started a process")

    monkeypatch.setattr("subprocess.Popen", forbidden)
    for name in targets.names():
        make(name, Settings())


def test_a_program_that_is_not_there_is_missing():
    assert make("./nothere", Settings()).missing.startswith("there is no program /")
    with pytest.raises(TargetError, match="there is no target 'nothere'"):
        make("nothere", Settings())


def test_a_group_of_targets_is_what_this_machine_can_run(run, tmp_path):
    environment = {**os.environ, "MTLS_VALIDATE": str(tmp_path / "nothing")}
    command = [CONFORMANCE, "run", "--target", "servers", "--only", "handshake/leaf", "--quiet"]
    result = run(*command, env=environment, seconds=120)
    assert "nginx under openssl" in result.stdout and "mtls-validate" not in result.stdout

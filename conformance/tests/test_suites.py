"""The full suite in the user's cache: made whole or not at all, and nothing of it is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from project import program

from mtls_conformance import suites
from mtls_conformance.corpus import CorpusError

REMEDY = "set XDG_CACHE_HOME to a folder that you can write to"
CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("MTLS_GEN", str(program("mtls-gen")))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "mtls-gauntlet"


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_to_the_runner_alone_leaves_no_half_suite(cache, number, status):
    process = subprocess.Popen([CONFORMANCE, "run", "--target", "nginx", "--suite", "full"], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not list(cache.glob("*.partial-*")) and time.monotonic() < until:
        time.sleep(0.01)
    assert list(cache.glob("*.partial-*")) and process.poll() is None  # it is at work
    process.send_signal(number)
    assert process.wait(60) == status
    assert list(cache.iterdir()) == []


def test_a_generator_that_does_not_end_is_told_and_leaves_nothing(cache, monkeypatch):
    monkeypatch.setattr(suites, "SECONDS", 0.5)
    with pytest.raises(CorpusError, match="mtls-gen made no full suite in 0.5 seconds"):
        suites.find("full")
    assert list(cache.iterdir()) == []


def test_what_a_killed_generator_has_left_goes_once_none_can_be_at_work(cache, tmp_path, monkeypatch):
    fake = tmp_path / "mtls-gen"
    fake.write_text('#!/bin/sh\nfor out; do :; done\n: >"$out"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("MTLS_GEN", str(fake))
    made = suites.find("full")
    old, new = made.with_name(f"{made.name}.partial-aaaaaa"), made.with_name(f"{made.name}.partial-bbbbbb")
    for path in (old, new):
        path.touch()
    long_ago = time.time() - suites.SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    assert suites.find("full") == made and set(made.parent.iterdir()) == {made, new}


def test_without_a_folder_to_write_to_the_variable_is_named(run, cache, monkeypatch):
    command = [CONFORMANCE, "run", "--target", "nginx", "--suite", "full"]
    result = run(*command, env={**os.environ, "XDG_CACHE_HOME": "/proc/nothing"})
    assert result.returncode == 2
    assert f"/proc/nothing/mtls-gauntlet cannot hold the full suite: No such file or directory; {REMEDY}" in result.stderr
    cache.mkdir()
    access = os.access  # which denies root nothing
    monkeypatch.setattr(os, "access", lambda path, mode: path != cache and access(path, mode))
    with pytest.raises(CorpusError, match=f"cannot hold the full suite: Permission denied; {REMEDY}"):
        suites.find("full")


def test_without_a_home_the_variable_is_named(cache, monkeypatch):
    def nobody(*_):
        raise KeyError

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", nobody)
    with pytest.raises(CorpusError, match=f"there is no home folder.*{REMEDY}"):
        suites.find("full")


def test_a_relative_cache_folder_is_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for given in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", given)
        assert suites.cache() == tmp_path / ".cache/mtls-gauntlet"
    monkeypatch.setenv("XDG_CACHE_HOME", "/absolute")
    assert suites.cache() == Path("/absolute/mtls-gauntlet")

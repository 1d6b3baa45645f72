"""The pytest plugin in somebody else's repository."""

import shlex
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from project import base_cases, program

pytest_plugins = ["pytester"]

ADAPTER = Path(__file__).with_name("tolerant_adapter.py")
EKUS = sum(case.id.startswith("handshake/eku-") for case in base_cases())
HANDSHAKES = sorted(case.id for case in base_cases() if case.id.startswith("handshake/"))


@pytest.fixture
def repository(pytester, monkeypatch):
    monkeypatch.setenv("MTLS_VALIDATE", str(program("mtls-validate")))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def repository(*adapter: str, only: str = "handshake/*", options: tuple[str, ...] = ()) -> pytest.RunResult:
        script = pytester.path / "my-adapter"
        script.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, str(ADAPTER), *adapter])}\n")
        script.chmod(0o755)
        command = ["--mtls-target", "./my-adapter", "--mtls-only", only, "-p", "no:cacheprovider", *options]
        return pytester.runpytest_subprocess(*command)

    return repository


def test_one_test_for_each_case_with_the_ids_of_the_corpus(repository):
    result = repository(options=("--collect-only", "-q"))
    assert [f"my-adapter::{name}" for name in HANDSHAKES] == sorted(line for line in result.outlines if "::" in line)


def test_as_expected_passes(repository):
    result = repository()
    assert result.ret == 0
    result.assert_outcomes(passed=len(HANDSHAKES))
    result.stdout.fnmatch_lines([f"mtls: my-adapter (tolerant 1) under openssl, {len(HANDSHAKES)} cases of base"])


def test_a_difference_fails_short_and_telling(repository):
    result = repository("handshake/eku-server-only", only="handshake/eku-*")
    result.assert_outcomes(passed=EKUS - 1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "handshake/eku-server-only: handshake, held against openssl",
            "  expected  FAILED, purpose-client-auth",
            "  got       SUCCESS",
            "  it says   fine with me",
            "  the case  *",
            "  cites     *seed#overview/eku*",
            "  files     mtls-gen scenario handshake/eku-server-only --out eku-server-only",
        ]
    )
    assert "Traceback" not in result.stdout.str() and "cases.py" not in result.stdout.str()


def test_the_command_of_a_failure_gives_the_files(run, tmp_path):
    assert run(program("mtls-gen"), "scenario", "handshake/eku-server-only", "--out", tmp_path / "out").returncode == 0
    assert (tmp_path / "out/client.pem").is_file()


def test_features_that_it_lacks_are_skips_with_their_reason(repository):
    result = repository(only="key/ed*", options=("-rs",))
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["SKIPPED*my-adapter does not support ed448*"])


def test_known_differences_are_expected_failures_and_outdated_ones_fail(repository, tmp_path):
    known = tmp_path / "known.yaml"
    known.write_text(
        "profile: openssl\nseen: tolerant 1\ndifferences:\n- cases: [handshake/eku-server-only]\n  stage: handshake\n"
        "  got: SUCCESS\n  reason: We like servers.\n  cite: our manual, page 3\n"
    )
    options = ("--mtls-expectations", str(known), "-rx")
    result = repository("handshake/eku-server-only", only="handshake/eku-*", options=options)
    result.assert_outcomes(passed=EKUS - 1, xfailed=1)
    result.stdout.fnmatch_lines(["XFAIL*We like servers. (our manual, page 3)*"])
    result = repository(only="handshake/eku-*", options=options)
    result.assert_outcomes(passed=EKUS - 1, failed=1)
    result.stdout.fnmatch_lines(["known.yaml: entry 1 is outdated: handshake/eku-server-only no longer differs*"])


def test_a_crash_costs_one_test(repository):
    result = repository("crash")
    result.assert_outcomes(passed=len(HANDSHAKES) - 1, failed=1)
    result.stdout.fnmatch_lines(["  got       CRASH", "  it says   it exited with status 1*out of luck*"])


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_broken_set_up_stops_the_run(repository, options):
    result = repository("handshake/signature-forged", options=options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "broken set-up: handshake/signature-forged, whom nobody may let in, gets SUCCESS" in result.stderr.str()


def test_workers_of_xdist_have_a_process_each_and_leave_none(repository, pytester):
    log = pytester.path / "started"
    result = repository("handshake/eku-server-only", str(log), options=("-n", "2"))
    result.assert_outcomes(passed=len(HANDSHAKES) - 1, failed=1)
    started = {int(line) for line in log.read_text().split()}
    assert len(started) >= 3  # the controller's, for the controls, and one a worker
    assert not [number for number in started if Path(f"/proc/{number}").exists()]


def test_junit_names_target_and_case(repository, pytester):
    repository(only="handshake/eku-*", options=("--junitxml", "out.xml"))
    names = {(one.get("classname"), one.get("name")) for one in ElementTree.parse(pytester.path / "out.xml").iter("testcase")}
    assert ("my-adapter", "handshake/eku-any") in names


def test_somebodys_own_tests_run_beside_and_without_the_option_nothing_is_added(repository, pytester):
    pytester.makepyfile(test_own="def test_own(): pass")
    repository(only="handshake/eku-any").assert_outcomes(passed=2)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "options, message",
    [
        (("--mtls-target", "./nothere"), "there is no program /"),
        (("--mtls-target", "nothere"), "there is no target 'nothere'"),
        (("--mtls-target", "mtls-validate", "--mtls-suite", "nothere"), "nothere: there is no such corpus"),
        (("--mtls-target", "mtls-validate", "--mtls-only", "nothere*"), "no case matches nothere*"),
        (("--mtls-target", "mtls-validate", "--mtls-options=--no-such"), "unrecognized arguments: --no-such"),
        (("--mtls-target", "mtls-validate", "--mtls-options", "'"), "options of the target: No closing quotation"),
        (("--mtls-target", "mtls-validate", "--mtls-expectations", "nothere"), "nothere: No such file"),
    ],
)
def test_bad_options_are_told(pytester, monkeypatch, options, message):
    monkeypatch.setenv("MTLS_VALIDATE", str(program("mtls-validate")))
    result = pytester.runpytest_subprocess(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"mtls: {message}" in result.stderr.str() or message in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


def test_a_server_is_asked_for_all_cases_at_once(pytester):
    result = pytester.runpytest_subprocess("--mtls-target", "nginx", "--mtls-only", "handshake/eku-*")
    result.assert_outcomes(passed=EKUS)

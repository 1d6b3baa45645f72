"""x509-limbo: its harnesses get this corpus, and its suites go to this project's targets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from project import program

from mtls_conformance import limbo
from mtls_conformance.corpus import CorpusError, load
from mtls_conformance.targets import TargetError
from mtls_conformance.targets.harness import HarnessTarget

CONFORMANCE = Path(sys.executable).parent / "mtls-conformance"
HARNESS = [sys.executable, str(Path(__file__).parent / "limbo_harness.py")]


@pytest.fixture(scope="module")
def suite(tmp_path_factory) -> Path:
    """The handshake scenarios as mtls-gen writes them, and one case for clients' use, that is, of a server."""
    path = tmp_path_factory.mktemp("limbo") / "limbo.json"
    command = [program("mtls-gen"), "corpus", "--format", "limbo", "--only", "handshake/*", "--out", path]
    subprocess.run(command, check=True, capture_output=True)
    value = json.loads(path.read_text())
    server = {**value["testcases"][0], "id": "rfc5280::a-server", "validation_kind": "SERVER"}
    value["testcases"].append(server)
    path.write_text(json.dumps(value))
    return path


def test_a_harness_is_given_the_corpus_and_its_results_are_read(suite, run, tmp_path):
    result = run(CONFORMANCE, "limbo", "--suite", suite, "--report", tmp_path / "out", "--quiet", "--", *HARNESS)
    assert result.returncode == 0, result.stdout + result.stderr
    told = json.loads((tmp_path / "out/results.json").read_text())
    (one,) = told["runs"]
    assert one["version"] == "openssl-verify" and one["counts"]["differs"] == 0
    assert one["counts"]["as expected"] == len(json.loads(suite.read_text())["testcases"]) - 1
    assert one["skipped"]["the harness skipped it"] == 1
    assert {case["id"] for case in told["cases"]} > {"handshake/leaf", "rfc5280/a-server"}


def test_the_base_suite_is_made_by_mtls_gen(run, mtls_gen):
    result = run(CONFORMANCE, "limbo", "--only", "handshake/expired*", "--quiet", *HARNESS)
    assert result.returncode == 0, result.stdout + result.stderr
    assert " as expected, 0 not" in result.stdout


def test_a_harness_that_lets_all_in_is_a_broken_set_up(suite, run):
    result = run(CONFORMANCE, "limbo", "--suite", suite, "--quiet", *HARNESS, "lets all in")
    assert result.returncode == 2 and "broken set-up" in result.stderr


def target(suite: Path, how: str, seconds: float = 60) -> HarnessTarget:
    return HarnessTarget([*HARNESS, how], limbo.read(suite), seconds)


def answers(suite: Path, how: str, seconds: float = 60) -> dict:
    cases = [one.case for one in limbo.read(suite)]
    return {answer.case_id: answer for answer in target(suite, how, seconds).answers(cases, "openssl", 1)}


def test_what_a_harness_leaves_out_or_hangs_at_costs_that_case(suite):
    first = limbo.read(suite)[0].case.id
    assert answers(suite, "leaves one out")[first].handshake == {"result": "PROTOCOL"}
    assert answers(suite, "knows a hang")[first].handshake == {"result": "HANG"}


@pytest.mark.parametrize(
    "how, words",
    [
        ("no JSON", "did not write results of x509-limbo"),
        ("fails", "ended with status 1; it says: a fault of mine"),
        ("hangs", "did not finish in 2 seconds"),
    ],
)
def test_a_harness_that_goes_wrong_is_told(suite, how, words):
    with pytest.raises(TargetError, match=words):
        answers(suite, how, seconds=2)


def test_a_harness_that_is_not_there_is_told(suite):
    with pytest.raises(TargetError, match="nothere: No such file"):
        HarnessTarget(["./nothere"], limbo.read(suite)).version()


def test_a_limbo_suite_is_a_corpus_for_every_target(suite, run, capsys):
    cases = load(suite)
    assert "1 cases left out: they validate servers" in capsys.readouterr().err
    assert {case.id for case in cases} > {"handshake/leaf", "handshake/expired"}
    result = run(CONFORMANCE, "run", "--target", "nginx", "--suite", suite, "--quiet")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"nginx under openssl: {len(cases)} answers as expected, 0 not" in result.stdout


def test_a_wrong_expectation_of_a_limbo_suite_is_noticed(suite, run, tmp_path):
    value = json.loads(suite.read_text())
    for case in value["testcases"]:
        if case["id"] == "mtls::handshake::expired":
            case["expected_result"] = "SUCCESS"
    (tmp_path / "limbo.json").write_text(json.dumps(value))
    result = run(CONFORMANCE, "run", "--target", "nginx", "--suite", tmp_path / "limbo.json", "--quiet")
    assert result.returncode == 1 and "handshake/expired" in result.stdout


@pytest.mark.parametrize(
    "change, why",
    [
        ({"max_chain_depth": 1}, "they set a depth"),
        ({"extended_key_usage": ["serverAuth"]}, "they ask for another purpose than clientAuth"),
        ({"key_usage": ["digitalSignature"]}, "they restrict key usages or signature algorithms"),
        ({"crls": ["-----BEGIN X509 CRL-----"]}, "they have revocation lists"),
        (
            {"expected_result": "FAILURE", "expected_peer_names": [{"kind": "DNS", "value": "a"}]},
            "they may fail for the client's name",
        ),
        ({"expected_result": "SUCCESS", "expected_peer_names": [{"kind": "DNS", "value": "a"}]}, None),
    ],
)
def test_what_no_server_can_be_asked_is_left_out_with_its_reason(suite, change, why):
    value = json.loads(suite.read_text())
    value["testcases"] = [{**value["testcases"][0], **change}]
    (one,) = limbo.parse(json.dumps(value).encode(), "test")
    assert one.only_for == why


@pytest.mark.parametrize(
    "change, message",
    [
        (None, "test: "),
        ({"id": 3}, r"testcases\[0\]: expected an object with an id"),
        ({"trusted_certs": "x"}, "mtls::.*: trusted_certs: expected an array of texts"),
        ({"expected_result": "MAYBE"}, "expected_result: expected SUCCESS or FAILURE"),
        ({"validation_time": "noon"}, "validation_time: expected a time"),
        ({"peer_certificate": None}, "peer_certificate: expected a text"),
    ],
)
def test_a_suite_that_is_none_is_told_with_its_place(suite, change, message):
    value = json.loads(suite.read_text())
    text = b"{" if change is None else json.dumps({"version": 1, "testcases": [{**value["testcases"][0], **change}]}).encode()
    with pytest.raises(CorpusError, match=message):
        limbo.parse(text, "test")

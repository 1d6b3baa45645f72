"""mtls-conformance on the command line: what it prints, its exit status, and bad input."""

import base64
import json
import os
import resource
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from minica import CA, LEAF, MiniCa
from test_corpus_reader import a_case, as_lines

CONFORMANCE = Path(sys.executable).with_name("mtls-conformance")
OPTIONS = {"verifyClientCertIssuerDN": False, "verifyClientAuthMode": "Strict", "verifyClientRevocation": "None"}
SUCCESS = {"result": "SUCCESS", "reason": None, "sslClientVerify": "SUCCESS", "httpStatus": 200}


@pytest.fixture(scope="module")
def suite(tmp_path_factory) -> Path:
    """Two cases of a live nginx: one as it is, and one that expects the wrong thing."""
    ca = MiniCa(tmp_path_factory.mktemp("suite"))
    root = ca.issue("root", None, CA)
    leaf = ca.issue("leaf", root, LEAF)
    client = {"chain": leaf.pem, "key": leaf.key.read_text(), "options": OPTIONS}
    bundle = base64.b64encode(root.pem.encode()).decode()

    def case(name, handshake):
        stage = {"anyOf": [handshake], "basis": "observed"}
        return a_case(id=name, tags=[], bundle=bundle, client=client, expect={"openssl": {"handshake": stage}})

    wrong = {"result": "FAILED", "reason": "expired", "sslClientVerify": "FAILED:certificate has expired"}
    return as_lines(ca.folder, case("handshake/right", SUCCESS), case("handshake/wrong", wrong))


def test_all_as_expected(run, suite, tmp_path):
    command = [CONFORMANCE, "run", "--target", "nginx", "--suite", suite, "--only", "*right"]
    result = run(*command, "--report", tmp_path / "report")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "1 cases: 1 as expected, 0 not"
    assert "no expectation under openssl" in result.stdout  # its upload: skipped, and counted
    report = json.loads((tmp_path / "report/results.json").read_text())
    assert [run["id"] for run in report["runs"]] == ["nginx:openssl"]
    (answers,) = (case["answers"]["nginx:openssl"] for case in report["cases"])
    assert {stage: answer["outcome"] for stage, answer in answers.items()} == {
        "upload": "skipped",
        "handshake": "as expected",
    }
    files = sorted(path.name for path in (tmp_path / "report").iterdir())
    assert files == ["junit.xml", "report.html", "results.json", "summary.md"]


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_wrong_expectation_fails_the_run_and_is_shown(run, suite, quiet):
    result = run(CONFORMANCE, "run", "--target", "nginx", "--suite", suite, *quiet)
    assert result.returncode == 1
    assert result.stdout.splitlines()[-1] == "2 cases: 1 as expected, 1 not"
    row = next(line for line in result.stdout.splitlines() if line.startswith("handshake/wrong"))
    if not quiet:
        assert row.split() == ["handshake/wrong", "expired", "NOT"]
    assert "got      result SUCCESS" in result.stdout
    assert ("handshake/right" in result.stdout) is not bool(quiet)


def test_a_run_that_compared_nothing_is_no_success(run, suite, tmp_path):
    lines = as_lines(tmp_path, a_case(expect={"azure-appgw": {}}))
    result = run(CONFORMANCE, "run", "--target", "nginx", "--suite", lines)
    assert result.returncode == 1
    assert result.stdout.splitlines()[-1] == "1 cases: 0 as expected, 0 not, 1 skipped"


def test_text_of_a_corpus_cannot_move_a_terminal(run, tmp_path):
    lines = as_lines(tmp_path, a_case(id="a/\x1b[2Jb\u202ec", expect={"azure-appgw": {}}))
    result = run(CONFORMANCE, "run", "--target", "nginx", "--suite", lines)
    assert "\x1b" not in result.stdout and "\u202e" not in result.stdout
    assert "\\x1b[2Jb\\u202ec" in result.stdout


@pytest.mark.parametrize(
    "options",
    [["--target", "./a\x1b[31m\u202eb"], ["--target", "nginx", "--suite", "./a\x1b[31m\u202eb"],
     ["--target", "nginx", "--a\x1b[31m\u202eb"], ["--target", "{broken}"]],
    ids=["target", "suite", "option", "words of a target"],
)  # fmt: skip
def test_no_control_character_of_a_message_reaches_the_terminal(run, suite, tmp_path, options):
    broken = program(tmp_path / "broken", "#!/bin/sh\nprintf 'a\\033[31m\u202eb\\n' >&2\nexit 1\n")
    result = run(CONFORMANCE, "run", "--suite", suite, *(option.format(broken=broken) for option in options))
    assert result.returncode == 2 and r"a\x1b[31m\u202eb" in result.stderr
    assert "\x1b" not in result.stderr and "\u202e" not in result.stderr


def test_a_message_of_several_lines_keeps_them(run, suite, tmp_path):
    environment = {**os.environ, "PATH": str(tmp_path), "MTLS_GAUNTLET": str(tmp_path)}
    environment.pop("MTLS_VALIDATE", None)
    result = run(CONFORMANCE, "run", "--target", "mtls-validate", "--suite", suite, env=environment)
    assert result.returncode == 2 and result.stderr.splitlines()[-1].startswith("    cmake --preset release")


def test_a_fault_of_the_program_is_no_difference(run):
    code = "import sys; from mtls_conformance import cli, suites; suites.find = lambda *_: 1 / 0; sys.exit(cli.main())"
    result = run(sys.executable, "-c", code, "run", "--target", "nginx")
    assert result.returncode == 2
    assert "ZeroDivisionError" in result.stderr


BAD = [
    (["--target", "nginx", "--suite", "nothere"], "nothere: there is no such corpus; mtls-gen corpus"),
    (["--target", "nothing"], "there is no target 'nothing'; there are mtls-validate, nginx"),
    (["--target", "./nothere"], "there is no program /"),
    (["--target", "./mtls-validate"], "there is no ./mtls-validate"),
    (["--target", "nginx", "--only", "nothing*"], "no case matches nothing*"),
    (["--target", "nginx", "--jobs", "0"], "--jobs: expected at least 1"),
    (["--target", "nginx", "--jobs", "many"], "invalid int value: 'many'"),
    (["--target", "nginx", "--colour"], "unrecognized arguments: --colour"),
    ([], "required: --target"),
    (["--target", "nginx", "--report", "{file}"], "{file}: is a file; a report is a folder"),
    (["--target", "nginx", "--report", "/proc/x"], "/proc/x: the folder of the report cannot be made"),
    (["--target", "{file}"], "Permission denied; chmod +x"),
    (["--target", "nginx", "--suite", "{folder}"], "is no corpus: it has no manifest.json"),
    (["--target", "nginx", "--suite", "{file}"], "{file}: no case"),
    (["--target", "nginx", "--suite", "/dev/null/x"], "/dev/null/x: there is no such corpus"),
]


@pytest.mark.parametrize("options, message", BAD, ids=[message for _, message in BAD])
def test_bad_input_gets_a_message_and_status_2(run, suite, tmp_path, options, message):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    places = {"file": tmp_path / "file", "folder": tmp_path / "folder"}
    options = [option.format(**places) for option in options]
    if "--suite" not in options:
        options += ["--suite", str(suite)]
    result = run(CONFORMANCE, "run", *options)
    assert result.returncode == 2
    assert message.format(**places) in result.stderr and "Traceback" not in result.stderr


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    "script, message",
    [
        ("exit 2", "ended with status 2"),
        ("kill -SEGV $$", "ended with status -11"),
        ("echo '{'; exit 0", "did not print the JSON of mtls-validate corpus"),
        ("echo '{\"results\": [{}]}'; exit 0", "did not print the JSON of mtls-validate corpus"),
        ("echo '{\"results\": []}'; exit 0", "left out 2 cases"),
    ],
)
def test_a_validator_that_breaks_down_is_told(run, suite, tmp_path, script, message):
    broken = program(tmp_path / "mtls-validate", f"#!/bin/sh\n[ $1 != --version ] || {{ echo 1; exit 0; }}\n{script}\n")
    result = run(CONFORMANCE, "run", "--target", broken, "--suite", suite)
    assert result.returncode == 2 and message in result.stderr and "Traceback" not in result.stderr


def test_a_report_that_cannot_be_written_leaves_the_old_one_and_the_result_is_told(run, tmp_path):
    lines = as_lines(tmp_path, *(a_case(id=f"upload/{n}", expect={"azure-appgw": {}}) for n in range(50)))
    report = tmp_path / "report"
    report.mkdir()
    (report / "results.json").write_text("old")

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))

    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [CONFORMANCE, "run", "--target", "nginx", "--suite", lines, "--report", report]
    result = run(*command, preexec_fn=no_room, env=environment)
    assert result.returncode == 2 and f"{report}/results.json: File too large" in result.stderr
    assert result.stdout.splitlines()[-1] == "50 cases: 0 as expected, 0 not, 50 skipped"
    assert (report / "results.json").read_text() == "old"
    assert [path.name for path in report.iterdir()] == ["results.json"]


def test_a_run_that_is_ended_leaves_nothing_behind(suite, tmp_path):
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [CONFORMANCE, "run", "--target", "nginx", "--suite", suite],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )
    deadline = time.monotonic() + 30
    while not list((tmp_path / "tmp").glob("mtls-cases-*/*.trust.pem")) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert process.poll() is None
    process.terminate()
    assert process.wait(30) == 143
    assert list((tmp_path / "tmp").iterdir()) == []

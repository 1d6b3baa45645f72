"""mtls-conformance lint: the upload check over files, and its findings as SARIF."""

import json
import os
import re

import pytest
from project import ROOT, base_cases, program
from test_command_line import CONFORMANCE

UPLOADS = ROOT / "corpus/base/upload"


@pytest.fixture(autouse=True)
def built(monkeypatch):
    monkeypatch.setenv("MTLS_VALIDATE", str(program("mtls-validate")))


def sarif_of(run, tmp_path, *files, cwd=ROOT) -> tuple[int, dict, str]:
    out = tmp_path / "new/findings.sarif"
    result = run(CONFORMANCE, "lint", *files, "--sarif", out, "--time", "2030-01-01T00:00:00Z", cwd=cwd)
    return result.returncode, json.loads(out.read_text()), result.stdout


def check_form(document: dict):
    """What SARIF 2.1.0 asks for in the members that are used (sections 3.13, 3.14, 3.19, 3.27, 3.30, 3.49)."""
    assert document["version"] == "2.1.0" and document["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules) and run["tool"]["driver"]["name"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning") and result["message"]["text"]
        (place,) = result["locations"]
        where = place["physicalLocation"]
        assert where["region"]["startLine"] >= 1
        assert re.fullmatch(r"[A-Za-z0-9._~/%:-]+", where["artifactLocation"]["uri"])


def errors(document: dict) -> dict[str, tuple[str, int]]:
    return {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: (
            result["ruleId"].removeprefix("ApplicationGateway").removeprefix("TrustedClientCertificate"),
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in document["runs"][0]["results"]
        if result["level"] == "error"
    }


def test_findings_have_their_code_and_line(run, tmp_path):
    names = ["bad-base64", "empty-file", "leaf-only", "root-only", "private-key-rsa-after"]
    files = [f"corpus/base/upload/{name}/bundle.pem" for name in names]
    status, document, said = sarif_of(run, tmp_path, *files)
    check_form(document)
    key = (UPLOADS / "private-key-rsa-after/bundle.pem").read_text().split("\n")
    line_of_key = next(n for n, line in enumerate(key, 1) if "PRIVATE KEY" in line)
    assert status == 1 and errors(document) == {
        files[0]: ("InvalidData", 3),
        files[1]: ("MustSpecifyData", 1),
        files[2]: ("DoesNotContainAnyCACertificate", 1),
        files[4]: ("MustNotHavePrivateKey", line_of_key),
    }
    warnings = [result["ruleId"] for result in document["runs"][0]["results"] if result["level"] == "warning"]
    assert "test-certificate" in warnings and "leaf-ignored" in warnings
    assert f"{files[3]}: accepted" in said


def test_good_files_alone_are_a_success(run, tmp_path):
    status, document, _ = sarif_of(run, tmp_path, UPLOADS / "root-only/bundle.pem")
    assert status == 0 and errors(document) == {}


def test_every_rejected_file_of_the_corpus_has_one_error_with_its_code(run, tmp_path):
    wanted = {}
    for case in base_cases():
        of = case.stage("azure-appgw", "upload")
        if case.id.startswith(("upload/", "pem/")) and of and all(one["result"] == "rejected" for one in of.any_of):
            codes = {
                one["code"].removeprefix("ApplicationGateway").removeprefix("TrustedClientCertificate")
                for one in of.any_of
            }
            wanted[f"corpus/base/{case.id}/bundle.pem"] = codes
    assert len(wanted) > 50
    _, document, _ = sarif_of(run, tmp_path, *wanted)
    check_form(document)
    found = errors(document)
    assert found.keys() == wanted.keys()
    for file, (code, line) in found.items():
        assert code in wanted[file], file
        assert line <= (ROOT / file).read_bytes().count(b"\n") + (ROOT / file).read_bytes().count(b"\r") + 1


def test_it_holds_no_byte_of_a_key(run, tmp_path):
    files = [path / "bundle.pem" for path in UPLOADS.glob("private-key-*")]
    _, document, said = sarif_of(run, tmp_path, *files)
    text = json.dumps(document) + said
    for file in files:
        for block in re.findall(r"PRIVATE KEY-----\n(.*?)-----END", file.read_text(), re.DOTALL):
            assert not any(line in text for line in block.split("\n") if len(line) > 20), file


def test_an_odd_name_of_a_file_is_an_address_still(run, tmp_path):
    odd = os.fsencode(tmp_path) + b"/a b#?\xff%41.pem"
    with open(odd, "wb") as file:
        file.write((UPLOADS / "leaf-only/bundle.pem").read_bytes())
    _, document, _ = sarif_of(run, tmp_path, os.fsdecode(odd))
    check_form(document)
    assert list(errors(document))[0].endswith("/a%20b%23%3F%FF%2541.pem")


@pytest.mark.parametrize("file", ["no/such.pem", "."])
def test_what_cannot_be_read_is_said_and_nothing_is_written(run, tmp_path, file):
    result = run(CONFORMANCE, "lint", file, "--sarif", tmp_path / "x.sarif", cwd=tmp_path)
    assert result.returncode == 2 and file in result.stderr and "Traceback" not in result.stderr
    assert not (tmp_path / "x.sarif").exists()


def test_a_descriptor_of_the_shell_is_a_file(run):
    command = f"{CONFORMANCE} lint <(cat {UPLOADS}/root-only/bundle.pem) - <{UPLOADS}/leaf-only/bundle.pem"
    result = run("bash", "-c", command)
    assert result.returncode == 1, result.stderr
    first, *_, last = (line for line in result.stdout.splitlines() if ": warning " not in line)
    assert re.match(r"/dev/fd/\d+: accepted", first) and last.startswith("-: rejected")


def test_sarif_to_standard_output_is_alone_there(run, tmp_path):
    result = run(CONFORMANCE, "lint", UPLOADS / "leaf-only/bundle.pem", "--sarif", "-", cwd=tmp_path)
    check_form(json.loads(result.stdout))
    assert result.returncode == 1 and "bundle.pem: rejected" in result.stderr
    assert list(tmp_path.iterdir()) == []

"""mtls-validate over whole corpora, and as an adapter."""

import base64
import json

import pytest
from minica import TEST
from validate_files import CODES, Files, answer


def a_case(identity: str, files: Files, upload: dict, profile: str = "azure-appgw") -> dict:
    return {
        "id": identity, "summary": "", "cites": [], "tags": [], "features": [],
        "bundle": base64.b64encode(files.trust.read_bytes()).decode(),
        "client": {
            "chain": files.leaf.read_text(),
            "options": {
                "verifyClientCertIssuerDN": False,
                "verifyClientAuthMode": "Strict",
                "verifyClientRevocation": "None",
            },
        },
        "time": "2030-01-01T00:00:00Z", "certificates": [],
        "expect": {
            profile: {
                "upload": {"anyOf": [upload], "basis": "inferred"},
                "handshake": {
                    "anyOf": [{"result": "SUCCESS", "reason": None, "sslClientVerify": "SUCCESS", "httpStatus": 200}],
                    "basis": "inferred",
                },
            }
        },
    }  # fmt: skip


@pytest.fixture
def corpora(files, tmp_path):
    """Three cases in both forms: one right, one wrong, one that expects nothing of the default profile."""
    cases = [
        a_case("a/right", files, {"result": "accepted", "clientCertIssuerDN": f"CN=middle, {TEST[1:]}"}),
        a_case("a/wrong", files, {"result": "rejected", "code": CODES[0]}),
        a_case("b/other", files, {"result": "accepted"}, profile="openssl"),
    ]
    lines = tmp_path / "cases.jsonl"
    lines.write_text("".join(json.dumps(case) + "\n" for case in cases))
    tree = tmp_path / "tree"
    for case in cases:
        folder = tree / case["id"]
        folder.mkdir(parents=True)
        (folder / "bundle.pem").write_bytes(files.trust.read_bytes())
        (folder / "client.pem").write_bytes(files.leaf.read_bytes())
        case = {**case, "bundle": {"file": "bundle.pem"}, "client": {**case["client"], "chain": {"file": "client.pem"}}}
        (folder / "case.json").write_text(json.dumps(case, indent=2))
    (tree / "manifest.json").write_text("{}")
    return {"lines": lines, "tree": tree}


@pytest.mark.parametrize("form", ["lines", "tree"])
def test_a_corpus_in_both_forms(validate, corpora, form):
    result = validate("corpus", corpora[form], "--json")
    told = answer(result)
    assert result.returncode == 1
    assert (told["profile"], told["cases"], told["asExpected"], told["notAsExpected"]) == ("azure-appgw", 3, 1, 1)
    right, wrong, other = told["results"]
    assert right["asExpected"] is True and right["differences"] == []
    assert right["upload"] == {"result": "accepted", "code": None, "clientCertIssuerDN": f"CN=middle, {TEST[1:]}"}
    assert right["handshake"] == {"result": "SUCCESS", "reason": None, "sslClientVerify": "SUCCESS", "httpStatus": 200}
    assert wrong["asExpected"] is False and len(wrong["differences"]) == 1 and CODES[0] in wrong["differences"][0]
    assert other["asExpected"] is None and other["handshake"]["result"] == "SUCCESS"
    text = validate("corpus", corpora[form])
    assert text.returncode == 1 and "a/wrong" in text.stdout and "a/right" not in text.stdout
    assert text.stdout.splitlines()[-1].endswith("1 as expected, 1 not, 1 without an expectation")
    assert validate("corpus", corpora[form], "--only", "*right").returncode == 0
    assert validate("corpus", corpora[form], "--profile", "openssl").returncode == 0


def test_a_corpus_from_standard_input_and_one_case(validate, corpora):
    with corpora["lines"].open() as stdin:
        assert answer(validate("corpus", "-", "--json", stdin=stdin))["cases"] == 3
    assert answer(validate("corpus", corpora["tree"] / "a/right/case.json", "--json"))["cases"] == 1


def test_serve_speaks_the_adapter_protocol(validate, files, corpora, tmp_path):
    with corpora["lines"].open() as stdin:
        result = validate("serve", stdin=stdin)
    greeting, right, *rest = map(json.loads, result.stdout.splitlines())
    assert result.returncode == 0 and len(rest) == 2
    assert greeting["protocol"] == 1 and greeting["profile"] == "azure-appgw" and "clock" in greeting["features"]
    assert right["id"] == "a/right" and right["handshake"] == "SUCCESS"
    assert right["upload"]["result"] == "accepted" and right["raw"] == ""


def test_broken_cases_name_their_place(validate, tmp_path, files):
    good = json.dumps(a_case("a/a", files, {"result": "accepted"}))
    for line, message in [
        ("{", "line 2"),
        (good.replace('"tags"', '"tagz"'), "unknown member"),
        (good.replace("2030-01-01T00:00:00Z", "2030-13-01T00:00:00Z"), "RFC 3339"),
    ]:
        path = tmp_path / "cases.jsonl"
        path.write_text(good + "\n" + line + "\n")
        result = validate("corpus", path)
        assert result.returncode == 2 and message in result.stderr and result.stdout == ""
    (tmp_path / "none").mkdir()
    result = validate("corpus", tmp_path / "none")
    assert result.returncode == 2 and "holds no case" in result.stderr


def test_a_nul_hides_nothing_of_a_corpus(validate, run, mtls_gen, tmp_path):
    corpus, with_nul = tmp_path / "good.jsonl", tmp_path / "nul.jsonl"
    assert run(mtls_gen, "corpus", "--only", "upload/two-roots", "--format", "jsonl", "--out", corpus).returncode == 0
    assert "1 case under" in validate("corpus", corpus).stdout
    with_nul.write_bytes(corpus.read_bytes() + b"\0" + corpus.read_bytes())
    result = validate("corpus", with_nul)
    assert result.returncode == 2 and "line 2" in result.stderr

"""The reader of corpora takes what the format's documentation describes, and nothing else."""

import base64
import hashlib
import json
from pathlib import Path

import jsonschema
import pytest
from project import ROOT, SUITE, base_cases

from mtls_conformance.corpus import CorpusError, load, pick

SCHEMA = json.loads((ROOT / "corpus/schema/case.schema.json").read_text())
MANIFEST_SCHEMA = json.loads((ROOT / "corpus/schema/manifest.schema.json").read_text())
CODE = "ApplicationGatewayTrustedClientCertificateInvalidData"


def a_case(**changes) -> dict:
    return {
        "id": "upload/one",
        "summary": "One.",
        "cites": ["seed#overview"],
        "tags": ["clock"],
        "features": ["ocsp"],
        "bundle": base64.b64encode(b"bundle").decode(),
        "client": {
            "chain": "a chain\n",
            "key": "a key\n",
            "options": {
                "verifyClientCertIssuerDN": True,
                "verifyClientAuthMode": "Strict",
                "verifyClientRevocation": "None",
            },
        },
        "time": "2030-01-01T00:00:00Z",
        "certificates": [
            {"label": "a", "role": "root", "subject": "CN=a", "issuer": "CN=a", "key": "p256", "sha256": "0" * 64}
        ],
        "expect": {
            "azure-appgw": {"upload": {"anyOf": [{"result": "rejected", "code": CODE}], "basis": "documented"}},
            "openssl": {
                "upload": {"anyOf": [{"result": "accepted"}], "basis": "observed"},
                "handshake": {
                    "anyOf": [
                        {
                            "result": "FAILED",
                            "reason": "expired",
                            "sslClientVerify": "FAILED:certificate has expired",
                            "httpStatus": 400,
                        },
                        {"result": "ABORTED", "reason": None, "sslClientVerify": None},
                    ],
                    "basis": "undetermined",
                    "note": "Nobody knows.",
                },
            },
        },
        **changes,
    }


def as_lines(folder: Path, *cases: dict | str) -> Path:
    path = folder / "corpus.jsonl"
    path.write_text("".join((case if isinstance(case, str) else json.dumps(case)) + "\n" for case in cases))
    return path


def as_tree(folder: Path, **changes) -> Path:
    path = folder / "corpus"
    case = a_case(bundle={"file": "bundle.pem"})
    case["client"] |= {"chain": {"file": "client.pem"}, "key": {"file": "client.key"}}
    home = path / case["id"]
    home.mkdir(parents=True)
    (home / "case.json").write_text(json.dumps({**case, **changes}))
    for name in ("bundle.pem", "client.pem", "client.key"):
        (home / name).write_text(name)
    write_manifest(path)
    return path


def write_manifest(path: Path, **changes):
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.name != "manifest.json")
    digests = {file.relative_to(path).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    manifest = {"corpusFormat": 1, "seed": "s", "suite": "base", "cases": 1, "files": digests, **changes}
    (path / "manifest.json").write_text(json.dumps(manifest))


def test_lines(tmp_path):
    one, two = load(as_lines(tmp_path, a_case(), a_case(id="upload/two")))
    assert (one.id, two.id) == ("upload/one", "upload/two")
    assert (one.bundle, one.client.chain, one.client.key) == (b"bundle", b"a chain\n", b"a key\n")
    assert one.client.verify_issuer_dn and not one.client.passthrough and not one.client.ocsp
    assert one.stage("openssl", "handshake").any_of[0]["reason"] == "expired"
    assert one.stage("azure-appgw", "handshake") is None


def test_tree(tmp_path):
    (case,) = load(as_tree(tmp_path))
    assert (case.bundle, case.client.chain, case.client.key) == (b"bundle.pem", b"client.pem", b"client.key")


def test_a_glob_chooses(tmp_path):
    path = as_lines(tmp_path, a_case(), a_case(id="handshake/two"))
    assert [case.id for case in load(path, "hand*")] == ["handshake/two"]
    with pytest.raises(CorpusError, match="no case matches x"):
        load(path, "x*")


def changed(path: list, value) -> dict:
    case = a_case()
    at = case
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return case


HANDSHAKE = ["expect", "openssl", "handshake"]
BROKEN = [
    (["summary"], None, "lacks 'summary'"),
    (["extra"], 1, "unknown member 'extra'"),
    (["id"], 7, "id: expected a text"),
    (["tags"], "clock", "tags: expected an array"),
    (["tags"], [1], "tags: expected a text"),
    (["bundle"], "Zm9", "bundle: is not base64"),
    (["bundle"], {"file": "bundle.pem"}, "self-contained"),
    (["bundle"], {"file": "../bundle.pem"}, "names '../bundle.pem'"),
    (["client", "options", "verifyClientAuthMode"], "Lenient", "'Lenient' is none of its words"),
    (["client", "options", "verifyClientCertIssuerDN"], 1, "expected true or false"),
    (["client", "options", "more"], 1, "unknown member 'more'"),
    (["certificates"], [{}], "certificates: lacks"),
    (["expect", "open"], {}, "'open' is none of its words"),
    (["expect", "openssl", "after"], {}, "unknown member 'after'"),
    ([*HANDSHAKE, "basis"], "guessed", "'guessed' is none of its words"),
    ([*HANDSHAKE, "anyOf"], [], "anyOf is empty"),
    ([*HANDSHAKE, "anyOf", 0, "reason"], "stale", "'stale' is none of its words"),
    ([*HANDSHAKE, "anyOf", 0, "result"], "SUCCESS", "a reason goes with FAILED"),
    ([*HANDSHAKE, "anyOf", 0, "httpStatus"], 4000, "expected an HTTP status"),
    ([*HANDSHAKE, "anyOf", 0, "httpStatus"], True, "expected an HTTP status"),
    (["expect", "azure-appgw", "upload", "anyOf", 0, "code"], "InvalidData", "'InvalidData' is none of its words"),
]


@pytest.mark.parametrize("path, value, message", BROKEN, ids=[f"{m}-{n}" for n, (_, _, m) in enumerate(BROKEN)])
def test_a_case_that_breaks_the_format_is_refused_with_its_place(tmp_path, path, value, message):
    with pytest.raises(CorpusError) as error:
        load(as_lines(tmp_path, a_case(id="a/first"), changed(path, value)))
    assert message in str(error.value) and "corpus.jsonl:2" in str(error.value)


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "Expecting"),
        ("[" * 100000, "recursion"),
        ('{"id": "a", "id": "a"}', "twice"),
        ("[]", "expected an object"),
        ('"\\ud800"', "expected an object"),
    ],
)
def test_a_line_that_is_no_case_is_refused(tmp_path, text, message):
    with pytest.raises(CorpusError, match=message):
        load(as_lines(tmp_path, text))


def test_an_id_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="upload/one is there twice"):
        load(as_lines(tmp_path, a_case(), a_case()))


def test_a_tree_that_differs_from_its_manifest_is_refused(tmp_path):
    path = as_tree(tmp_path)
    home = path / "upload/one"
    (home / "bundle.pem").write_text("altered")
    with pytest.raises(CorpusError, match="bundle.pem: is not the file that the manifest describes"):
        load(path)
    (home / "extra").touch()
    with pytest.raises(CorpusError, match="upload/one/extra is not in the manifest"):
        load(path)
    (home / "extra").unlink()
    (home / "client.key").unlink()
    with pytest.raises(CorpusError, match="upload/one/client.key is missing"):
        load(path)


@pytest.mark.parametrize(
    "changes, message",
    [({"corpusFormat": 2}, "this program reads 1"), ({"cases": 2}, "counts 2 cases, there are 1"), ({"more": 1}, "unknown")],
)
def test_a_manifest_of_another_kind_is_refused(tmp_path, changes, message):
    path = as_tree(tmp_path)
    write_manifest(path, **changes)
    with pytest.raises(CorpusError, match=message):
        load(path)


def test_a_case_in_another_cases_folder_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="which is not its folder"):
        load(as_tree(tmp_path, id="upload/two"))


def test_what_is_no_corpus_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="no manifest.json"):
        load(tmp_path)
    with pytest.raises(CorpusError, match="No such file"):
        load(tmp_path / "nothere.jsonl")
    with pytest.raises(CorpusError, match="no case"):
        load(as_lines(tmp_path))


def test_the_schema_takes_a_good_case_and_refuses_broken_ones():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.validate(a_case())
    taken = [message for path, value, message in BROKEN if validator.is_valid(changed(path, value))]
    assert taken == ["self-contained"]  # whether a file may be named is the form's matter, not the case's


def test_the_committed_suite_fits_the_schemas():
    assert base_cases(), f"{SUITE} is not there"
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for case in base_cases():
        validator.validate(json.loads((SUITE / case.id / "case.json").read_text()))
    jsonschema.validate(json.loads((SUITE / "manifest.json").read_text()), MANIFEST_SCHEMA)


def test_some_cases_are_picked_from_either_form(tmp_path, mtls_gen, run):
    lines = tmp_path / "base.jsonl"
    run(mtls_gen, "corpus", "--format", "jsonl", "--only", "handshake/*", "--out", lines)
    wanted = ("handshake/leaf", "handshake/expired")
    assert pick(SUITE, wanted) == [case for name in wanted for case in base_cases() if case.id == name]
    assert [case.bundle for case in pick(lines, wanted)] == [case.bundle for case in pick(SUITE, wanted)]
    for path in (SUITE, lines):
        with pytest.raises(CorpusError, match="no-such"):
            pick(path, ("handshake/no-such",))

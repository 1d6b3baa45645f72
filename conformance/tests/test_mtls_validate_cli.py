"""mtls-validate on the command line: what it says to people and to programs, its exit status, and bad input."""

import base64
import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from minica import CA, EXPIRED, LEAF, TEST, MiniCa, openssl

NOW = ["--time", "2030-01-01T00:00:00Z"]
CODES = [
    "ApplicationGatewayTrustedClientCertificateMustSpecifyData",
    "ApplicationGatewayTrustedClientCertificateMustNotHavePrivateKey",
    "ApplicationGatewayTrustedClientCertificateInvalidData",
    "ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate",
    "ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate",
]
PROFILES = ["azure-appgw", "openssl"]


class Files:
    """A hierarchy made with the openssl command, and files of it."""

    def __init__(self, folder: Path):
        self.folder, ca = folder, MiniCa(folder)
        root = ca.issue("root", None, CA)
        middle = ca.issue("middle", root, CA)
        leaf = ca.issue("leaf", middle, LEAF)
        other_root = ca.issue("other-root", None, CA)
        self.leaf_key = leaf.key
        self.trust = ca.file("trust.pem", root, middle)
        self.root_only = ca.file("root-only.pem", root)
        self.leaf = ca.file("leaf-only.pem", leaf)
        self.chain = ca.file("chain.pem", leaf, middle)
        self.direct = ca.file("direct.pem", ca.issue("direct-leaf", root, LEAF))
        self.expired = ca.file("expired.pem", ca.issue("expired-leaf", middle, LEAF, validity=EXPIRED))
        self.two_roots = ca.file("two-roots.pem", root, other_root)
        self.with_key = ca.file("with-key.pem", root, root.key.read_text())
        self.empty = ca.file("empty.pem")
        self.no_pem = ca.file("no-pem.pem", "no certificate\n")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Files:
    return Files(tmp_path_factory.mktemp("validate"))


@pytest.fixture
def validate(run, mtls_validate):
    return lambda *arguments, **options: run(mtls_validate, *arguments, **options)


def answer(result) -> dict:
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_an_accepted_file(validate, files):
    result = validate("upload", files.trust, "--json", *NOW)
    told = answer(result)
    assert result.returncode == 0
    assert told["result"] == "accepted" and told["code"] is told["detail"] is told["advice"] is None
    assert told["clientCertIssuerDN"] == "CN=middle, O=mtls-gauntlet TEST DO NOT TRUST"
    assert told["validatedCertData"] == files.trust.read_text().replace("\n", "")
    assert [(c["role"], c["line"]) for c in told["certificates"]] == [("root", 1), ("intermediate", told["certificates"][1]["line"])]
    assert told["certificates"][0]["notAfter"] == "2119-01-01T00:00:00Z"
    lines = files.trust.read_text().splitlines()
    assert lines[told["certificates"][1]["line"] - 1] == "-----BEGIN CERTIFICATE-----"


@pytest.mark.parametrize(
    ("name", "code"),
    [("empty", CODES[0]), ("with_key", CODES[1]), ("no_pem", CODES[2]), ("leaf", CODES[3]), ("two_roots", CODES[4])],
)
def test_each_code(validate, files, name, code):
    path = getattr(files, name)
    result = validate("upload", path, "--json", *NOW)
    told = answer(result)
    assert result.returncode == 1
    assert (told["result"], told["code"]) == ("rejected", code)
    assert told["detail"] and told["advice"] and told["clientCertIssuerDN"] is told["validatedCertData"] is None
    text = validate("upload", path, *NOW)
    assert text.returncode == 1 and code in text.stdout and str(path) in text.stdout
    assert text.stdout.count("\n") > 2 and text.stderr == ""


def test_standard_input_is_a_file_too(validate, files):
    with files.trust.open() as stdin:
        result = validate("upload", "-", *NOW, stdin=stdin)
    assert result.returncode == 0 and result.stdout.startswith("standard input: accepted")


def test_no_byte_of_a_key_is_written(validate, files):
    both = files.folder / "key-and-leaf.pem"
    both.write_text(files.leaf_key.read_text() + files.leaf.read_text())
    text = openssl("pkey", "-in", files.leaf_key, "-noout", "-text").decode()
    secret = bytes.fromhex(re.search(r"priv:([\s0-9a-f:]+)", text)[1].replace(":", ""))
    traces = {secret[i : i + 6].hex() for i in range(len(secret) - 5)}
    traces |= {base64.b64encode(secret[i : i + 6]).decode() for i in range(len(secret) - 5)}
    assert any(trace in re.sub(r"\s", "", both.read_text()) for trace in traces)  # they would be found
    for arguments in (["upload", both], ["client", "--trust", both], ["client", "--trust", files.trust, "--cert", both]):
        for form in ([], ["--json"]):
            result = validate(*arguments, *form, *NOW)
            said = re.sub(r"[\s:]", "", result.stdout + result.stderr)
            assert said and not any(trace in said or trace.upper() in said for trace in traces)


@pytest.mark.parametrize(
    ("trust", "cert", "options", "log", "status", "code"),
    [
        ("trust", "leaf", [], "SUCCESS", 200, 0),
        ("root_only", "chain", [], "SUCCESS", 200, 0),
        ("trust", None, [], "NONE", 400, 1),
        ("root_only", "leaf", [], "FAILED:unable to verify the first certificate", 400, 1),
        ("trust", "expired", [], "FAILED:certificate has expired", 400, 1),
        ("trust", "leaf", ["--verify-issuer-dn"], "SUCCESS", 200, 0),
        ("trust", "direct", [], "SUCCESS", 200, 0),
        ("trust", "direct", ["--verify-issuer-dn"], "FAILED:unable to verify the client certificate issuer", 400, 1),
        ("trust", "leaf", ["--revocation", "ocsp"], "FAILED:certificate status request failed", 400, 1),
        ("trust", "expired", ["--mode", "passthrough"], "PASSTHROUGH", 200, 0),
        (None, "expired", ["--mode", "passthrough"], "PASSTHROUGH", 200, 0),
        (None, None, ["--mode=passthrough"], "NONE", 200, 0),
    ],
)
def test_clients(validate, files, trust, cert, options, log, status, code):
    arguments = ["client", *options, *NOW]
    arguments += ["--trust", getattr(files, trust)] if trust else []
    arguments += ["--cert", getattr(files, cert)] if cert else []
    result = validate(*arguments, "--json")
    told = answer(result)
    assert result.returncode == code
    assert (told["sslClientVerify"], told["httpStatus"]) == (log, status)
    assert len(told["upload"]) == (1 if trust else 0)
    text = validate(*arguments)
    assert text.returncode == code and text.stdout.startswith(f"client: {log}\n") and text.stderr == ""


def test_the_client_is_told_which_certificate_failed(validate, files):
    text = validate("client", "--trust", files.root_only, "--cert", files.leaf, *NOW).stdout
    assert "certificate 1 of the client's chain (line 1)" in text
    assert "missing: neither trusted nor sent" in text and "CN=middle" in text
    told = answer(validate("client", "--trust", files.root_only, "--cert", files.leaf, *NOW, "--json"))
    assert (told["reason"], told["opensslError"]) == ("issuer-not-found-leaf-only", 21)


def test_a_rejected_trust_file_ends_there(validate, files):
    result = validate("client", "--trust", files.trust, "--trust", files.leaf, "--cert", files.leaf, *NOW, "--json")
    told = answer(result)
    assert result.returncode == 1
    assert [upload["code"] for upload in told["upload"]] == [None, CODES[3]]
    assert told["result"] is told["sslClientVerify"] is told["httpStatus"] is told["reason"] is None
    text = validate("client", "--trust", files.leaf, "--cert", files.leaf, *NOW)
    assert text.returncode == 1 and CODES[3] in text.stdout and "client:" not in text.stdout


def test_the_openssl_profile(validate, files):
    told = answer(validate("upload", files.leaf, "--profile", "openssl", "--json", *NOW))
    assert told["result"] == "accepted" and told["clientCertIssuerDN"] is None and told["warnings"] == []
    result = validate("upload", files.no_pem, "--profile", "openssl", "--json", *NOW)
    told = answer(result)
    assert result.returncode == 1 and told["code"] is None and "SSL_CTX_load_verify_locations" in told["detail"]
    result = validate("client", "--profile", "openssl", "--trust", files.trust, "--cert", files.direct,
                      "--verify-issuer-dn", *NOW)  # fmt: skip
    assert result.returncode == 0 and "no effect" in result.stderr
    result = validate("client", "--profile", "openssl", "--mode", "passthrough")
    assert result.returncode == 2 and "passthrough" in result.stderr


def test_ocsp(validate, files):
    ca = MiniCa(files.folder)
    folder = files.folder
    root = ca.issue("ocsp-root", None, CA)
    leaf = ca.issue("ocsp-leaf", root, [*LEAF, "authorityInfoAccess=OCSP;URI:http://127.0.0.1:18888/"])
    serial = openssl("x509", "-in", leaf.certificate, "-noout", "-serial").decode().strip().partition("=")[2]
    openssl("ocsp", "-issuer", root.certificate, "-cert", leaf.certificate, "-reqout", folder / "ocsp.req")

    def response(name: str, index: str, signer) -> Path:
        (folder / f"{name}.index").write_text(index)
        openssl("ocsp", "-index", folder / f"{name}.index", "-CA", root.certificate, "-rsigner", signer.certificate,
                "-rkey", signer.key, "-reqin", folder / "ocsp.req", "-respout", folder / f"{name}.der",
                "-ndays", "3650")  # fmt: skip
        return folder / f"{name}.der"

    entry = f"\t210101000000Z\t\t{serial}\tunknown\t{TEST}\n".replace("210101", "491231")
    good = response("good", "V" + entry, root)
    revoked = response("revoked", "R" + entry.replace("\t\t", "\t250101000000Z\t"), root)
    unknown = response("unknown", "", root)
    stranger = response("stranger", "V" + entry, ca.issue("stranger", None, CA))
    for answered, log in [
        (good, "SUCCESS"),
        (revoked, "FAILED:certificate revoked"),
        (unknown, "FAILED:certificate status unknown"),
        (stranger, "FAILED:certificate status request failed"),
        (leaf.certificate, "FAILED:certificate status request failed"),
    ]:
        arguments = ["client", "--trust", root.certificate, "--cert", leaf.certificate, "--ocsp", answered]
        assert answer(validate(*arguments, *NOW, "--json"))["sslClientVerify"] == log
    late = ["--trust", root.certificate, "--cert", leaf.certificate, "--ocsp", good, "--time", "2099-01-01T00:00:00Z"]
    assert answer(validate("client", *late, "--json"))["reason"] == "ocsp-request-failed"


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


@pytest.mark.parametrize("word", [*CODES, "InvalidData", "expired", "26", "certificate has expired",
                                  "FAILED:self signed certificate", "ca-expired", "der-trailing"])  # fmt: skip
def test_explain(validate, word):
    result = validate("explain", word)
    assert result.returncode == 0 and "source" in result.stdout
    told = answer(validate("explain", word, "--json"))
    assert told["name"] and told["what"] and told["advice"] and told["cite"]


def test_explain_every_word_of_the_vocabulary(validate):
    vocabulary = json.loads((Path(__file__).parents[1] / "mtls_conformance/vocabulary.json").read_text())
    words = [row["slug"] for row in vocabulary["reasons"]]
    assert len(words) > 70
    for word in words:
        assert answer(validate("explain", word, "--json"))["name"] == word


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no command"),
        (["uplaod", "x"], "'uplaod'; there are: upload, client"),
        (["upload"], "needs a FILE"),
        (["upload", "a", "b"], "further 'b'"),
        (["upload", "/nonexistent/file"], "No such file"),
        (["upload", "/"], "is a folder"),
        (["upload", "x", "--trust", "y"], "--trust does not go with 'upload'"),
        (["upload", "x", "--profle", "y"], "did you mean '--profile'"),
        (["upload", "x", "--profile", "aws"], "there are: azure-appgw, openssl"),
        (["upload", "x", "--profile"], "needs a value"),
        (["upload", "x", "--time", "tomorrow"], "RFC 3339"),
        (["upload", "x", "-z"], "no option '-z'"),
        (["client"], "--trust"),
        (["client", "--trust", "/nonexistent"], "No such file"),
        (["client", "--mode", "lax", "--trust", "x"], "'strict' or 'passthrough'"),
        (["client", "--trust", "x", "--revocation", "none", "--ocsp", "y"], "--ocsp does not go with"),
        (["corpus", "/nonexistent"], "No such file"),
        (["explain", "certificate-has-expird"], "nothing is called"),
        (["explain", "999"], "nothing is called"),
    ],
)
def test_mistakes(validate, arguments, message):
    result = validate(*arguments)
    assert result.returncode == 2 and result.stdout == ""
    assert message in result.stderr and result.stderr.count("\n") == 1


def test_a_chain_that_is_no_chain(validate, files):
    for name in ("empty", "no_pem"):
        result = validate("client", "--trust", files.trust, "--cert", getattr(files, name), *NOW)
        assert result.returncode == 2 and "no PEM certificate" in result.stderr and result.stdout == ""


def test_a_certificate_that_does_not_decode_aborts_the_handshake(validate, files, tmp_path):
    chain = tmp_path / "malformed.pem"
    chain.write_text("-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n")
    result = validate("client", "--trust", files.trust, "--cert", chain, *NOW, "--json")
    told = answer(result)
    assert result.returncode == 1
    assert told["result"] == "ABORTED" and told["sslClientVerify"] is told["httpStatus"] is told["reason"] is None


def test_unreadable_file(validate, tmp_path):
    path = tmp_path / "secret.pem"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user reads every file")
    result = validate("upload", path)
    assert result.returncode == 2 and "Permission denied" in result.stderr


@pytest.mark.parametrize("arguments", [["upload", "-"], ["client", "--mode", "passthrough", "--cert", "-"]])
def test_endless_input_is_refused_at_the_limit(validate, arguments):
    with open("/dev/zero") as endless:
        result = validate(*arguments, stdin=endless)
    assert result.returncode == 2 and "limit of 268435456 bytes" in result.stderr


def test_a_full_disk_is_noticed(mtls_validate, files):
    with open("/dev/full", "w") as full:
        result = subprocess.run([mtls_validate, "upload", files.trust], stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 2 and "cannot write" in result.stderr


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


def test_help_and_version(validate):
    for arguments in (["--help"], ["-h"], ["upload", "--help"], ["client", "--help"], ["serve", "--help"]):
        result = validate(*arguments)
        assert result.returncode == 0 and "Usage: mtls-validate" in result.stdout and result.stderr == ""
        assert max(map(len, result.stdout.splitlines())) <= 100
    result = validate("--version")
    assert result.returncode == 0 and re.fullmatch(r"mtls-validate \d+\.\d+\.\d+ \(OpenSSL .*\)\n", result.stdout)


def on_a_terminal(command, **environment) -> str:
    """What the command writes where its output is a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment},
    )  # fmt: skip
    os.close(slave)
    said = b""
    try:
        while block := os.read(master, 65536):
            said += block
    except OSError:  # the other end is closed
        pass
    os.close(master)
    process.wait(timeout=60)
    return said.decode()


def test_colour_is_for_terminals_that_want_it(validate, mtls_validate, files):
    command = [mtls_validate, "upload", files.trust, *NOW]
    assert "\x1b[" in on_a_terminal(command)
    assert "\x1b[" not in on_a_terminal(command, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(command, TERM="dumb")
    assert "\x1b[" not in validate(*command[1:]).stdout
    assert "└─" in on_a_terminal(command) and "`-" in on_a_terminal(command, LC_ALL="C")


def test_names_reach_no_terminal_unescaped(mtls_validate, files):
    ca = MiniCa(files.folder)
    evil = "/O=mtls-gauntlet TEST DO NOT TRUST/CN=a\x1b]0;b\x07\x7f\u202ec\\\\d"
    root = ca.issue("evil", None, CA, subject=evil)
    leaf = ca.issue("evil-leaf", root, LEAF, subject=evil + "e")
    for arguments in (
        ["upload", root.certificate],
        ["upload", leaf.certificate],
        ["client", "--trust", root.certificate, "--cert", leaf.certificate],
        ["client", "--trust", files.trust, "--cert", leaf.certificate],
    ):
        for form in ([], ["--json"]):
            said = on_a_terminal([mtls_validate, *arguments, *form, *NOW], NO_COLOR="1")
            assert "\\x1B" in said or "\\\\x1B" in said or "\\u001b" in said
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202e]", said), arguments


def test_standard_input_is_one_file(validate, files):
    with files.trust.open() as stdin:
        result = validate("client", "--trust", "-", "--cert", "-", *NOW, stdin=stdin)
    assert result.returncode == 2 and result.stdout == "" and "'-' may be given once" in result.stderr
    with files.trust.open() as stdin:
        assert validate("client", "--trust", "-", "--cert", files.leaf, *NOW, stdin=stdin).returncode == 0


def test_a_nul_hides_nothing_of_a_corpus(validate, run, mtls_gen, tmp_path):
    corpus, with_nul = tmp_path / "good.jsonl", tmp_path / "nul.jsonl"
    assert run(mtls_gen, "corpus", "--only", "upload/two-roots", "--format", "jsonl", "--out", corpus).returncode == 0
    assert "1 case under" in validate("corpus", corpus).stdout
    with_nul.write_bytes(corpus.read_bytes() + b"\0" + corpus.read_bytes())
    result = validate("corpus", with_nul)
    assert result.returncode == 2 and "line 2" in result.stderr

"""mtls-validate on the command line: what it answers about files and clients."""

import base64
import os
import re
import subprocess
from pathlib import Path

import pytest
from minica import CA, LEAF, TEST, MiniCa, openssl
from validate_files import CODES, NOW, answer


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


def test_the_machines_openssl_configuration_changes_no_answer(validate, files, monkeypatch):
    configuration = files.folder / "fips.cnf"
    configuration.write_text("openssl_conf = a\n[a]\nalg_section = b\n[b]\ndefault_properties = fips=yes\n")
    monkeypatch.setenv("OPENSSL_CONF", str(configuration))
    verify = ["openssl", "verify", "-CAfile", files.trust, "-attime", "1893456000", files.leaf]
    assert subprocess.run(verify, capture_output=True).returncode != 0  # it does take the algorithms away
    assert subprocess.run(verify, capture_output=True, env={**os.environ, "OPENSSL_CONF": "/dev/null"}).returncode == 0
    for profile in ("azure-appgw", "openssl"):
        result = validate("client", "--profile", profile, "--trust", files.trust, "--cert", files.leaf, *NOW)
        assert result.returncode == 0 and result.stdout.startswith("client: SUCCESS\n")


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

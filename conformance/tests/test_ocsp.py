"""Revocation on a live nginx: what each kind of OCSP answer does to a client."""

from pathlib import Path

import pytest
from minica import CA, LEAF, TEST, Issued, MiniCa, openssl

from mtls_conformance.corpus import Case, Client
from mtls_conformance.servers.nginx import Nginx
from mtls_conformance.targets.server import ServerTarget

RESPONDER = "authorityInfoAccess=OCSP;URI:http://127.0.0.1:18888/"


@pytest.fixture(scope="module")
def ca(tmp_path_factory) -> MiniCa:
    ca = MiniCa(tmp_path_factory.mktemp("ocsp"))
    ca.root = ca.issue("root", None, CA)
    ca.other_root = ca.issue("other-root", None, CA)
    ca.leaf = ca.issue("leaf", ca.root, [*LEAF, RESPONDER])
    ca.silent = ca.issue("silent", ca.root, LEAF)
    return ca


def response(ca: MiniCa, status: str, signer: Issued | None = None, leaf: Issued | None = None) -> bytes:
    """An OCSP response of the openssl command, whose index says V(alid), R(evoked) or nothing."""
    leaf, signer = leaf or ca.leaf, signer or ca.root
    serial = openssl("x509", "-in", leaf.certificate, "-noout", "-serial").decode().strip().split("=")[1]
    revoked = "200101000000Z" if status == "R" else ""
    index = ca.folder / "index.txt"
    index.write_text(f"{status}\t491231000000Z\t{revoked}\t{serial}\tunknown\t{TEST}/CN=leaf\n" if status else "")
    out = ca.folder / "response.der"
    openssl("ocsp", "-issuer", ca.root.certificate, "-cert", leaf.certificate, "-no_nonce", "-reqout", ca.folder / "req")
    openssl(
        *["ocsp", "-index", index, "-CA", ca.root.certificate, "-rsigner", signer.certificate, "-rkey", signer.key],
        *["-reqin", ca.folder / "req", "-respout", out, "-ndays", "2"],
    )
    return Path(out).read_bytes()


@pytest.mark.parametrize(
    "kind, result, reason",
    [
        ("good", "SUCCESS", None),
        ("revoked", "FAILED", "revoked"),
        ("unknown", "FAILED", "ocsp-status-unknown"),
        ("responder gone", "FAILED", "ocsp-request-failed"),
        ("none named in the certificate", "FAILED", "ocsp-request-failed"),
        ("no OCSP response", "FAILED", "ocsp-request-failed"),
        ("signed by a stranger", "FAILED", "ocsp-request-failed"),
        ("about another certificate", "FAILED", "ocsp-request-failed"),
        ("not asked for", "SUCCESS", None),
    ],
)
def test_an_answer_decides(ca, kind, result, reason):
    answer = {
        "good": lambda: response(ca, "V"),
        "revoked": lambda: response(ca, "R"),
        "unknown": lambda: response(ca, ""),
        "no OCSP response": lambda: b"no response",
        "signed by a stranger": lambda: response(ca, "V", signer=ca.other_root),
        "about another certificate": lambda: response(ca, "V", leaf=ca.silent),
        "not asked for": lambda: response(ca, "R"),
    }.get(kind, lambda: None)()
    leaf = ca.silent if "named" in kind else ca.leaf
    client = Client(leaf.pem.encode(), leaf.key.read_bytes(), answer, False, False, kind != "not asked for")
    empty = frozenset()
    case = Case("a/b", "s", (), empty, empty, ca.root.pem.encode(), client, "2030-01-01T00:00:00Z", (), {})
    (found,) = ServerTarget(Nginx).answers([case], "openssl", 2)
    assert (found.handshake["result"], found.handshake["reason"]) == (result, reason), found.raw

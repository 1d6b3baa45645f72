"""Fixtures in one line: real handshakes with Python's ssl, good and bad, and the same bytes every time."""

import os
import shutil
import socket
import ssl
import sys
import threading

import pytest
from project import program

from mtls_conformance import programs
from mtls_conformance.fixtures import FixtureError, GatewayCA, Issued, case_files


@pytest.fixture(autouse=True)
def built(monkeypatch):
    monkeypatch.setenv("MTLS_GEN", str(program("mtls-gen")))


def handshake(server_context: ssl.SSLContext, client_context: ssl.SSLContext) -> str:
    """What becomes of a client: the common name that the server sees, or the server's error."""
    theirs, ours = socket.socketpair()
    theirs.settimeout(10)
    ours.settimeout(10)

    def connect():
        with theirs:
            try:
                with client_context.wrap_socket(theirs, server_hostname="localhost") as client:
                    client.sendall(b"hello")
                    client.recv(1)
            except (ssl.SSLError, OSError):
                pass  # the server's side tells

    thread = threading.Thread(target=connect)
    thread.start()
    try:
        with ours, server_context.wrap_socket(ours, server_side=True) as server:
            server.recv(5)
            subject = dict(pair for rdn in server.getpeercert()["subject"] for pair in rdn)
            return subject["commonName"]
    except ssl.SSLError as error:
        return getattr(error, "verify_message", None) or error.reason or str(error)
    finally:
        thread.join()


def contexts(ca: GatewayCA, client: Issued | None) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.configure_context(server_context)
    ca.issue_server("localhost").configure_context(server_context)
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ca.configure_context(client_context)
    if client is not None:
        client.configure_context(client_context)
    return server_context, client_context


def test_a_good_client_gets_in(gateway_ca):
    assert handshake(*contexts(gateway_ca, gateway_ca.issue_client("alice"))) == "alice"


@pytest.mark.parametrize(
    "bad, message",
    [
        ({"expired": True}, "certificate has expired"),
        ({"not_yet_valid": True}, "certificate is not yet valid"),
        ({"eku": ["serverAuth"]}, "unsuitable certificate purpose"),
        ({"forged": True}, "certificate signature failure"),
        ({"unknown_issuer": True}, "unable to get local issuer certificate"),
        ({"unknown_issuer": True, "leaf_only": True}, "unable to get local issuer certificate"),
        ({"self_signed": True}, "self-signed certificate"),
    ],
)
def test_a_bad_client_is_refused_for_its_fault(gateway_ca, bad, message):
    said = handshake(*contexts(gateway_ca, gateway_ca.issue_client("mallory", **bad)))
    assert message in said or said == message.replace("unsuitable", "unsupported"), said


@pytest.mark.parametrize(
    "good", [{"eku": None}, {"leaf_only": True}, {"issued_by_root": True}, {"key": "rsa2048"}, {"eku": ["serverAuth", "clientAuth"]}]
)
def test_other_good_clients_get_in(gateway_ca, good):
    assert handshake(*contexts(gateway_ca, gateway_ca.issue_client("bob", **good))) == "bob"


def test_no_certificate_is_refused(gateway_ca):
    assert "PEER_DID_NOT_RETURN_A_CERTIFICATE" in handshake(*contexts(gateway_ca, None))


def test_a_bad_intermediate_refuses_everybody(gateway_ca):
    for change in ({"validity": "expired"}, {"basic-constraints": "absent", "key-usage": "absent"}):
        bad = gateway_ca.but(intermediate=change)
        assert handshake(*contexts(bad, bad.issue_client("alice"))) != "alice", change
    again = gateway_ca.but(root={"key": "p384"})
    assert handshake(*contexts(again, again.issue_client("alice"))) == "alice"


def test_the_same_bytes_every_time(tmp_path):
    one, two = (GatewayCA(tmp_path / name) for name in ("one", "two"))
    two.issue_client("somebody else")  # order does not matter
    assert one.bundle == two.bundle
    for bad in ({}, {"expired": True}, {"key": "rsa2048"}):
        first, second = one.issue_client("alice", **bad), two.issue_client("alice", **bad)
        assert (first.chain, first.key) == (second.chain, second.key)
    assert one.issue_client("alice").certificate != one.issue_client("alice", expired=True).certificate
    assert one.issue_client("alice").key != one.issue_client("bob").key
    assert GatewayCA(tmp_path / "other", seed="mine").bundle != one.bundle


def test_keys_are_their_owners_alone(gateway_ca):
    assert gateway_ca.issue_client("alice").key_path.stat().st_mode & 0o777 == 0o600


def test_names_are_taken_as_they_are(gateway_ca):
    for name in ("O'Brien, \"Zoë\" #1: {x}", "a=b+c", "null", "  ", "7"):
        assert handshake(*contexts(gateway_ca, gateway_ca.issue_client(name))) == name


def test_uploads_of_every_kind(gateway_ca, run):
    validate = [program("mtls-validate"), "upload"]
    assert run(*validate, gateway_ca.bundle_path).returncode == 0
    for path, code in [
        (gateway_ca.upload("int"), "OnlyOneRootCAAllowed"),
        (gateway_ca.upload("root", {"key": "int"}), "MustNotHavePrivateKey"),
        (gateway_ca.upload({"cert": "root", "body": ""}), "InvalidData"),
        (gateway_ca.upload(), "MustSpecifyData"),
    ]:
        result = run(*validate, path)
        assert result.returncode == 1 and code in result.stdout
    assert run(*validate, gateway_ca.upload("root", eol="crlf", final_eol=False)).returncode == 0


def test_a_mistake_is_told_in_the_words_of_mtls_gen(gateway_ca):
    with pytest.raises(FixtureError, match="clientAut"):
        gateway_ca.issue_client("alice", eku=["clientAut"])
    with pytest.raises(ValueError, match="not both"):
        gateway_ca.issue_client("alice", expired=True, not_yet_valid=True)


def test_a_missing_mtls_gen_is_told_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("MTLS_GEN", str(tmp_path / "nothing"))
    with pytest.raises(programs.ProgramMissing, match="MTLS_GEN names .*nothing"):
        GatewayCA(tmp_path)
    monkeypatch.delenv("MTLS_GEN")
    monkeypatch.setenv("MTLS_GAUNTLET", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(programs.ProgramMissing, match="cmake --preset release"):
        GatewayCA(tmp_path)
    shutil.copy(program("mtls-gen"), tmp_path / "mtls-gen")
    GatewayCA(tmp_path)


# -- cases


def test_a_case_of_the_corpus_in_one_line(mtls_case, run):
    case = mtls_case("upload/leaf-only")
    code = "ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate"
    assert case.expected("upload") == ({"result": "rejected", "code": code},)
    assert case.bundle_path.read_bytes() == case.bundle and b"BEGIN CERTIFICATE" in case.bundle
    assert case.conforms("upload", {"result": "rejected", "code": code})
    assert not case.conforms("upload", {"result": "accepted"})
    assert code in run(program("mtls-validate"), "upload", case.bundle_path).stdout


def test_a_case_with_a_client(mtls_case, gateway_ca):
    case = mtls_case("handshake/expired")
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_verify_locations(case.bundle_path)
    server_context.verify_mode = ssl.CERT_REQUIRED
    gateway_ca.issue_server("localhost").configure_context(server_context)
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    gateway_ca.configure_context(client_context)
    case.configure_context(client_context)
    assert handshake(server_context, client_context) == "certificate has expired"
    assert case.expected("handshake", "openssl")[0]["reason"] == "expired"
    assert case.key_path.stat().st_mode & 0o777 == 0o600


def test_what_a_case_does_not_have_is_none(mtls_case):
    case = mtls_case("upload/empty-file")
    assert (case.bundle, case.chain, case.chain_path, case.key_path, case.ocsp_response) == (b"", None, None, None, None)
    assert case.bundle_path.read_bytes() == b""
    assert case.expected("handshake") == ()


def test_a_variant_is_made_on_demand(mtls_case):
    case = mtls_case("upload/root-only@rsa2048,crlf")
    assert case.id == "upload/root-only@rsa2048,crlf" and b"\r\n" in case.bundle


@pytest.mark.parametrize("wrong", ["upload/leaf-onli", "nothing", "../upload/leaf-only", "upload/leaf-only@nothing", ""])
def test_a_wrong_id_is_told(tmp_path, wrong):
    with pytest.raises(LookupError):
        case_files(wrong, tmp_path)
    with pytest.raises(LookupError, match="did you mean upload/leaf-only"):
        case_files("upload/leaf-onli", tmp_path)


def test_examples_of_the_readme_are_this_short(pytester_file, run):
    assert run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", pytester_file, env=dict(os.environ)).returncode == 0


@pytest.fixture
def pytester_file(tmp_path):
    path = tmp_path / "test_mine.py"
    path.write_text(
        "import ssl\n"
        "def test_mine(gateway_ca, mtls_case):\n"
        "    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
        "    gateway_ca.configure_context(context)\n"
        "    assert gateway_ca.issue_client('alice', eku=['clientAuth']).chain_path.is_file()\n"
        "    assert mtls_case('upload/two-roots').bundle.count(b'BEGIN') == 2\n"
    )
    return path

"""The raw sender reaches a server with what OpenSSL's client does not send, and else is as good as it."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
from minica import CA, LEAF, MiniCa, openssl

from mtls_conformance import client, raw_client
from mtls_conformance.servers import Site
from mtls_conformance.servers.nginx import Nginx


def pem(der: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


@pytest.fixture(scope="module")
def ca(tmp_path_factory) -> MiniCa:
    ca = MiniCa(tmp_path_factory.mktemp("raw"))
    ca.root = ca.issue("root", None, CA)
    ca.leaf = ca.issue("leaf", ca.root, LEAF)
    return ca


@pytest.fixture(scope="module")
def server(ca):
    with Nginx({"a.test": Site(ca.root.certificate)}) as server:
        yield server


@pytest.mark.parametrize("version", client.VERSIONS)
@pytest.mark.parametrize(
    "what, status, error",
    [
        ("leaf", 200, None),
        ("leaf and a hundred more", 200, None),
        ("empty list", 400, None),
        ("truncated", None, "alert: Decode error"),
        ("bytes after the certificate", None, "alert: Decode error"),
        ("no bytes", None, "alert: Decode error"),
        ("another key's certificate", None, "alert: Decrypt error"),
        ("unreadable second certificate", None, "alert: Decode error"),
    ],
)
def test_what_it_sends_arrives(ca, server, version, what, status, error):
    leaf = ca.leaf.pem.encode()
    (der,) = raw_client.blocks(leaf)
    root = ca.root.pem.encode()
    chain = {
        "leaf": leaf,
        "leaf and a hundred more": leaf + root * 100,
        "empty list": b"",
        "truncated": pem(der[:-1]),
        "bytes after the certificate": pem(der + b"\0"),
        "no bytes": pem(b""),
        "another key's certificate": root,
        "unreadable second certificate": leaf + pem(b"\x30\x03\x02\x01\x01"),
    }[what]
    reply = raw_client.request(server.address, "a.test", "/", chain, ca.leaf.key.read_bytes(), version)
    assert (reply.status, reply.error) == (status, error)


@pytest.mark.parametrize("kind", ["rsa:2048", "rsa:1024", "ec:P-384", "ec:P-521", "ed25519", "ed448"])
def test_it_signs_with_every_kind_of_key(ca, server, kind):
    leaf = ca.issue("leaf-" + kind.replace(":", "-"), ca.root, LEAF, kind=kind)
    for version in client.VERSIONS:
        raw = raw_client.request(server.address, "a.test", "/", leaf.pem.encode(), leaf.key.read_bytes(), version)
        ordinary = client.request(
            server.address, "a.test", "/", client.context_for(leaf.certificate, leaf.key, version)
        )
        assert raw == ordinary
        assert raw.status == (400 if kind == "rsa:1024" else 200)


def test_many_at_once_do_not_disturb_each_other(ca, server):
    chain, key = ca.leaf.pem.encode(), ca.leaf.key.read_bytes()

    def send(number: int):
        sent = chain if number % 2 else b""
        return raw_client.request(server.address, "a.test", "/", sent, key, "TLSv1.3").status

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(100))) == [400, 200] * 50


def test_what_cannot_be_sent_at_all_is_told(ca, server):
    chain = ca.leaf.pem.encode()
    for key, message in [
        (b"no key", "private key"),
        (openssl("pkey", "-in", ca.leaf.key, "-aes128", "-passout", "pass:a"), "private key"),
    ]:
        with pytest.raises(client.CannotSend, match=message):
            raw_client.request(server.address, "a.test", "/", chain, key, "TLSv1.3")
    with pytest.raises(client.CannotSend, match="not base64"):
        broken = b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"
        raw_client.request(server.address, "a.test", "/", broken, ca.leaf.key.read_bytes(), "TLSv1.3")


def test_a_server_that_says_nothing_costs_the_time_limit_and_no_more(ca):
    import socket
    import time

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begin = time.monotonic()
        reply = raw_client.request(
            silent.getsockname(), "a.test", "/", ca.leaf.pem.encode(), ca.leaf.key.read_bytes(), "TLSv1.3", 0.5
        )
    assert reply.status is None and reply.error and time.monotonic() - begin < 5

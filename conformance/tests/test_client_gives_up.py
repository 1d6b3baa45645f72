"""The seed's NONE, seen from real clients: what a server logs of one that is not set up for a certificate, cannot
read its own, or does not trust the server (seed#sslclientverify-is-none)."""

import pytest
from minica import CA, LEAF, MiniCa

from mtls_conformance.servers import Site
from mtls_conformance.servers.nginx import Nginx

REQUEST = "GET /{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def ca(tmp_path_factory) -> MiniCa:
    ca = MiniCa(tmp_path_factory.mktemp("gives-up"))
    ca.root = ca.issue("root", None, CA)
    ca.client = ca.issue("client", ca.root, LEAF)
    ca.stranger = ca.issue("stranger", None, CA)
    return ca


@pytest.fixture
def server(ca):
    with Nginx({"localhost": Site(ca.root.certificate)}) as server:
        yield server


def s_client(run, server, name, *options):
    """openssl s_client as the seed document calls it, with a request on its standard input."""
    port = server.address[1]
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", "-ign_eof"]
    (server.folder / "request").write_bytes(REQUEST.format(name=name).encode())
    with (server.folder / "request").open("rb") as request:
        return run(*command, *options, stdin=request, seconds=20)


def curl(run, server, name, *options):
    resolve = f"localhost:{server.address[1]}:127.0.0.1"
    url = f"https://localhost:{server.address[1]}/{name}"
    write = ["--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "15"]
    return run("curl", "--noproxy", "*", "--resolve", resolve, *write, *options, url)


def trusted(server):
    return server.folder / "server.pem"


def certificate(ca):
    return ["-cert", ca.client.certificate, "-key", ca.client.key]


def test_a_client_that_is_set_up_succeeds(ca, server, run):
    """Positive control: the same commands, with nothing missing."""
    assert "200 OK" in s_client(
        run, server, "s", *certificate(ca), "-CAfile", trusted(server), "-verify_return_error"
    ).stdout
    options = ["--cert", ca.client.certificate, "--key", ca.client.key, "--cacert", trusted(server)]
    assert curl(run, server, "c", *options).stdout == "200"
    log = server.finish()
    assert {entry.path: entry.verify for (entry,) in log.values()} == {"/s": "SUCCESS", "/c": "SUCCESS"}


def test_a_client_that_is_not_set_up_is_logged_as_none(ca, server, run):
    assert "400 Bad Request" in s_client(run, server, "s").stdout
    assert curl(run, server, "c", "--cacert", trusted(server)).stdout == "400"
    log = server.finish()
    assert {e.path: (e.verify, e.status) for (e,) in log.values()} == {"/s": ("NONE", 400), "/c": ("NONE", 400)}


@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_a_client_that_does_not_trust_the_server_never_sends_its_certificate(ca, server, run, version):
    options = [*certificate(ca), "-CAfile", ca.stranger.certificate, "-verify_return_error", f"-{version}"]
    gave_up = s_client(run, server, "s", *options)
    assert gave_up.returncode != 0 and "HTTP/1.1" not in gave_up.stdout
    assert "verify failed" in gave_up.stderr
    options = ["--cert", ca.client.certificate, "--key", ca.client.key, "--cacert", ca.stranger.certificate]
    gave_up = curl(run, server, "c", *options, f"--{version.replace('_', '.').replace('tls', 'tlsv')}")
    assert gave_up.returncode == 60 and gave_up.stdout == "000"
    assert server.finish() == {}, "no request, so nothing but a handshake that the client broke off"


def test_a_client_that_only_warns_of_the_server_sends_its_certificate(ca, server, run):
    """Without -verify_return_error s_client goes on, so trust in the server is no part of it."""
    answered = s_client(run, server, "s", *certificate(ca), "-CAfile", ca.stranger.certificate)
    assert "200 OK" in answered.stdout and "Verify return code: 18" in answered.stdout + answered.stderr


@pytest.mark.parametrize("what", ["missing", "empty", "another certificate's key"])
def test_a_client_that_cannot_read_its_own_certificate_gives_up(ca, server, run, what, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.touch()
    file, key = {
        "missing": (tmp_path / "nothere.pem", ca.client.key),
        "empty": (empty, ca.client.key),
        "another certificate's key": (ca.client.certificate, ca.stranger.key),
    }[what]
    gave_up = s_client(run, server, "s", "-cert", file, "-key", key)
    assert gave_up.returncode != 0 and "HTTP/1.1" not in gave_up.stdout
    gave_up = curl(run, server, "c", "--cert", file, "--key", key, "--cacert", trusted(server))
    assert gave_up.returncode == 58 and gave_up.stdout == "000"
    assert server.finish() == {}

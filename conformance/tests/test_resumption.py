"""A resumed session must not hide a verdict; and a server that lets it do so is noticed."""

import json
import sys
from pathlib import Path

import pytest
from minica import CA, LEAF, MiniCa
from test_servers import SERVERS

from mtls_conformance import resumption
from mtls_conformance.servers import ServerError
from mtls_conformance.servers.nginx import Nginx

CONFORMANCE = Path(sys.executable).parent / "mtls-conformance"


@pytest.fixture(scope="module")
def clients(tmp_path_factory) -> resumption.Clients:
    ca = MiniCa(tmp_path_factory.mktemp("ca"))
    root, other = ca.issue("root", None, CA), ca.issue("other", None, CA)
    good, stranger = ca.issue("good", root, LEAF), ca.issue("stranger", None, LEAF)
    pair = [(one.certificate, one.key) for one in (good, stranger)]
    return resumption.Clients(root.certificate, other.certificate, *pair)


@pytest.mark.parametrize("server", SERVERS)
def test_a_resumed_session_hides_no_verdict_that_is_not_known_to_be_hidden(server, clients):
    found = resumption.findings(server, clients)
    assert len(found) == 2 * len(resumption.KINDS)
    assert any(one.resumed for one in found), "positive control: sessions are resumed at all"
    version = server.version()
    told = {one.what + " " + one.version: resumption.verdict(server.name, version, one) for one in found}
    assert set(told.values()) <= {"holds", "known"}, told


def test_a_server_that_trusts_everybody_is_no_server_to_ask(clients):
    class Lenient(Nginx):
        def __init__(self, sites, **others):
            super().__init__(sites, verify="off", **others)

    with pytest.raises(ServerError, match="session or not"):
        resumption.findings(Lenient, clients)


def finding(what: str, holds: bool) -> resumption.Finding:
    return resumption.Finding(what, "TLSv1.3", 200, 400 if holds else 200, True, holds)


@pytest.mark.parametrize(
    "server, version, what, holds, word",
    [
        ("nginx", "1", resumption.OTHER_SITE, False, "does not hold"),
        ("nginx", "1", resumption.OTHER_SITE, True, "holds"),
        ("stunnel", "5.68, OpenSSL 3.0.22", resumption.OTHER_SITE, False, "known"),
        ("stunnel", "5.68, OpenSSL 3.0.22", resumption.OTHER_SITE, True, "holds now"),
        ("stunnel", "5.99", resumption.OTHER_SITE, True, "holds"),
        ("stunnel", "5.68, OpenSSL 3.0.22", resumption.SAME, False, "does not hold"),
    ],
)
def test_what_is_known_is_told_from_what_is_new(server, version, what, holds, word):
    assert resumption.verdict(server, version, finding(what, holds)) == word


def test_the_command_asks_with_the_corpus_and_exits_0_if_nothing_is_new(run):
    result = run(CONFORMANCE, "resumption", "--target", "nginx", "--json")
    assert result.returncode == 0, result.stderr
    (told,) = json.loads(result.stdout)["servers"]
    assert told["server"] == "nginx" and len(told["findings"]) == 8
    assert {one["verdict"] for one in told["findings"]} == {"holds"}


def test_the_command_refuses_what_is_no_server(run):
    result = run(CONFORMANCE, "resumption", "--target", "gnutls")
    assert result.returncode == 2 and "there is no server 'gnutls'; there are nginx, haproxy" in result.stderr

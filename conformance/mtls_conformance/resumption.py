"""Session resumption on, which the runs of the corpus have off: a session that is resumed must not hide a verdict.

TLS lets a server skip the client's certificate when a session is resumed, so what was found out about it must come back
with the session, and must hold for the server name that is asked for now: "A server that implements this extension MUST
NOT accept the request to resume the session if the server_name extension contains a different name" (RFC 6066 section 3,
for TLS 1.2; under TLS 1.3 the name is the application's to bind, RFC 8446 section 4.6.1)."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import client
from .servers import LiveServer, ServerError, Site

SECONDS = 10
HERE, THERE = "here.test", "there.test"


@dataclass(frozen=True, slots=True)
class Clients:
    """Who connects: certificate and key as files. `good` is of a CA that `trust` has and `other_trust` has not."""

    trust: Path
    other_trust: Path
    good: tuple[Path, Path]
    stranger: tuple[Path, Path]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one server did with one kind of resumption under one version of TLS."""

    what: str
    version: str
    first: int | None  # the HTTP status on the first connection
    second: int | None  # and on the one that offers its session
    resumed: bool
    holds: bool  # what must not happen has not

    def words(self) -> str:
        how = "resumed" if self.resumed else "not resumed"
        return f"{self.version}: {self.first or 'refused'}, then {self.second or 'refused'} ({how})"


@dataclass(frozen=True, slots=True)
class _Kind:
    what: str
    who: Callable[[Clients], tuple[Path, Path] | tuple[None, None]]
    second_name: str
    holds: Callable[[int | None, int | None], bool]


def _is_refused(first: int | None, second: int | None) -> bool:
    return 200 not in (first, second)


SAME = "a good client comes back"
FAILED = "a client that failed comes back"
NONE = "a client without a certificate comes back"
OTHER_SITE = "a good client turns to a site that does not trust it"
KINDS = (
    _Kind(SAME, lambda clients: clients.good, HERE, lambda first, second: first == second == 200),
    _Kind(FAILED, lambda clients: clients.stranger, HERE, _is_refused),
    _Kind(NONE, lambda clients: (None, None), HERE, _is_refused),
    _Kind(OTHER_SITE, lambda clients: clients.good, THERE, lambda first, second: first == 200 != second),
)

# What is known not to hold, with the version in which it was seen. A list that cannot rot: what holds by then is told.
# All four keep sessions of all their sites together and do not look at the name, or at the trust file, when one comes
# back. nginx (CVE-2025-23419) and Apache httpd (CVE-2025-23048) had this fault and have mended it.
KNOWN = {
    ("haproxy", OTHER_SITE): "2.6.12-1+deb12u4, OpenSSL 3.0.22",
    ("lighttpd", OTHER_SITE): "1.4.69, OpenSSL 3.0.22",
    ("stunnel", OTHER_SITE): "5.68, OpenSSL 3.0.22",
    ("node-server", OTHER_SITE): "20.20.2, OpenSSL 3.0.19",
}


def verdict(server: str, version: str, finding: Finding) -> str:
    """ "holds", "known", "does not hold", or "holds now" for a known one of this version that does not show."""
    seen = KNOWN.get((server, finding.what))
    if not finding.holds:
        return "known" if seen else "does not hold"
    return "holds now" if seen == version else "holds"


def findings(server: type[LiveServer], clients: Clients) -> list[Finding]:
    """Every kind under TLS 1.2 and 1.3, against one instance of the server with two sites."""
    sites = {HERE: Site(clients.trust), THERE: Site(clients.other_trust)}
    found = []
    with server(sites, resume=True) as running:
        for version in client.VERSIONS:  # positive control: what the other site says of that client without a session
            if _connect(running.address, THERE, client.context_for(*clients.good, version), None)[0] == 200:
                raise ServerError(f"{server.name} lets the client into a site that does not trust it, session or not")
        for kind in KINDS:
            for version in client.VERSIONS:
                context = client.context_for(*kind.who(clients), version)
                first, session, _ = _connect(running.address, HERE, context, None)
                second, _, resumed = _connect(running.address, kind.second_name, context, session)
                found.append(Finding(kind.what, version, first, second, resumed, kind.holds(first, second)))
        if how := running.how_it_died():
            raise ServerError(how)
    return found


def _connect(
    address: tuple[str, int], name: str, context: ssl.SSLContext, session: ssl.SSLSession | None
) -> tuple[int | None, ssl.SSLSession | None, bool]:
    """The HTTP status, the session to offer next time, and whether the offered one was taken."""
    answer, resumed, next_session = b"", False, None
    try:
        with socket.create_connection(address, timeout=SECONDS) as plain:
            with context.wrap_socket(plain, server_hostname=name, session=session) as tls:
                resumed = bool(tls.session_reused)
                next_session = tls.session
                tls.sendall(client.get(name, "/"))
                while piece := tls.recv(client.ANSWER_MAX):
                    answer += piece
                    next_session = tls.session or next_session  # under TLS 1.3 it comes with the first read
    except OSError:
        pass
    return client.reply_of(answer, None, None).status, next_session, resumed

"""A live nginx as a target: `nginx -t` answers the upload, one instance with a server name for each trust file the
handshakes, each over TLS 1.2 and 1.3."""

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .. import client, nginx, raw_client, responder
from ..compare import Answer
from ..corpus import Case
from ..vocabulary import handshake_of
from . import Settings

FILES_A_TEST = 50
CALLS_AN_INSTANCE = 1000  # each may bring a trust file of its own, and each of those costs nginx some 100 KB


def names() -> list[str]:
    return ["nginx"]


def make(name: str, settings: Settings) -> "NginxTarget":
    return NginxTarget()


@dataclass(frozen=True, slots=True)
class _Call:
    """One case to be sent: to which server name, with which files."""

    case: Case
    number: int
    server_name: str
    chain: Path | None
    key: Path | None

    def path(self, version: str) -> str:
        return f"/{self.number}/{version}"


def cannot_ask(case: Case) -> str | None:
    """Why this server cannot be asked for the handshake of a case, or None."""
    if case.client.passthrough:
        return "nginx has no passthrough mode"
    if case.bundle is None:
        return "nginx needs a trust file"
    if case.client.chain is not None and case.client.key is None:
        return "the client has no key"
    return None


class NginxTarget:
    name = "nginx"
    kind = "server"
    profiles = ("openssl",)
    silent = frozenset({"clientCertIssuerDN"})

    def __init__(self, verify: str = "on"):
        self.verify = verify

    @property
    def missing(self) -> str | None:
        try:
            nginx.program()
        except nginx.NginxError as error:
            return f"{error}:\n    apt-get install nginx"
        return None

    def version(self) -> str:
        return nginx.version()

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        with tempfile.TemporaryDirectory(prefix="mtls-cases-") as name, ThreadPoolExecutor(jobs) as pool:
            folder = Path(name)
            identity = nginx.make_identity(folder)
            trust_files = _write_trust_files(folder, cases)
            refusals = _refusals(pool, trust_files, identity)
            calls, rest = defaultdict(list), []
            for number, case in enumerate(cases):
                digest = _digest(case.bundle)
                if case.client is None or cannot_ask(case) or refusals[digest] is not None:
                    rest.append(case)
                    continue
                paths = [folder / f"{number}.{kind}" for kind in ("pem", "key")]
                for path, content in zip(paths, (case.client.chain, case.client.key)):
                    if content is not None:
                        path.write_bytes(content)
                chain, key = paths if case.client.chain is not None else (None, None)
                # Only what stands on a boundary of time needs the case's clock: all else holds today.
                clock = case.time.replace("T", " ").rstrip("Z") if "clock" in case.tags else None
                calls[clock].append(_Call(case, number, _server_name(case, number), chain, key))

            for case in rest:
                skipped = {}
                if case.bundle is None:
                    skipped["upload"] = "nginx needs a trust file"
                if case.client is not None and (why := cannot_ask(case)):
                    skipped["handshake"] = why
                yield Answer(case.id, _upload(case, refusals), None, skipped, refusals.get(_digest(case.bundle)) or "")
            for clock, group in _batches(calls):
                with responder.Responder(_ocsp_answers(group)) as ocsp:
                    sites = {call.server_name: _site(call, trust_files, ocsp) for call in group}
                    with nginx.Nginx(sites, self.verify, clock) as server:
                        replies = list(pool.map(lambda call: _send(server.address, call), group))
                        log = server.finish()
                for call, reply in zip(group, replies):
                    yield _answer(call, reply, log, _upload(call.case, refusals))


def _refusals(
    pool: ThreadPoolExecutor, trust_files: dict[str, Path], identity: nginx.Identity
) -> dict[str, str | None]:
    files = list(trust_files.values())
    chunks = [files[at : at + FILES_A_TEST] for at in range(0, len(files), FILES_A_TEST)]
    found: dict[Path, str | None] = {}
    for answers in pool.map(lambda chunk: nginx.refusals(chunk, identity), chunks):
        found |= answers
    return {digest: found[file] for digest, file in trust_files.items()}


def _batches(calls: dict[str | None, list[_Call]]) -> Iterator[tuple[str | None, list[_Call]]]:
    """What shares an instance: calls of one clock, a bounded number."""
    for clock, group in calls.items():
        for at in range(0, len(group), CALLS_AN_INSTANCE):
            yield clock, group[at : at + CALLS_AN_INSTANCE]


def _server_name(case: Case, number: int) -> str:
    """One for each trust file, and one for each case that has an OCSP responder of its own."""
    return f"{number}.ocsp.test" if case.client.ocsp else f"{_digest(case.bundle)}.test"


def _ocsp_answers(calls: list[_Call]) -> dict[str, bytes]:
    return {f"/{call.number}": call.case.client.ocsp_response for call in calls if call.case.client.ocsp_response}


def _site(call: _Call, trust_files: dict[str, Path], ocsp: responder.Responder) -> nginx.Site:
    """Without an answer in the case the certificate's own responder is asked, where nobody answers."""
    trust = trust_files[_digest(call.case.bundle)]
    answered = call.case.client.ocsp and call.case.client.ocsp_response is not None
    return nginx.Site(trust, call.case.client.ocsp, ocsp.url(f"/{call.number}") if answered else None)


def _digest(bundle: bytes | None) -> str:
    return hashlib.sha256(bundle).hexdigest()[:24] if bundle is not None else ""


def _write_trust_files(folder: Path, cases: list[Case]) -> dict[str, Path]:
    files = {}
    for case in cases:
        digest = _digest(case.bundle)
        if case.bundle is not None and digest not in files:
            files[digest] = folder / f"{digest}.trust.pem"
            files[digest].write_bytes(case.bundle)
    return files


def _upload(case: Case, refusals: dict[str, str | None]) -> dict | None:
    if case.bundle is None:
        return None
    if refusals[_digest(case.bundle)] is None:
        return {"result": "accepted"}
    return {"result": "rejected", "code": None}


def _send(address: tuple[str, int], call: _Call) -> dict[str, client.Reply | str]:
    """Per TLS version what came back, or why no client can send this chain."""
    replies = {}
    for version in client.VERSIONS:
        path = call.path(version)
        try:
            try:
                context = client.context_for(call.chain, call.key, version)
            except client.CannotSend:
                chain, key = call.case.client.chain, call.case.client.key
                replies[version] = raw_client.request(address, call.server_name, path, chain, key, version)
            else:
                replies[version] = client.request(address, call.server_name, path, context)
        except client.CannotSend as why:
            replies[version] = f"no client can send this: {why}"
    return replies


def _answer(call: _Call, replies: dict, log: dict[str, list[nginx.LogEntry]], upload: dict | None) -> Answer:
    handshakes, raw = {}, []
    for version, reply in replies.items():
        if isinstance(reply, str):
            return Answer(call.case.id, upload, None, {"handshake": reply})
        entries = log.get(call.path(version), [])
        if reply.status is None and not entries:
            got = {"result": "ABORTED", "reason": None, "sslClientVerify": None}
            raw.append(f"{version}: {reply.error}")
        elif len(entries) == 1 and entries[0].status == reply.status and entries[0].protocol == version:
            got = handshake_of(entries[0].client_verify, reply.status)
            raw.append(f"{version}: {entries[0].client_verify} {reply.status}")
        else:
            got = {"result": "the log and the client disagree", "reason": None}
            raw.append(f"{version}: logged {entries}, the client has {reply}")
        handshakes[version] = got
    if len({tuple(sorted(got.items(), key=str)) for got in handshakes.values()}) > 1:
        got = {"result": "TLS versions disagree", "reason": None}
    return Answer(call.case.id, upload, got, raw="; ".join(raw))

"""A live server as a target: its own check of the configuration answers the upload, and one instance with a server
name for each trust file the handshakes, each over TLS 1.2 and 1.3. What its log says and what the client saw must agree.
"""

import contextlib
import hashlib
import tempfile
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from .. import client, raw_client, responder
from ..compare import Answer
from ..corpus import Case
from ..servers import Identity, LiveServer, Said, ServerError, Site, make_identity, servers
from . import Settings, TargetError

FILES_A_TEST = 50
CALLS_AN_INSTANCE = 1000  # each may bring a trust file of its own, and each of those costs a server some 100 KB
CALLS_UNDER_WAY = 32  # enough to keep the threads at work; when a server dies these are asked again
SECONDS_TO_LOG = 2.0
SECONDS_TO_LOG_FAILURE = 0.2
SECONDS_TO_ANSWER = 10.0
THREADS_A_JOB = 2  # a client waits for its server half of the time
MISHAPS = 5  # so many crashes or hangs end a run


def names() -> list[str]:
    return list(servers())


def make(name: str, settings: Settings) -> "ServerTarget":
    return ServerTarget(servers()[name])


@dataclass(frozen=True, slots=True)
class _Call:
    """One case to be sent: to which server name, with which files."""

    case: Case
    number: int
    server_name: str
    chain: Path | None
    key: Path | None


@dataclass(slots=True)
class _Sent:
    """What came back to the client, by version of TLS; or why no client can send this."""

    call: _Call
    replies: dict[str, client.Reply] = field(default_factory=dict)
    cannot: str | None = None
    alone: bool = False  # whether the log tells clients apart by their addresses alone
    raw: bool = False  # whether it was to be the raw client

    def peer(self, reply: client.Reply) -> str | None:
        """As the server's log names it."""
        return reply.peer.partition(":")[0] if reply.peer and self.alone else reply.peer

    def peers(self) -> set[str]:
        return {self.peer(reply) for reply in self.replies.values() if reply.peer}

    def is_told(self, log: dict[str, list[Said]]) -> bool:
        """Whether all is known that there is to know."""
        return self.cannot is not None or bool(self.peers()) and self.peers() <= log.keys()

    def was_withheld(self, log: dict[str, list[Said]]) -> bool:
        """OpenSSL's client sends no certificate whose key or signature the server does not list as one that it takes,
        so that the server never judges it."""
        has_one = not self.raw and self.call.chain is not None and bool(raw_client.PEM_BLOCK.search(self.call.case.client.chain))
        return has_one and any(said.result == "NONE" for peer in self.peers() for said in log.get(peer, []))

    def timed_out(self) -> bool:
        return any(reply.error == client.TIMED_OUT for reply in self.replies.values())


class ServerTarget:
    kind = "server"
    profiles = ("openssl",)

    def __init__(self, server: type[LiveServer], seconds: float = SECONDS_TO_ANSWER, **how):
        self.server = server
        self.name = server.name
        self.seconds = seconds
        self.how = how  # to start it with
        self.silent = frozenset({"clientCertIssuerDN"} if server.answers_after_failure else
                                {"clientCertIssuerDN", "httpStatus"})

    @property
    def missing(self) -> str | None:
        return self.server.missing()

    def version(self) -> str:
        try:
            return self.server.version()
        except ServerError as error:
            raise TargetError(str(error)) from None

    def cannot_ask(self, case: Case) -> str | None:
        """Why this server cannot be asked for the handshake of a case, or None."""
        if case.client.passthrough:
            return f"{self.name} has no passthrough mode"
        if case.bundle is None:
            return f"{self.name} needs a trust file"
        if case.client.chain is not None and case.client.key is None:
            return "the client has no key"
        if case.client.ocsp and not self.server.asks_ocsp:
            return f"{self.name} asks no OCSP responder"
        if "clock" in case.tags and not self.server.takes_clock:
            return f"{self.name} takes no time"
        return None

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        with tempfile.TemporaryDirectory(prefix="mtls-cases-") as name, ThreadPoolExecutor(THREADS_A_JOB * jobs) as pool:
            try:
                yield from self._answers(_Inputs(Path(name), cases), cases, pool)
            except ServerError as error:
                raise TargetError(str(error)) from None

    def _answers(self, inputs: "_Inputs", cases: list[Case], pool: ThreadPoolExecutor) -> Iterator[Answer]:
        refusals = inputs.refusals(self.server, pool)
        calls = defaultdict(list)
        for number, case in enumerate(cases):
            refusal = refusals.get(_digest(case.bundle))
            if case.client is None or refusal is not None or self.cannot_ask(case):
                yield self._upload_alone(case, refusal)
                continue
            # Only what stands on a boundary of time needs the case's clock: all else holds today.
            clock = case.time.replace("T", " ").rstrip("Z") if "clock" in case.tags else None
            calls[clock].append(inputs.call(number, case))
        for clock, group in _batches(calls):
            yield from _Instance(self, inputs, clock, pool).answers(group)

    def _upload_alone(self, case: Case, refusal: str | None) -> Answer:
        skipped = {}
        if case.bundle is None:
            skipped["upload"] = f"{self.name} needs a trust file"
        if case.client is not None and (why := self.cannot_ask(case)):
            skipped["handshake"] = why
        elif case.client is not None and refusal is not None:
            skipped["handshake"] = "its upload was rejected"
        upload = None
        if case.bundle is not None:
            upload = {"result": "accepted"} if refusal is None else {"result": "rejected", "code": None}
        return Answer(case.id, upload, None, skipped, refusal or "")


class _Inputs:
    """The files of the cases, in a folder."""

    def __init__(self, folder: Path, cases: list[Case]):
        self.folder = folder
        self.identity: Identity = make_identity(folder)
        self.trust_files: dict[str, Path] = {}
        for case in cases:
            digest = _digest(case.bundle)
            if case.bundle is not None and digest not in self.trust_files:
                self.trust_files[digest] = folder / f"{digest}.trust.pem"
                self.trust_files[digest].write_bytes(case.bundle)

    def refusals(self, server: type[LiveServer], pool: ThreadPoolExecutor) -> dict[str, str | None]:
        files = list(self.trust_files.values())
        chunks = [files[at : at + FILES_A_TEST] for at in range(0, len(files), FILES_A_TEST)]
        found: dict[Path, str | None] = {}
        for answers in pool.map(lambda chunk: server.refusals(chunk, self.identity), chunks):
            found |= answers
        return {digest: found[file] for digest, file in self.trust_files.items()}

    def call(self, number: int, case: Case) -> _Call:
        paths = [self.folder / f"{number}.{kind}" for kind in ("pem", "key")]
        for path, content in zip(paths, (case.client.chain, case.client.key)):
            if content is not None:
                path.write_bytes(content)
        chain, key = paths if case.client.chain is not None else (None, None)
        # A server name for each trust file, and one for each case that has an OCSP responder of its own.
        name = f"{number}.ocsp.test" if case.client.ocsp else f"{_digest(case.bundle)}.test"
        return _Call(case, number, name, chain, key)

    def site(self, call: _Call, ocsp: responder.Responder) -> Site:
        """Without an answer in the case the certificate's own responder is asked, where nobody answers."""
        trust = self.trust_files[_digest(call.case.bundle)]
        answered = call.case.client.ocsp and call.case.client.ocsp_response is not None
        return Site(trust, call.case.client.ocsp, ocsp.url(f"/{call.number}") if answered else None)


class _Instance:
    """Calls of one clock, sent to an instance that holds all their trust files. One that dies is started again."""

    def __init__(self, target: ServerTarget, inputs: _Inputs, clock: str | None, pool: ThreadPoolExecutor):
        self.target = target
        self.inputs = inputs
        self.clock = clock
        self.pool = pool
        self.mishaps = 0

    def answers(self, calls: list[_Call]) -> Iterator[Answer]:
        answers = {f"/{call.number}": call.case.client.ocsp_response for call in calls}
        with responder.Responder({path: der for path, der in answers.items() if der is not None}) as ocsp:
            sites = {call.server_name: self.inputs.site(call, ocsp) for call in calls}
            left, alone = calls, False
            while left:
                left = yield from self._ask(sites, left, alone)
                alone = True  # after a mishap the calls go one by one, since one of them was the cause

    def _ask(self, sites: dict[str, Site], calls: list[_Call], alone: bool) -> Iterator[Answer]:
        """Answers as they come; returns the calls that are left if the server died or stalled."""
        todo, left = deque(calls), {call.number: call for call in calls}
        under_way: set[Future[_Sent]] = set()
        # An interrupt within concurrent.futures.wait() leaves the futures locked; within get() it does no harm.
        finished: SimpleQueue[Future[_Sent]] = SimpleQueue()
        untold: list[_Sent] = []  # of which the log says nothing yet
        with self.target.server(sites, at=self.clock, **self.target.how) as server:
            try:
                while todo or under_way:
                    while todo and len(under_way) < (1 if alone else CALLS_UNDER_WAY):
                        under_way.add(self._start(finished, server.address, todo.popleft()))
                    done = {finished.get()}
                    while not finished.empty():
                        done.add(finished.get())
                    under_way -= done
                    sent = [future.result() for future in done]
                    untold += sent
                    if alone or not (todo or under_way):
                        self._wait_for_log(server, sent if alone else untold)
                    log = server.follow()
                    trouble = self._trouble(server, sent)
                    if trouble and alone:
                        yield self._mishap(left.pop(sent[0].call.number), *trouble)
                        return list(left.values())
                    if trouble:  # which call it was is not known: those with no word in the log are asked again
                        untold += self._drain(under_way)
                        log = server.follow()
                    told = [one for one in untold if one.is_told(log)]
                    untold = [one for one in untold if not one.is_told(log)]
                    for one in told:
                        if not one.was_withheld(log):
                            del left[one.call.number]
                            yield self._judge(one, log)
                        elif not trouble:
                            under_way.add(self._start(finished, server.address, one.call, raw=True))
                    if trouble:
                        return list(left.values())
            except KeyboardInterrupt:
                # What has been sent is answered, too: a server that ends in order writes the rest of its log.
                untold += self._drain(under_way)
                if not self._trouble(server, untold):
                    with contextlib.suppress(ServerError):
                        log = server.finish()
                        yield from (self._judge(one, log) for one in untold if not one.was_withheld(log))
                raise
            log = server.finish()
        yield from (self._judge(one, log) for one in untold)
        return []

    def _start(self, finished: SimpleQueue, *call, **how) -> Future[_Sent]:
        future = self.pool.submit(self._send, *call, **how)
        future.add_done_callback(finished.put)
        return future

    @staticmethod
    def _drain(under_way: set[Future[_Sent]]) -> list[_Sent]:
        """Calls that no thread has taken up never are; the others come to their end."""
        return [future.result() for future in under_way if not future.cancel()]

    def _trouble(self, server: LiveServer, sent: list[_Sent]) -> tuple[str, str] | None:
        if how := server.how_it_died():
            return "CRASH", how
        if any(one.timed_out() for one in sent):
            return "HANG", f"{self.target.name} did not answer within {self.target.seconds:g} s"
        return None

    def _wait_for_log(self, server: LiveServer, sent: list[_Sent]):
        """A client that got an HTTP status is logged. One that got an alert need not be, so it is not waited for long:
        when the instance has ended there is time to see."""
        if self.target.server.logs_late:
            return
        answered = {one.peer(r) for one in sent for r in one.replies.values() if r.status is not None}
        server.wait_for(answered, SECONDS_TO_LOG)
        if self.target.server.logs_failures:
            server.wait_for({peer for one in sent for peer in one.peers()}, SECONDS_TO_LOG_FAILURE)

    def _mishap(self, call: _Call, result: str, words: str) -> Answer:
        self.mishaps += 1
        if self.mishaps >= MISHAPS:
            raise ServerError(f"{MISHAPS} cases have ended it or made it hang, the last: {words}")
        return Answer(call.case.id, {"result": "accepted"}, {"result": result, "reason": None}, raw=words)

    def _send(self, address: tuple[str, int], call: _Call, raw: bool = False) -> _Sent:
        """Through OpenSSL's client, or what that refuses to send, and on demand, through the raw one."""
        sent = _Sent(call, alone=self.target.server.tells_addresses_only, raw=raw)
        context = None
        if not raw:
            with contextlib.suppress(client.CannotSend):
                context = client.context_for(call.chain, call.key)
        for at, version in enumerate(client.VERSIONS):
            source = address_of(4 * call.number + 2 * raw + at)
            path = f"/{call.number}/{version}"
            seconds = self.target.seconds
            try:
                if context is None:
                    chain, key = call.case.client.chain, call.case.client.key
                    reply = raw_client.request(
                        address, call.server_name, path, chain, key, version, seconds, source
                    )
                else:
                    client.limit_to(context, version)
                    reply = client.request(address, call.server_name, path, context, seconds, source)
            except client.CannotSend as why:
                sent.cannot = f"no client can send this: {why}"
                break
            sent.replies[version] = reply
        return sent

    def _judge(self, sent: _Sent, log: dict[str, list[Said]]) -> Answer:
        return judge(sent, log, self.target.server.answers_after_failure)


def address_of(number: int) -> str:
    """An address of loopback for each connection: the kernel gives a port to one client after the other, and a log
    of ports alone would take them for the same."""
    return f"127.{16 + (number >> 16 & 127)}.{number >> 8 & 255}.{number & 255}"


def judge(sent: _Sent, log: dict[str, list[Said]], answers_after_failure: bool) -> Answer:
    case = sent.call.case
    upload = {"result": "accepted"}
    if sent.cannot:
        return Answer(case.id, upload, None, {"handshake": sent.cannot})
    none = any(said.result == "NONE" for peer in sent.peers() for said in log.get(peer, []))
    if sent.raw and none and all(reply.asked for reply in sent.replies.values()):
        why = "no client sends this: the server takes no signature of its key"
        return Answer(case.id, upload, None, {"handshake": why})
    handshakes, raw, silent = [], [], frozenset()
    for version, reply in sent.replies.items():
        entries = log.get(sent.peer(reply), [])
        if not entries and reply.status is None:
            got = {"result": "ABORTED", "reason": None, "sslClientVerify": None}
            raw.append(f"{version}: {reply.error}")
        elif len(entries) != 1 or not _agree(entries[0], reply, version, answers_after_failure):
            got = {"result": "the log and the client disagree", "reason": None}
            raw.append(f"{version}: logged {[entry.raw for entry in entries]}, the client has {reply}")
        else:
            (entry,) = entries
            reason = entry.reasons[0] if len(entry.reasons) == 1 else entry.reasons or None
            got = {"result": entry.result, "reason": reason, "sslClientVerify": entry.verify}
            if answers_after_failure:
                got["httpStatus"] = reply.status
            if entry.result == "FAILED" and not entry.reasons:
                silent = frozenset({"reason"})
            raw.append(f"{version}: {entry.raw}" + (f" {reply.status}" if answers_after_failure else ""))
        handshakes.append(got)
    if any(got != handshakes[0] for got in handshakes):
        handshakes[0] = {"result": "TLS versions disagree", "reason": None}
    return Answer(case.id, upload, handshakes[0], raw="; ".join(raw), silent=silent)


def _agree(entry: Said, reply: client.Reply, version: str, answers_after_failure: bool) -> bool:
    if entry.protocol not in (None, version):
        return False
    if answers_after_failure:
        return entry.status == reply.status
    return (reply.status == 200) == (entry.result == "SUCCESS") and entry.status in (None, reply.status)


def _batches(calls: dict[str | None, list[_Call]]) -> Iterator[tuple[str | None, list[_Call]]]:
    """What shares an instance: calls of one clock, a bounded number."""
    for clock, group in calls.items():
        for at in range(0, len(group), CALLS_AN_INSTANCE):
            yield clock, group[at : at + CALLS_AN_INSTANCE]


def _digest(bundle: bytes | None) -> str:
    return hashlib.sha256(bundle).hexdigest()[:24] if bundle is not None else ""

"""A gateway that is there already, at HOST:PORT: whatever it is, it is asked as a client asks it.

Its trust file is either installed already (--trust-installed FILE), and then only the cases with exactly those
certificates can be asked, or a command installs that of each case (--install CMD). The verdict is the HTTP status, or the
alert; the reason is known if the gateway's access log can be followed (--access-log FILE)."""

import re
import secrets
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from .. import client, raw_client
from ..compare import Answer
from ..corpus import Case
from ..vocabulary import handshake_of, profiles
from . import Settings, TargetError

SECONDS = 10.0
SECONDS_TO_INSTALL = 600
SECONDS_TO_LOG = 5.0
REFUSED = frozenset({400, 401, 403, 421, 495, 496})  # 495 and 496 are nginx's own
VERIFY = re.compile(r"\b(SUCCESS|NONE|FAILED:[^\"\t|,;]*[^\"\t|,; ])")
OPTIONS = {"issuer-dn": "verifyClientCertIssuerDN", "passthrough": "Passthrough", "ocsp": "OCSP"}


def add_options(group) -> None:
    group.add_argument("--sni", metavar="NAME", help="HOST:PORT: the server name to ask for; HOST if not given")
    group.add_argument(
        "--trust-installed",
        type=Path,
        metavar="FILE",
        help="HOST:PORT: the trust file that is installed there; only cases with exactly its certificates are asked",
    )
    group.add_argument(
        "--install",
        metavar="CMD",
        help="HOST:PORT: the command that installs a trust file, whose path is added to it; status 0 if it was accepted, 1 "
        "if not, and then the first word on standard output is the error code",
    )
    group.add_argument(
        "--access-log", type=Path, metavar="FILE", help="HOST:PORT: a log there whose lines have path and verdict"
    )
    group.add_argument(
        "--gateway-profile",
        choices=profiles(),
        default=profiles()[0],
        help=f"HOST:PORT: whose expectations it is held against; default: {profiles()[0]}",
    )
    group.add_argument(
        "--gateway-options",
        default="",
        metavar="LIST",
        help=f"HOST:PORT: what is switched on there, with commas between: {', '.join(OPTIONS)}",
    )


def names() -> list[str]:
    return []


def make(name: str, settings: Settings) -> "GatewayTarget":
    host, _, port = name.rpartition(":")
    return GatewayTarget(name, (host.strip("[]"), int(port)), settings.options)


class Installer(Protocol):
    """How a trust file gets to a gateway."""

    def cannot_ask(self, case: Case) -> str | None:
        """Why it cannot set the gateway up for this case, or None."""

    def key(self, case: Case) -> object:
        """Cases with the same key share an installation."""

    def install(self, case: Case) -> tuple[dict, str]:
        """The answer of the upload, and the words that came with it."""

    def close(self) -> None:
        """Puts the gateway back as it was."""


class Command:
    """--install CMD: it installs the file, the rest of the gateway stays as it is."""

    def __init__(self, words: list[str]):
        self.words = words

    def cannot_ask(self, case: Case) -> str | None:
        return None

    def key(self, case: Case) -> object:
        return case.bundle

    def close(self) -> None:
        pass

    def install(self, case: Case) -> tuple[dict, str]:
        with tempfile.TemporaryDirectory(prefix="mtls-bundle-") as folder:
            path = Path(folder) / "bundle.pem"
            path.write_bytes(case.bundle)
            result = run_bounded([*self.words, str(path)], SECONDS_TO_INSTALL)
        words = (result.stdout + result.stderr).strip()
        if result.returncode == 0:
            return {"result": "accepted"}, words
        if result.returncode == 1:
            return {"result": "rejected", "code": next(iter(result.stdout.split()), None)}, words
        raise TargetError(f"{self.words[0]} ended with status {result.returncode}: {words or 'it says nothing'}")


def run_bounded(command: list[str], seconds: float) -> subprocess.CompletedProcess:
    """Raises TargetError if it is not there or does not come to an end."""
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=seconds
        )
    except OSError as error:
        raise TargetError(f"{command[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise TargetError(f"{command[0]} did not finish in {seconds:g} seconds") from None


@dataclass(frozen=True, slots=True)
class _Sent:
    case: Case
    replies: dict[str, client.Reply]
    paths: dict[str, str]
    cannot: str | None = None

    def is_told(self, verdicts: dict[str, str] | None) -> bool:
        """Whether all is known that there is to know. `verdicts`: the log's, by path, if it is followed."""
        return verdicts is None or self.cannot is not None or verdicts.keys() >= set(self.paths.values())


class GatewayTarget:
    kind = "server"
    missing = None
    silent = frozenset({"clientCertIssuerDN", "code"})

    def __init__(self, name: str, address: tuple[str, int], options: Mapping[str, object], seconds: float = SECONDS):
        self.name = name
        self.address = address
        self.server_name = str(options.get("sni") or address[0])
        self.installed: Path | None = options.get("trust_installed")
        self.install = shlex.split(str(options.get("install") or ""))
        self.access_log: Path | None = options.get("access_log")
        self.profiles = (str(options.get("gateway_profile") or profiles()[0]),)
        words = [word for word in str(options.get("gateway_options") or "").split(",") if word]
        if unknown := [word for word in words if word not in OPTIONS]:
            raise TargetError(f"--gateway-options: {unknown[0]!r} is none of {', '.join(OPTIONS)}")
        if (self.installed is None) == (not self.install):
            raise TargetError(f"{name}: expected one of --trust-installed FILE and --install CMD: what does it trust?")
        self.options = frozenset(words)
        self.seconds = seconds
        self.run = secrets.token_hex(4)  # tells the lines of this run in the log from those of others

    def version(self) -> str:
        return "of unknown version"

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        if self.install:
            yield from self._install_and_ask(Command(self.install), cases, jobs)
            return
        versions = self._versions()
        try:
            wanted = certificates(self.installed.read_bytes())
        except OSError as error:
            raise TargetError(f"{self.installed}: {error.strerror}") from None
        asked = []
        for case in cases:
            if case.bundle is None or certificates(case.bundle) != wanted:
                why = "its trust file is not the one that is installed"
                yield Answer(case.id, skipped={"upload": why, "handshake": why})
            elif why := self._cannot_ask(case):
                yield Answer(case.id, skipped={"upload": why, "handshake": why})
            else:
                asked.append(case)
        if not asked and len(cases) > 4:  # more than the positive controls
            raise TargetError(
                f"{self.name}: none of the {len(cases)} cases has exactly the certificates of {self.installed}. To install "
                "those of one:\n    mtls-gen scenario handshake/leaf --out DIR\nthen upload DIR/bundle.pem, and run "
                "with --trust-installed DIR/bundle.pem; or let --install CMD upload each"
            )
        for answer in self._ask(asked, versions, jobs):
            yield replace(answer, skipped={"upload": "the file is installed already", **answer.skipped})

    def _cannot_ask(self, case: Case) -> str | None:
        if case.client is None:
            return "the case has no client"
        needs = {"issuer-dn": case.client.verify_issuer_dn, "passthrough": case.client.passthrough, "ocsp": case.client.ocsp}
        for word, on in needs.items():
            if on != (word in self.options):
                return f"it needs {OPTIONS[word]} {'on' if on else 'off'}"
        if case.client.chain is not None and case.client.key is None:
            return "the client has no key"
        if "clock" in case.tags:
            return "a gateway takes no time"
        if case.client.ocsp_response is not None:
            return "the case's OCSP responder cannot be put in place of the real one"
        return None

    # -- asking

    def _versions(self) -> list[str]:
        """Of TLS, those that it speaks at all. Raises TargetError if it cannot be reached."""
        spoken, error = [], None
        for version in client.VERSIONS:
            reply = client.request(
                self.address, self.server_name, self._path(0, version), client.context_for(None, None, version), self.seconds
            )
            if reply.peer is None or reply.error == client.TIMED_OUT:
                raise TargetError(f"{self.name}: {reply.error}")
            if "PROTOCOL_VERSION" in (reply.error or "") or "UNSUPPORTED_PROTOCOL" in (reply.error or ""):
                error = reply.error
            else:
                spoken.append(version)
        if not spoken:
            raise TargetError(f"{self.name}: speaks none of {', '.join(client.VERSIONS)}: {error}")
        return spoken

    def _path(self, number: int, version: str) -> str:
        return f"/mtls-gauntlet/{self.run}/{number}/{version}"

    def _install_and_ask(self, installer: Installer, cases: list[Case], jobs: int) -> Iterator[Answer]:
        together: dict[object, list[Case]] = {}
        for case in cases:
            if why := "it uploads nothing" if case.bundle is None else installer.cannot_ask(case):
                yield Answer(case.id, skipped={"upload": why, "handshake": why})
            else:
                together.setdefault(installer.key(case), []).append(case)
        try:
            for group in together.values():
                upload, raw = installer.install(group[0])
                yield from self._answers_for(group, upload, raw, jobs)
        finally:
            installer.close()

    def _answers_for(self, group: list[Case], upload: dict, raw: str, jobs: int) -> Iterator[Answer]:
        asked = []
        for case in group:
            why = "its upload was rejected" if upload["result"] == "rejected" else self._cannot_ask(case)
            if why:
                skipped = {"handshake": why} if case.client is not None else {}
                yield Answer(case.id, upload, None, skipped, raw)
            else:
                asked.append(case)
        if asked:
            for answer in self._ask(asked, self._versions(), jobs):
                yield replace(answer, upload=upload, raw_upload=raw)

    def _ask(self, cases: list[Case], versions: list[str], jobs: int) -> Iterator[Answer]:
        log = _Log(self.access_log, self.run) if self.access_log else None
        untold: list[_Sent] = []  # of which the log says nothing yet
        with tempfile.TemporaryDirectory(prefix="mtls-client-") as name, ThreadPoolExecutor(jobs) as pool:
            sending = [pool.submit(self._send, Path(name), *one, versions) for one in enumerate(cases, 1)]
            try:
                for future in as_completed(sending):
                    untold.append(future.result())
                    verdicts = log and log.read()
                    told = [one for one in untold if one.is_told(verdicts)]
                    untold = [one for one in untold if not one.is_told(verdicts)]
                    yield from (_judge(one, verdicts) for one in told)
            finally:
                pool.shutdown(cancel_futures=True)
        if log is not None:
            log.wait_for({path for one in untold for path in one.paths.values()})
            yield from (_judge(one, log.verdicts) for one in untold)

    def _send(self, folder: Path, number: int, case: Case, versions: list[str]) -> _Sent:
        paths = {version: self._path(number, version) for version in versions}
        files = [folder / f"{number}.{kind}" for kind in ("pem", "key")]
        for file, content in zip(files, (case.client.chain, case.client.key)):
            if content is not None:
                file.write_bytes(content)
        replies = {}
        for version, path in paths.items():
            try:
                replies[version] = self._request(case, files, path, version)
            except client.CannotSend as why:
                return _Sent(case, replies, {}, f"no client can send this: {why}")
        return _Sent(case, replies, paths)

    def _request(self, case: Case, files: list[Path], path: str, version: str) -> client.Reply:
        chain, key = files if case.client.chain is not None else (None, None)
        try:
            context = client.context_for(chain, key, version)
        except client.CannotSend:
            return raw_client.request(
                self.address, self.server_name, path, case.client.chain, case.client.key, version, self.seconds
            )
        return client.request(self.address, self.server_name, path, context, self.seconds)


def certificates(bundle: bytes) -> list[bytes] | bytes:
    """What two trust files must have in common to be the same: the certificates, in their order; or all bytes, where
    something else stands in the file."""
    text = bundle.replace(b"\r\n", b"\n").strip()
    found = raw_client.PEM_BLOCK.findall(text)
    rest = raw_client.PEM_BLOCK.sub(b"", text).strip()
    if not found or rest:
        return bundle
    return [b"".join(block.split()) for block in found]


class _Log:
    """An access log that grows beside: what it says of each path of this run."""

    def __init__(self, path: Path, run: str):
        self.path = path
        self.own = re.compile(rf"/mtls-gauntlet/{run}/\d+/TLSv1\.\d")
        self.verdicts: dict[str, str] = {}
        try:
            self.offset = path.stat().st_size
        except OSError as error:
            raise TargetError(f"{path}: {error.strerror}") from None
        self.rest = ""

    def wait_for(self, paths: set[str]):
        deadline = time.monotonic() + SECONDS_TO_LOG
        while not paths <= self.read().keys() and time.monotonic() < deadline:
            time.sleep(0.05)

    def read(self) -> dict[str, str]:
        with self.path.open("rb") as file:
            file.seek(self.offset)
            data = file.read()
        self.offset += len(data)
        *lines, self.rest = (self.rest + data.decode("utf-8", "replace")).split("\n")
        for line in lines:
            path, verdict = self.own.search(line), VERIFY.search(line)
            if path and verdict:
                self.verdicts[path[0]] = verdict[1]
        return self.verdicts


def _judge(sent: _Sent, verdicts: dict[str, str] | None) -> Answer:
    if sent.cannot:
        return Answer(sent.case.id, skipped={"handshake": sent.cannot})
    told, raw, silent = [], [], frozenset({"httpStatus"})
    for version, reply in sent.replies.items():
        if reply.error == client.TIMED_OUT:
            return Answer(sent.case.id, None, {"result": "HANG"}, raw=f"{version}: {reply.error}")
        logged = (verdicts or {}).get(sent.paths[version])
        got = _told_by_client(sent.case, reply) if logged is None else handshake_of(logged, reply.status)
        if got["reason"] is None and got["result"] == "FAILED":
            silent |= {"reason"}
        if got.get("httpStatus") in REFUSED:
            silent -= {"httpStatus"}
        told.append(got)
        raw.append(f"{version}: " + " ".join(str(word) for word in (logged, reply.status, reply.error) if word))
    if any(got["result"] != told[0]["result"] or got["reason"] != told[0]["reason"] for got in told):
        told[0] = {"result": "TLS versions disagree", "reason": None}
    return Answer(sent.case.id, None, told[0], raw="; ".join(raw), silent=silent)


def _told_by_client(case: Case, reply: client.Reply) -> dict:
    """Without a log a refusal has no reason; and one that came as a decode error was none of the verification's."""
    got = {"reason": None, "sslClientVerify": None, "httpStatus": reply.status}
    if reply.status is not None and reply.status not in REFUSED:
        return {"result": "PASSTHROUGH" if case.client.passthrough else "SUCCESS", **got}
    if not case.client.chain or not raw_client.PEM_BLOCK.search(case.client.chain):
        return {"result": "NONE", **got}
    decode = "decode error" in (reply.error or "").lower().replace("_", " ")
    return {"result": "ABORTED" if decode else "FAILED", **got}

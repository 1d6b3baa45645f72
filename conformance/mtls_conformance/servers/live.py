"""What live servers have in common: one instance for many trust files, followed and ended whatever happens."""

import atexit
import contextlib
import ctypes
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..limits import limit

VERIFY_DEPTH = 10  # nginx's own default of 1 fails a chain of two CAs
LIFETIME = 1800  # seconds after which an instance is ended whatever happens
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30
LOG_BYTES = 256 << 20  # what one file of an instance's may hold: a log that grows further is a flood
PR_SET_PDEATHSIG = 1
READY_NAME = "ready.test"  # a name that no case has

LIBFAKETIME = [
    Path(f"/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1") for machine in ("x86_64", "aarch64")
]


class ServerError(Exception):
    """A server is missing, or did not start, answer or stop: a message for a person."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The server's own certificate, which no client of the harness verifies."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Site:
    """One server name: its trust file, and whether the client's certificate is asked for at its OCSP responder, or
    at another in its place."""

    trust: Path
    ocsp: bool = False
    responder: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What the log says of one connection. What a server does not log is None."""

    result: str  # SUCCESS, FAILED, NONE or ABORTED
    raw: str  # in the server's own words
    reasons: tuple[str, ...] = ()  # slugs; with FAILED none means that its words tell nothing
    verify: str | None = None  # $ssl_client_verify, where there is such a thing
    protocol: str | None = None
    status: int | None = None
    path: str | None = None


def run_once(
    command: list[str | Path], cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A program that ends by itself: its version, or its view of a configuration."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
    )


def make_identity(folder: Path) -> Identity:
    """A fresh self-signed server certificate, made with the openssl command."""
    identity = Identity(folder / "server.pem", folder / "server.key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "7", "-subj", "/O=mtls-gauntlet TEST DO NOT TRUST/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    try:
        result = run_once([*command, "-keyout", identity.key, "-out", identity.certificate])
    except FileNotFoundError:
        raise ServerError("there is no openssl command on this machine") from None
    if result.returncode != 0:
        raise ServerError(f"the openssl command made no server certificate: {result.stderr.strip()}")
    return identity


def find_program(*names: str) -> str | None:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


@cache
def openssl_version() -> str:
    """Of the library that this machine's programs share, as its command tells it: "OpenSSL 3.0.15"."""
    try:
        said = run_once(["openssl", "version"]).stdout
    except FileNotFoundError:
        raise ServerError("there is no openssl command on this machine") from None
    return " ".join(said.split()[:2])


def free_port() -> int:
    """A port of loopback that nobody listens on now: a server that fails before it listens needs no more."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class LogFile:
    """A file that grows: each `lines` gives the whole lines that have come since the last."""

    def __init__(self, path: Path, limit: int):
        self.path = path
        self.limit = limit
        self.offset = 0
        self.rest = b""

    def lines(self) -> list[str]:
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                data = file.read(self.limit)
        except FileNotFoundError:
            return []
        self.offset += len(data)
        if self.offset >= self.limit:
            raise ServerError(f"it floods its log: {self.path.name} has {self.limit} bytes")
        *whole, self.rest = (self.rest + data).split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole]


class LiveServer:
    """One instance; a context manager. `sites` are served under the names that are their keys.

    With `at`, such as "2030-01-01 00:00:00", the instance lives in that second of UTC for ever (libfaketime). With
    `resume` it hands out session tickets, as most servers do unless told otherwise. With `port` it listens there
    and not on a free one. It ends with the thread that started it at the latest, and after LIFETIME."""

    name: str
    program_names: tuple[str, ...]
    package: str  # of Debian
    log_names: tuple[str, ...] = ("log",)  # the files in its folder that have the verdicts
    stop_signal = signal.SIGTERM
    answers_after_failure = False  # True: a client that fails gets an HTTP status, not an alert
    asks_ocsp = False
    takes_clock = False
    tells_addresses_only = False  # its log has no ports: each client needs an address of its own
    logs_failures = True  # a handshake that fails leaves a line, too
    logs_late = False  # its log is not worth waiting for before it has ended
    unquotable: tuple[str, ...] = ()  # what no path can have that its configuration names
    log_bytes = LOG_BYTES
    seconds_to_start = SECONDS_TO_START

    def __init__(self, sites: dict[str, Site], *, at: str | None = None, resume: bool = False, port: int = 0):
        self.sites = sites
        self.at = at
        self.resume = resume
        self.port = port
        self.process: subprocess.Popen | None = None
        self.end_of_life: threading.Timer | None = None
        self.log: dict[str, list[Said]] = {}

    # -- what a server adds

    @classmethod
    def version(cls) -> str:
        raise NotImplementedError

    def configure(self, identity: Identity, listen: tuple[str, int], fd: int | None) -> list[str | Path]:
        """Writes its configuration into its folder, and gives the command that runs it in the foreground."""
        raise NotImplementedError

    def said(self, line: str) -> tuple[str, Said] | None:
        """What a line of its log says, and of which client ("127.0.0.1:40000"); None if it is no verdict."""
        raise NotImplementedError

    @classmethod
    def refused_among(cls, files: list[Path], identity: Identity) -> tuple[dict[Path, str], list[Path]]:
        """Of files that are asked together: those that it refuses, in its own words, and those that it has then
        already taken. Nothing refused means that all are taken."""
        raise NotImplementedError

    # Servers that take over a listening socket get one, so that no other process can come between.
    takes_socket = False

    def environment(self, fd: int | None) -> dict[str, str]:
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin")}
        if self.at is not None:
            library = next((path for path in LIBFAKETIME if path.exists()), None)
            if library is None:
                raise ServerError("there is no libfaketime on this machine:\n    apt-get install faketime")
            environment |= {"LD_PRELOAD": str(library), "FAKETIME": self.at, "TZ": "UTC"}
            environment |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        return environment

    # -- what all share

    @classmethod
    def missing(cls) -> str | None:
        """None, or what this machine lacks and the command that installs it."""
        if find_program(*cls.program_names) is None:
            return f"there is no {cls.name} on this machine:\n    apt-get install {cls.package}"
        return None

    @classmethod
    def program(cls) -> str:
        found = find_program(*cls.program_names)
        if found is None:
            raise ServerError(cls.missing())
        return found

    @classmethod
    def refusals(cls, files: list[Path], identity: Identity) -> dict[Path, str | None]:
        """Why it refuses each trust file, in its own words; None if it takes it."""
        cls._check_paths()
        found: dict[Path, str | None] = {}
        rest = list(files)
        while rest:
            refused, taken = cls.refused_among(rest, identity)
            if not refused:
                return found | dict.fromkeys(rest)
            found |= dict.fromkeys(taken) | refused
            rest = [file for file in rest if file not in found]
        return found

    @classmethod
    def _check_paths(cls):
        """What its configuration names lies in TMPDIR."""
        folder = tempfile.gettempdir()
        for part in ("\n", *cls.unquotable):
            if part in folder:
                raise ServerError(f"TMPDIR is {folder!r}, and {cls.name}'s configuration takes no path with {part!r}: set another")

    def __enter__(self):
        self._check_paths()
        self.folder = Path(tempfile.mkdtemp(prefix=f"mtls-{self.name}-"))
        atexit.register(self.kill)
        try:
            self._start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.kill()

    def _start(self):
        identity = make_identity(self.folder)
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise ServerError(f"{self.name}: 127.0.0.1:{self.port}: {error.strerror}") from None
            self.address = listener.getsockname()
            if self.takes_socket:
                listener.listen(1024)
                listener.setblocking(False)  # as the server would have made it: else one of two workers hangs
            else:
                listener.close()
            fd = listener.fileno() if self.takes_socket else None
            command = self.configure(identity, self.address, fd)
            with (self.folder / "output").open("wb") as output:
                self.process = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=self.environment(fd),
                    pass_fds=[fd] if fd is not None else [],
                    preexec_fn=self._in_child,
                    process_group=0,
                )
        self.files = [LogFile(self.folder / name, self.log_bytes) for name in self.log_names]
        self.end_of_life = threading.Timer(LIFETIME, self._end_group)
        self.end_of_life.daemon = True
        self.end_of_life.start()
        self._wait_until_ready()

    def _in_child(self):
        """Between fork and exec: it gets SIGTERM when its parent dies, however that dies, and may not fill a disk."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        limit(resource.RLIMIT_FSIZE, self.log_bytes)

    def _wait_until_ready(self):
        """A server is ready when it answers a ClientHello, be it with an alert."""
        deadline = time.monotonic() + self.seconds_to_start
        while not self._greets():
            if self.process.poll() is not None:
                raise ServerError(f"{self.name} did not start: {self.words()}")
            if time.monotonic() > deadline:
                raise ServerError(
                    f"{self.name} did not answer within {self.seconds_to_start} seconds: {self.words()}"
                )
            time.sleep(0.01)

    def _greets(self) -> bool:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            with socket.create_connection(self.address, timeout=1) as plain:
                with context.wrap_socket(plain, server_hostname=READY_NAME):
                    return True
        except ssl.SSLEOFError:
            return False
        except ssl.SSLError:
            return True
        except OSError:
            return False

    def words(self) -> str:
        """The last of what it said that is no verdict."""
        text = ""
        for name in dict.fromkeys(("output", "error.log", *self.log_names)):
            with contextlib.suppress(OSError):
                with (self.folder / name).open("rb") as file:
                    file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
                    text += file.read().decode("utf-8", "replace")
        return " / ".join(text.strip().splitlines()[-8:]) or "it said nothing"

    def how_it_died(self) -> str | None:
        """None while it runs."""
        status = self.process.poll()
        if status is None:
            return None
        if status == -signal.SIGXFSZ:
            return f"{self.name} floods its log: a file of it is as large as it may be"
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        return f"{self.name} {how}: {self.words()}"

    def follow(self) -> dict[str, list[Said]]:
        """What the log says so far: client -> one entry for each line about it."""
        for file in self.files:
            for line in file.lines():
                if found := self.said(line):
                    self.log.setdefault(found[0], []).append(found[1])
        return self.log

    def wait_for(self, peers: set[str], seconds: float) -> dict[str, list[Said]]:
        """Follows the log until it has something of each of these clients, or the time is up."""
        deadline = time.monotonic() + seconds
        while not peers <= self.follow().keys() and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.log

    def finish(self) -> dict[str, list[Said]]:
        """Ends the instance when its last answer is out, and gives its log."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            raise ServerError(f"{self.name} did not stop: {self.words()}") from None
        return self.follow()

    def _end_group(self):
        """Ends the instance and, should it have died before them, its workers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self):
        if self.process is not None:
            if self.process.poll() is None:
                self.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(2)
            self._end_group()
            self.process.wait()
        if self.end_of_life is not None:
            self.end_of_life.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.kill)

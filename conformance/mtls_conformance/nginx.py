"""A real nginx on loopback: asked whether it takes a trust file, and run with many of them behind server names.

nginx lets OpenSSL's verification go on after an error and answers 400 itself, so $ssl_client_verify has the verdict.
One file that it refuses keeps the whole instance from starting: ask `refusals` before they share one.
"""

import atexit
import contextlib
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

VERIFY_DEPTH = 10  # nginx's own default of 1 fails a chain of two CAs
LIFETIME = 1800  # seconds after which an instance is ended whatever happens
PR_SET_PDEATHSIG = 1

LIBFAKETIME = [
    Path(f"/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1") for machine in ("x86_64", "aarch64")
]

HTTP = """\
{user}worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server_names_hash_bucket_size 128;
    server_names_hash_max_size 65536;
    log_format verdict escape=none "$request_uri\\t$ssl_protocol\\t$status\\t$ssl_client_verify";
    access_log {folder}/access.log verdict;
    ssl_certificate {server_certificate};
    ssl_certificate_key {server_key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache off;
    ssl_session_tickets off;
{servers}
}}
"""

SERVER = """\
    server {{
        listen {listen} ssl;
        server_name {name};
        ssl_client_certificate {trust};
        ssl_verify_client {verify};
        ssl_verify_depth {depth};{ocsp}
        location / {{ return 200; }}
    }}
"""


class NginxError(Exception):
    """nginx is missing, or did not start, stop or answer: a message for a person."""


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

    def server(self, listen: str, name: str, verify: str) -> str:
        ocsp = "\n        ssl_ocsp leaf;" if self.ocsp else ""
        if self.responder is not None:
            ocsp += f"\n        ssl_ocsp_responder {self.responder};"
        return SERVER.format(listen=listen, name=name, trust=self.trust, verify=verify, depth=VERIFY_DEPTH, ocsp=ocsp)


@dataclass(frozen=True, slots=True)
class LogEntry:
    protocol: str
    status: int
    client_verify: str


def program() -> str:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    found = shutil.which("nginx", path=path)
    if found is None:
        raise NginxError("there is no nginx on this machine")
    return found


def version() -> str:
    result = subprocess.run([program(), "-V"], capture_output=True, text=True, timeout=30)
    words = re.search(r"nginx/(\S+)", result.stderr), re.search(r"(?:running|built) with (OpenSSL \S+)", result.stderr)
    return ", ".join(match[1] for match in words if match)


def make_identity(folder: Path) -> Identity:
    """A fresh self-signed server certificate, made with the openssl command."""
    identity = Identity(folder / "server.pem", folder / "server.key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "7", "-subj", "/O=mtls-gauntlet TEST DO NOT TRUST/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    result = subprocess.run(
        [*command, "-keyout", identity.key, "-out", identity.certificate],
        capture_output=True,
        text=True,
        timeout=60,
    )
    if result.returncode != 0:
        raise NginxError(f"the openssl command made no server certificate: {result.stderr.strip()}")
    return identity


def _config(folder: Path, identity: Identity, servers: str, workers: int) -> str:
    return HTTP.format(
        user="user root;\n" if os.geteuid() == 0 else "",  # the workers read what root's folders hold
        workers=workers,
        folder=folder,
        server_certificate=identity.certificate,
        server_key=identity.key,
        servers=servers,
    )


def refusals(trust_files: list[Path], identity: Identity) -> dict[Path, str | None]:
    """Why nginx refuses each file as ssl_client_certificate, in its own words; None if it takes it.

    nginx loads the files of its servers one after another and stops at the first that it refuses, naming it: those
    before it are taken, and the rest is asked again. One run so tells of many good files, or of one bad one."""
    found: dict[Path, str | None] = {}
    rest = list(trust_files)
    while rest:
        refused = _first_refusal(rest, identity)
        if refused is None:
            return found | dict.fromkeys(rest)
        at, words = refused
        found |= dict.fromkeys(rest[:at])
        found[rest[at]] = words
        rest = rest[at + 1 :]
    return found


def _first_refusal(trust_files: list[Path], identity: Identity) -> tuple[int, str] | None:
    with tempfile.TemporaryDirectory(prefix="mtls-nginx-t-") as name:
        folder = Path(name)
        listen = f"unix:{folder}/socket"
        servers = "".join(Site(trust).server(listen, f"n{n}", "on") for n, trust in enumerate(trust_files))
        (folder / "nginx.conf").write_text(_config(folder, identity, servers, 1))
        result = subprocess.run(
            [program(), "-t", "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
        )
    if result.returncode == 0:
        return None
    emergency = re.search(r"\[emerg\] (?:\d+#\d+: )?(.*)", result.stderr)
    for at, trust in enumerate(trust_files):
        if emergency is not None and f'("{trust}")' in emergency[1]:
            return at, emergency[1].replace(str(trust), trust.name)
    raise NginxError(f"nginx -t failed, but not at a trust file: {result.stderr.strip()}")


def _end_with_parent():
    """Between fork and exec: the child gets SIGTERM when its parent dies, however it dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Nginx:
    """One instance; a context manager. `sites` are served under the names that are their keys.

    With `at`, such as "2030-01-01 00:00:00", the instance lives in that second of UTC for ever (libfaketime).
    It ends with the thread that started it at the latest, and after LIFETIME."""

    def __init__(self, sites: dict[str, Site], verify: str = "on", at: str | None = None):
        self.sites = sites
        self.verify = verify
        self.at = at
        self.process = None
        self.end_of_life = None

    def __enter__(self) -> "Nginx":
        self.folder = Path(tempfile.mkdtemp(prefix="mtls-nginx-"))
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
        # nginx takes over a listening socket that its environment names, as it does when its binary is replaced:
        # the port is ours from the first moment, and no other process can come between.
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(1024)
            listener.setblocking(False)  # as nginx would have made it: else one of two workers hangs in accept
            self.address = listener.getsockname()
            listen = f"127.0.0.1:{self.address[1]}"
            servers = "".join(site.server(listen, name, self.verify) for name, site in self.sites.items())
            config = self.folder / "nginx.conf"
            config.write_text(_config(self.folder, make_identity(self.folder), servers, os.cpu_count() or 1))
            self.process = subprocess.Popen(
                [program(), "-p", self.folder, "-e", self.folder / "error.log", "-c", config, "-g", "daemon off;"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=(self.folder / "stderr.log").open("wb"),
                env=self._environment(listener.fileno()),
                pass_fds=[listener.fileno()],
                preexec_fn=_end_with_parent,
                process_group=0,
            )
        self.end_of_life = threading.Timer(LIFETIME, self._end_group)
        self.end_of_life.daemon = True
        self.end_of_life.start()
        self._wait_until_ready()

    def _environment(self, listener: int) -> dict[str, str]:
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "NGINX": f"{listener};"}
        if self.at is not None:
            library = next((path for path in LIBFAKETIME if path.exists()), None)
            if library is None:
                raise NginxError("there is no libfaketime on this machine; ci/setup.sh installs it")
            environment |= {"LD_PRELOAD": str(library), "FAKETIME": self.at, "TZ": "UTC"}
            environment |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        return environment

    def _wait_until_ready(self):
        # The socket takes connections before nginx does: its pid file tells that the configuration is loaded.
        deadline = time.monotonic() + 120
        while not (self.folder / "nginx.pid").exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NginxError(f"nginx did not start: {self._errors()}")
            time.sleep(0.01)

    def _errors(self) -> str:
        text = ""
        for name in ("stderr.log", "error.log"):
            if (self.folder / name).exists():
                text += (self.folder / name).read_text(errors="replace")
        return " / ".join(text.strip().splitlines()[-5:]) or "it said nothing"

    def finish(self) -> dict[str, list[LogEntry]]:
        """Ends the instance when its last answer is out, and gives its access log: path -> entries."""
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            raise NginxError(f"nginx did not stop: {self._errors()}") from None
        log = self.folder / "access.log"
        entries: dict[str, list[LogEntry]] = {}
        for line in log.read_text(errors="replace").splitlines() if log.exists() else []:
            fields = line.split("\t")
            if len(fields) == 4 and fields[2].isdigit():
                entries.setdefault(fields[0], []).append(LogEntry(fields[1], int(fields[2]), fields[3]))
        return entries

    def _end_group(self):
        """Ends the master and, should it have died before them, its workers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self):
        if self.process is not None:
            if self.process.poll() is None:
                self.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(10)
            self._end_group()
            self.process.wait()
        if self.end_of_life is not None:
            self.end_of_life.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.kill)

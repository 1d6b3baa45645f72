"""stunnel with `verifyChain`: a client that fails gets an alert, at the first error that OpenSSL finds; its log says
so in OpenSSL's words. Behind it stands a web server of our own."""

import re
import socketserver
import tempfile
import threading
from pathlib import Path

from ..vocabulary import reasons_of_first_error_text
from .live import Identity, LiveServer, Said, ServerError, Site, free_port, run_once

CONFIG = """\
foreground = yes
pid =
syslog = no
output = {folder}/log
debug = info
socket = l:SO_REUSEADDR=1
[main]
accept = {listen}
{service}
{sites}
"""

SERVICE = """\
cert = {identity.certificate}
key = {identity.key}
connect = 127.0.0.1:{backend}
sslVersionMin = TLSv1.2
TIMEOUTclose = 0
{resume}
"""

SITE = """\
[{name}]
sni = main:{name}
{service}
CAfile = {site.trust}
verifyChain = yes
requireCert = yes
"""


LINE = re.compile(r"\S+ \S+ LOG\d\[(\d+)\]: (.*)")
ACCEPTED = re.compile(r"Service \[main\] accepted connection from (127\.[\d.]+:\d+)")
PRE_VERIFICATION = re.compile(r"CERT: Pre-verification error: (.*)")
LIBRARY_ERROR = re.compile(r"SSL_accept: .*error:\w+:(.*)")


class Stunnel(LiveServer):
    name = "stunnel"
    program_names = ("stunnel4", "stunnel")
    package = "stunnel4"

    def __init__(self, sites: dict[str, Site], **others):
        super().__init__(sites, **others)
        self.backend: _Backend | None = None
        self.clients: dict[str, str] = {}  # its number for a connection -> the client, until there is a verdict

    @classmethod
    def version(cls) -> str:
        result = run_once([cls.program(), "-version"])
        said = result.stdout + result.stderr
        words = re.search(r"stunnel (\S+) on", said), re.search(r"(?:Running +with|Compiled/running with) (OpenSSL \S+)", said)
        return ", ".join(match[1] for match in words if match)

    def configure(self, identity: Identity, listen: tuple[str, int], fd: int | None) -> list[str | Path]:
        self.backend = _Backend()
        config = _write(
            self.folder, identity, self.sites, f"{listen[0]}:{listen[1]}", self.backend.port, self.resume
        )
        return [self.program(), config]

    def kill(self):
        super().kill()
        if self.backend is not None:
            self.backend.close()
            self.backend = None

    def said(self, line: str) -> tuple[str, Said] | None:
        if not (match := LINE.match(line)):
            return None
        number, words = match.groups()
        if found := ACCEPTED.fullmatch(words):
            self.clients[number] = found[1]
            return None
        verdict = _verdict(words)
        # The first line with a verdict has the cause, and what follows is what it led to.
        peer = self.clients.pop(number, None) if verdict else None
        return (peer, verdict) if peer else None

    @classmethod
    def refused_among(cls, files: list[Path], identity: Identity) -> tuple[dict[Path, str], list[Path]]:
        """It has no dry run, so it is started, and ended by a last service whose file is not there. It loads the files
        in order and stops at the first that it refuses."""
        sites = {f"n{number}.test": Site(file) for number, file in enumerate(files)}
        with tempfile.TemporaryDirectory(prefix="mtls-stunnel-t-") as name:
            folder = Path(name)
            sites["last.test"] = Site(folder / "nothing.pem")
            config = _write(folder, identity, sites, f"127.0.0.1:{free_port()}", 1, resume=False)
            result = run_once([cls.program(), config])
        services = re.findall(r"Initializing service \[(\S+)\]", result.stderr)
        if result.returncode == 0 or not services or services[-1] not in sites:
            raise ServerError(f"stunnel did not start, but not for a trust file: {result.stderr.strip()[-2000:]}")
        at = list(sites).index(services[-1])
        if at == len(files):
            return {}, files
        words = re.findall(r"^\[!\] (?:Service \[\S+\]: )?(.*)", result.stderr.rpartition("Initializing service")[2], re.M)
        return {files[at]: "; ".join(words).replace(str(files[at]), files[at].name)}, files[:at]


def _verdict(words: str) -> Said | None:
    if found := PRE_VERIFICATION.fullmatch(words):
        return Said("FAILED", words, reasons_of_first_error_text(found[1]))
    if found := LIBRARY_ERROR.fullmatch(words):
        return Said("NONE" if "peer did not return a certificate" in found[1] else "ABORTED", found[1])
    return Said("SUCCESS", words) if words.startswith("TLS accepted: ") else None


class _Backend:
    """The web server behind stunnel: 200 to whatever it is asked."""

    def __init__(self):
        class Handler(socketserver.StreamRequestHandler):
            timeout = 10

            def handle(self):
                while self.rfile.readline(65536).strip():
                    pass
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.request_queue_size = 128
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def _write(folder: Path, identity: Identity, sites: dict[str, Site], listen: str, backend: int, resume: bool) -> Path:
    resumption = "" if resume else "options = NO_TICKET\nsessionResume = no"
    service = SERVICE.format(identity=identity, backend=backend, resume=resumption)
    config = folder / "stunnel.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            listen=listen,
            service=service,
            sites="".join(SITE.format(name=name, service=service, site=site) for name, site in sites.items()),
        )
    )
    return config

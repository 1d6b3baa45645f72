"""lighttpd with `ssl.verifyclient.enforce`: a client that fails gets an alert, at the first error that OpenSSL finds.
The error log has that error's number, and in the next line the client's address without its port: so each client
comes from an address of its own."""

import re
import signal
import tempfile
from pathlib import Path

from ..vocabulary import reasons_of_first_error
from .live import VERIFY_DEPTH, Identity, LiveServer, Said, ServerError, Site, free_port, openssl_version, run_once

CONFIG = """\
server.modules = ("mod_openssl", "mod_accesslog", "mod_rewrite")
server.document-root = "{folder}/www"
server.bind = "{bind}"
server.port = {port}
server.errorlog = "{folder}/log"
server.max-keep-alive-requests = 0
accesslog.filename = "{folder}/access"
accesslog.format = "VERDICT %h %s %{{SSL_CLIENT_VERIFY}}e %{{SSL_PROTOCOL}}e"
ssl.engine = "enable"
ssl.pemfile = "{identity.certificate}"
ssl.privkey = "{identity.key}"
ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.2", "Options" => "{tickets}SessionTicket")
url.rewrite-once = ("" => "/answer")
{sites}
"""

SITE = """\
$HTTP["host"] == "{name}" {{
    ssl.verifyclient.activate = "enable"
    ssl.verifyclient.enforce = "enable"
    ssl.verifyclient.depth = {depth}
    ssl.verifyclient.ca-file = "{site.trust}"
}}
"""


VERDICT = re.compile(r"VERDICT (127\.\S+) (\d+) (\S+) (TLSv1\.\d)")
VERIFICATION = re.compile(r"SSL: verify error:num=(\d+):(.*?):depth=")
LIBRARY_ERROR = re.compile(r"SSL: \d+ error:\w+:(.*) \((127\.[\d.]+)\)$")


class Lighttpd(LiveServer):
    name = "lighttpd"
    program_names = ("lighttpd",)
    package = "lighttpd lighttpd-mod-openssl"
    stop_signal = signal.SIGINT  # it ends when its connections have
    tells_addresses_only = True
    log_names = ("log", "access")
    logs_late = True  # the access log comes in blocks
    unquotable = ('"', "\\")

    def __init__(self, sites: dict[str, Site], **others):
        super().__init__(sites, **others)
        self.verification: tuple[str, str] | None = None  # the last, of a client that the next line names

    @classmethod
    def version(cls) -> str:
        result = run_once([cls.program(), "-v"])
        found = re.search(r"lighttpd/(\S+)", result.stdout)
        return f"{found[1]}, {openssl_version()}" if found else "unknown"

    def configure(self, identity: Identity, listen: tuple[str, int], fd: int | None) -> list[str | Path]:
        return [self.program(), "-D", "-f", _write(self.folder, identity, self.sites, listen, self.resume)]

    def said(self, line: str) -> tuple[str, Said] | None:
        if match := VERDICT.fullmatch(line):
            peer, status, verify, protocol = match.groups()
            return peer, Said(verify, verify, protocol=protocol, status=int(status))
        if match := VERIFICATION.search(line):
            self.verification = match.groups()
        elif match := LIBRARY_ERROR.search(line):
            words, peer = match.groups()
            verification, self.verification = self.verification, None
            if verification is not None:
                number, text = verification
                return peer, Said("FAILED", f"num={number}:{text}", reasons_of_first_error(int(number)))
            if peer not in self.log:  # one error of the library may be several lines
                return peer, Said("NONE" if "peer did not return a certificate" in words else "ABORTED", words)
        return None

    @classmethod
    def refused_among(cls, files: list[Path], identity: Identity) -> tuple[dict[Path, str], list[Path]]:
        """`lighttpd -tt` goes as far as loading them, in order, and stops at the first that it refuses."""
        sites = {f"n{number}.test": Site(file) for number, file in enumerate(files)}
        with tempfile.TemporaryDirectory(prefix="mtls-lighttpd-t-") as name:
            folder = Path(name)
            config = _write(folder, identity, sites, ("127.0.0.1", free_port()), resume=False)
            result = run_once([cls.program(), "-tt", "-f", config])
            log = (folder / "log").read_text(errors="replace") if (folder / "log").exists() else ""
        if result.returncode == 0:
            return {}, files
        for at, file in enumerate(files):
            for line in (result.stderr + log).splitlines():
                if str(file) in line:
                    return {file: line.partition(") ")[2].replace(str(file), file.name)}, files[:at]
        raise ServerError(f"lighttpd -tt failed, but not at a trust file: {(result.stderr + log).strip()[-2000:]}")


def _write(folder: Path, identity: Identity, sites: dict[str, Site], listen: tuple[str, int], resume: bool) -> Path:
    (folder / "www").mkdir()
    (folder / "www/answer").write_text("ok\n")
    config = folder / "lighttpd.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            bind=listen[0],
            port=listen[1],
            identity=identity,
            tickets="" if resume else "-",
            sites="".join(SITE.format(name=name, site=site, depth=VERIFY_DEPTH) for name, site in sites.items()),
        )
    )
    return config

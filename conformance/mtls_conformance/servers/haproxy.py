"""HAProxy with `verify required`: a client that fails gets an alert, at the first error that OpenSSL finds. Its
error-log-format names that error by its X509_V_ERR number."""

import os
import re
import signal
import tempfile
from pathlib import Path

from ..vocabulary import reason_of_number, reasons_of_first_error
from .live import Identity, LiveServer, Said, ServerError, Site, run_once

# One thread: two that log to standard output at a time lose a line (github.com/haproxy/haproxy/issues/1861).
# ssl_c_ca_err is the first error above the client's certificate, ssl_c_err the first in it: one of them is 0.
CONFIG = """\
global
    nbthread 1
    log stdout format raw local0
    tune.ssl.default-dh-param 2048
    {global_resume}
defaults
    mode http
    log global
    option dontlognull
    timeout connect 5s
    timeout client 15s
    timeout server 15s
frontend gauntlet
    bind {bind} ssl crt-list sites ssl-min-ver TLSv1.2 {bind_resume}
    log-format "VERDICT %ci:%cp %[ssl_fc_protocol] %ST %[ssl_c_used] %[ssl_c_verify]"
    error-log-format "FAILED %ci:%cp %[ssl_fc_err] %[ssl_c_ca_err] %[ssl_c_err] %[ssl_fc_err_str]"
    http-request return status 200
"""

VERDICT = re.compile(r"VERDICT (127\.\S+) ((TLSv1\.\d) (\d+) (\d) (\d+))")
FAILED = re.compile(r"FAILED (127\.\S+) ((\d+) (\d+) (\d+) .*)")
NO_CERTIFICATE = 199  # SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE


class HAProxy(LiveServer):
    name = "haproxy"
    program_names = ("haproxy",)
    package = "haproxy"
    log_names = ("output",)
    stop_signal = signal.SIGUSR1  # it ends when its connections have
    takes_socket = True

    @classmethod
    def version(cls) -> str:
        result = run_once([cls.program(), "-vv"])
        words = (
            re.search(r"HAProxy version (\S+)", result.stdout),
            re.search(r"Running on OpenSSL version : (OpenSSL \S+)", result.stdout),
        )
        return ", ".join(match[1] for match in words if match)

    def configure(self, identity: Identity, listen: tuple[str, int], fd: int | None) -> list[str | Path]:
        return [self.program(), "-db", "-f", _write(self.folder, identity, self.sites, f"fd@{fd}", self.resume)]

    def said(self, line: str) -> tuple[str, Said] | None:
        if match := VERDICT.fullmatch(line):
            peer, words, protocol, status, used, verify = match.groups()
            result = "NONE" if used != "1" else "SUCCESS" if verify == "0" else "FAILED"
            reasons = (reason_of_number(int(verify)),) if result == "FAILED" else ()
            return peer, Said(result, words, reasons, protocol=protocol, status=int(status))
        if match := FAILED.fullmatch(line):
            peer, words, error, ca_error, client_error = match.groups()
            if number := int(ca_error) or int(client_error):
                return peer, Said("FAILED", words, reasons_of_first_error(number))
            none = int(error) & 0x7FFFFF == NO_CERTIFICATE  # ERR_GET_REASON
            return peer, Said("NONE" if none else "ABORTED", words)
        return None

    @classmethod
    def refused_among(cls, files: list[Path], identity: Identity) -> tuple[dict[Path, str], list[Path]]:
        """`haproxy -c` stops at the first bad line of a crt-list, but goes on to the next bind: each file has one."""
        with tempfile.TemporaryDirectory(prefix="mtls-haproxy-c-") as name:
            folder = Path(name)
            both = _both(folder, identity)
            names = {_relative(file, folder): file for file in files}
            config = folder / "haproxy.cfg"
            binds = "".join(
                f"    bind unix@{number} ssl crt {both} verify required ca-file {name}\n"
                for number, name in enumerate(names)
            )
            config.write_text(f"defaults\n    mode http\n    timeout client 1s\nfrontend test\n{binds}")
            # In the folder: a socket's path has 97 bytes at most, the folder's may have more.
            result = run_once([cls.program(), "-c", "-f", config], cwd=folder)
        if result.returncode == 0:
            return {}, files
        # "Couldn't open the ca-file 'path' (no certificate or crl found)." comes before "unable to load path".
        refused: dict[Path, str] = {}
        for line in result.stderr.splitlines():
            for word in re.findall(r"[^\s']+", line):
                file = names.get(word.rstrip("."))
                if file is not None and file not in refused:
                    words = line.partition(" : config : ")[2].replace(word, file.name)
                    refused[file] = words
        if not refused:
            raise ServerError(f"haproxy -c failed, but not at a trust file: {result.stderr.strip()[-2000:]}")
        last = max(files.index(file) for file in refused)  # it stops at the fiftieth error
        return refused, [file for file in files[:last] if file not in refused]


def _relative(file: Path, folder: Path) -> str:
    """As it is named in the folder that haproxy runs in: a line of a crt-list has no quotes for what is above it."""
    return os.path.relpath(file.resolve(), folder.resolve())


def _both(folder: Path, identity: Identity) -> str:
    both = folder / "identity.pem"
    both.write_bytes(identity.certificate.read_bytes() + identity.key.read_bytes())
    return both.name


def _write(folder: Path, identity: Identity, sites: dict[str, Site], bind: str, resume: bool) -> Path:
    both = _both(folder, identity)
    lines = [both]  # for a client that names no site
    lines += [f"{both} [verify required ca-file {_relative(site.trust, folder)}] {name}" for name, site in sites.items()]
    (folder / "sites").write_text("\n".join(lines) + "\n")
    config = folder / "haproxy.cfg"
    config.write_text(
        CONFIG.format(
            bind=bind,
            global_resume="" if resume else "tune.ssl.cachesize 0",
            bind_resume="" if resume else "no-tls-tickets",
        )
    )
    return config

"""Apache httpd with `SSLVerifyClient require`: a client that fails gets an alert, at the first error that OpenSSL
finds; the error log has that error's number (AH02276), the access log those who came through."""

import os
import re
import signal
import tempfile
from pathlib import Path

from ..vocabulary import reasons_of_first_error
from .live import VERIFY_DEPTH, Identity, LiveServer, Said, ServerError, Site, free_port, openssl_version, run_once

MODULES = Path("/usr/lib/apache2/modules")

CONFIG = """\
ServerRoot "{folder}"
DefaultRuntimeDir "{folder}"
PidFile "{folder}/pid"
ServerName localhost
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule rewrite_module {modules}/mod_rewrite.so
LoadModule ssl_module {modules}/mod_ssl.so
{user}
Listen {listen} https
ErrorLog "{folder}/log"
ErrorLogFormat "ERROR %v [%{{g}}T] [%a] %M"
LogLevel warn ssl:info
LogFormat "VERDICT %a:%{{remote}}p %{{SSL_PROTOCOL}}x %>s %{{SSL_CLIENT_VERIFY}}x" verdict
CustomLog "{folder}/log" verdict
KeepAlive Off
Timeout 15
StartServers 1
ServerLimit 1
ThreadsPerChild 25
MaxRequestWorkers 25
MinSpareThreads 25
MaxSpareThreads 25
SSLSessionCache none
SSLOCSPResponderTimeout 5
{first}
{sites}
"""

SITE = """\
<VirtualHost {listen}>
    ServerName {name}
    SSLEngine on
    SSLProtocol -all +TLSv1.2 +TLSv1.3
    SSLSessionTickets {tickets}
    SSLCertificateFile "{identity.certificate}"
    SSLCertificateKeyFile "{identity.key}"
    SSLCACertificateFile "{site.trust}"
    SSLVerifyClient require
    SSLVerifyDepth {depth}
    {ocsp}
    RewriteEngine On
    RewriteRule ^ - [R=200]
</VirtualHost>
"""

# A client that names no site lands in the first virtual host.
FIRST = """\
<VirtualHost {listen}>
    ServerName first.test
    SSLEngine on
    SSLProtocol -all +TLSv1.2 +TLSv1.3
    SSLCertificateFile "{identity.certificate}"
    SSLCertificateKeyFile "{identity.key}"
</VirtualHost>
"""

OCSP = "SSLOCSPEnable leaf\n    SSLOCSPUseRequestNonce off"

VERDICT = re.compile(r"VERDICT (127\.\S+) (TLSv1\.\d) (\d+) (.+)")
ERROR = re.compile(r"ERROR (\S+) \[(\d+)\](?: \[(127\.[\d.]+:\d+)\])? (.*)")
VERIFICATION = re.compile(r"AH02276: Certificate Verification: Error \((\d+)\): (.*?) \[subject: ")
TOO_LONG = re.compile(r"AH02040: (Certificate Verification: Certificate Chain too long .*)")  # mod_ssl's own check
HANDSHAKE_FAILED = re.compile(r"AH0(2008|1993|2007): ")  # an error of the SSL library follows
LIBRARY_ERROR = re.compile(r"SSL Library Error: error:\w+:(.*)")
# X509_V_ERR_APPLICATION_VERIFICATION: mod_ssl sets it when OCSP comes to anything but good or revoked.
APPLICATION = 50
OCSP_FAILED = ("ocsp-request-failed", "ocsp-status-unknown")

# Of verify locations; of a file for the list of acceptable names.
REFUSALS = ("AH01895: ", "AH02210: ", "AH01896: ")


class Apache(LiveServer):
    name = "apache"
    program_names = ("apache2", "httpd")
    package = "apache2-bin"
    stop_signal = signal.SIGWINCH  # it ends when its connections have
    asks_ocsp = True
    unquotable = ('"', "\\", "${")

    def __init__(self, sites: dict[str, Site], **others):
        super().__init__(sites, **others)
        self.failing: dict[str, str] = {}  # thread -> the client whose handshake has failed in it, not yet why
        self.explained: set[str] = set()

    @classmethod
    def version(cls) -> str:
        result = run_once([cls.program(), "-v"])
        found = re.search(r"Apache/(\S+)", result.stdout)
        return f"{found[1]}, {openssl_version()}" if found else "unknown"

    def configure(self, identity: Identity, listen: tuple[str, int], fd: int | None) -> list[str | Path]:
        first = FIRST.format(listen=f"{listen[0]}:{listen[1]}", identity=identity)
        config = _write(self.folder, identity, self.sites, f"{listen[0]}:{listen[1]}", first, self.resume)
        return [self.program(), "-DFOREGROUND", "-f", config]

    def said(self, line: str) -> tuple[str, Said] | None:
        if match := VERDICT.fullmatch(line):
            peer, protocol, status, verify = match.groups()
            return peer, Said(verify.partition(":")[0], verify, protocol=protocol, status=int(status))
        if not (match := ERROR.fullmatch(line)):
            return None
        _, thread, peer, words = match.groups()
        if peer in self.explained:
            return None
        if found := VERIFICATION.match(words):
            self.explained.add(peer)
            number = int(found[1])
            reasons = OCSP_FAILED if number == APPLICATION else reasons_of_first_error(number)
            return peer, Said("FAILED", f"Error ({number}): {found[2]}", reasons)
        if found := TOO_LONG.match(words):
            self.explained.add(peer)
            return peer, Said("FAILED", found[1], ("chain-too-long",))
        if HANDSHAKE_FAILED.match(words):
            self.failing[thread] = peer
        elif (found := LIBRARY_ERROR.match(words)) and thread in self.failing:
            none = "peer did not return a certificate" in found[1]
            return self.failing.pop(thread), Said("NONE" if none else "ABORTED", found[1])
        return None

    @classmethod
    def refused_among(cls, files: list[Path], identity: Identity) -> tuple[dict[Path, str], list[Path]]:
        """It has no dry run that loads the trust files, so it is started, and ended by a first virtual host that fails:
        that one comes last, since mod_ssl goes through them from the last to the first. Those after the one that
        failed are taken."""
        sites = {f"n{number}.test": Site(file) for number, file in enumerate(files)}
        with tempfile.TemporaryDirectory(prefix="mtls-apache-t-") as name:
            folder = Path(name)
            nothing = folder / "nothing.pem"
            nothing.write_text("no certificate\n")
            listen = f"127.0.0.1:{free_port()}"
            first = _site(identity, "first.test", Site(nothing), listen, resume=False)
            config = _write(folder, identity, sites, listen, first, resume=False)
            # In the foreground, so that its end is awaited.
            result = run_once([cls.program(), "-DFOREGROUND", "-f", config])
            log = (folder / "log").read_text(errors="replace") if (folder / "log").exists() else ""
        for file in files:  # an empty file is a mistake in the configuration, and told before the rest is looked at
            if f"'{file}'" in result.stderr:
                words = " ".join(result.stderr.replace(str(file), file.name).split())
                return {file: words.partition("httpd.conf: ")[2]}, []
        errors = [match.groups() for line in log.splitlines() if (match := ERROR.fullmatch(line))]
        failed = [(site, words) for site, _, _, words in errors if words.startswith(REFUSALS)]
        if not failed:
            raise ServerError(f"apache did not start, but not for a trust file: {result.stderr} {log.strip()[-2000:]}")
        site, words = failed[0]
        if site == "first.test":
            return {}, files
        at = list(sites).index(site)
        why = [found[1] for *_, line in errors if (found := LIBRARY_ERROR.match(line))]
        # OpenSSL's queue may still hold older errors, of files that were taken: the last is this file's.
        return {files[at]: "; ".join([words.replace(str(files[at]), files[at].name), *why[-1:]])}, files[at + 1 :]


def _site(identity: Identity, name: str, site: Site, listen: str, resume: bool) -> str:
    ocsp = OCSP if site.ocsp else ""
    if site.responder is not None:
        ocsp += f"\n    SSLOCSPDefaultResponder {site.responder}\n    SSLOCSPOverrideResponder on"
    return SITE.format(
        listen=listen,
        name=name,
        identity=identity,
        site=site,
        depth=VERIFY_DEPTH,
        tickets="On" if resume else "Off",
        ocsp=ocsp,
    )


def _write(folder: Path, identity: Identity, sites: dict[str, Site], listen: str, first: str, resume: bool) -> Path:
    config = folder / "httpd.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            modules=MODULES,
            # Started as root it wants another user, for the workers: what they need is open by then.
            user="User #65534\nGroup #65534" if os.geteuid() == 0 else "",
            listen=listen,
            first=first,
            sites="".join(_site(identity, name, site, listen, resume) for name, site in sites.items()),
        )
    )
    return config

"""The servers that this project writes as users of Go and Node.js do, in conformance/servers/: each is built into
build/servers/<name>/server, takes a JSON file, and says of all trust files at once which it refuses."""

import json
import re
import shutil
import tempfile
from pathlib import Path

from .. import checkout
from .go_words import HANDSHAKE_ERROR, said_of
from .live import Identity, LiveServer, Said, ServerError, Site, run_once

REPOSITORY = checkout.root()
RECIPES = REPOSITORY / "conformance/servers"
BUILT = REPOSITORY / "build/servers"


VERDICT = re.compile(r"VERDICT (127\.\S+) (TLSv1\.\d)(?: true)?")
FAILED = re.compile(r"FAILED (127\.\S+) (\w+)")
ABORTED = re.compile(r"ABORTED (127\.\S+) (\w+) .*")


class WrittenServer(LiveServer):
    log_names = ("output",)
    check_option: str

    @classmethod
    def runs_with(cls) -> bool:
        """Whether what the built program needs is there."""
        return True

    @classmethod
    def program(cls) -> str:
        return str(BUILT / cls.name / "server")

    @classmethod
    def missing(cls) -> str | None:
        if Path(cls.program()).is_file() and cls.runs_with():
            return None
        if not RECIPES.is_dir():
            return f"{cls.name} is not built; {checkout.NEEDED}"
        if not (RECIPES / cls.name).is_dir():
            return f"there is no {cls.name} here; {checkout.NEEDED}"
        result = run_once([RECIPES / cls.name / "build.sh", "--check"])
        if result.returncode == 77:
            return result.stderr.strip()
        return f"{cls.name} is not built; to build it:\n    ci/servers-setup.sh {cls.name}"

    def configure(self, identity: Identity, listen: tuple[str, int], fd: int | None) -> list[str | Path]:
        return [self.program(), _write(self.folder, identity, self.sites, f"{listen[0]}:{listen[1]}", self.resume)]

    @classmethod
    def refused_among(cls, files: list[Path], identity: Identity) -> tuple[dict[Path, str], list[Path]]:
        with tempfile.TemporaryDirectory(prefix=f"mtls-{cls.name}-t-") as name:
            sites = {f"n{number}.test": Site(file) for number, file in enumerate(files)}
            config = _write(Path(name), identity, sites, "", resume=False)
            result = run_once([cls.program(), config, cls.check_option])
        if result.returncode != 0:
            raise ServerError(f"{cls.name} {cls.check_option} failed: {result.stderr.strip()}")
        refused = {sites[name].trust: words for name, words in json.loads(result.stdout).items()}
        return refused, [file for file in files if file not in refused]


def _write(folder: Path, identity: Identity, sites: dict[str, Site], address: str, resume: bool) -> Path:
    config = folder / "server.json"
    value = {
        "certificate": str(identity.certificate),
        "key": str(identity.key),
        "address": address,
        "sites": {name: str(site.trust) for name, site in sites.items()},
        "resume": resume,
    }
    config.write_text(json.dumps(value))
    return config


class GoServer(WrittenServer):
    """A client that fails gets an alert; net/http's error log has why."""

    name = "go-server"
    check_option = "-check"

    @classmethod
    def version(cls) -> str:
        result = run_once([cls.program(), "-version"])
        return result.stdout.strip().removeprefix("go")

    def said(self, line: str) -> tuple[str, Said] | None:
        if match := VERDICT.fullmatch(line):
            return match[1], Said("SUCCESS", match[2], protocol=match[2])
        if match := HANDSHAKE_ERROR.fullmatch(line):
            return match[1], said_of(match[2])
        return None


# Node.js's names of X509_V_ERR_*; what it has no name for is UNSPECIFIED.
NODE_REASONS = {
    "UNABLE_TO_GET_ISSUER_CERT": "issuer-not-found",
    "UNABLE_TO_GET_CRL": "crl-not-found",
    "UNABLE_TO_DECRYPT_CERT_SIGNATURE": "cert-signature-undecryptable",
    "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY": "issuer-key-unreadable",
    "CERT_SIGNATURE_FAILURE": "signature-invalid",
    "CERT_NOT_YET_VALID": "not-yet-valid",
    "CERT_HAS_EXPIRED": "expired",
    "ERROR_IN_CERT_NOT_BEFORE_FIELD": "not-before-malformed",
    "ERROR_IN_CERT_NOT_AFTER_FIELD": "not-after-malformed",
    "DEPTH_ZERO_SELF_SIGNED_CERT": "self-signed",
    "SELF_SIGNED_CERT_IN_CHAIN": "self-signed-in-chain",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY": "local-issuer-not-found",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE": "issuer-not-found-leaf-only",
    "CERT_CHAIN_TOO_LONG": "chain-too-long",
    "INVALID_CA": "invalid-ca",
    "PATH_LENGTH_EXCEEDED": "path-length-exceeded",
    "INVALID_PURPOSE": "purpose-client-auth",
    "CERT_UNTRUSTED": "not-trusted",
    "CERT_REJECTED": "trust-rejected",
}


class NodeServer(WrittenServer):
    """Node.js lets OpenSSL's verification go on after an error, so the error that came last is its word, and then
    closes the connection without an alert."""

    name = "node-server"
    check_option = "--check"

    @classmethod
    def runs_with(cls) -> bool:
        return shutil.which("node") is not None

    @classmethod
    def version(cls) -> str:
        script = "console.log(`${process.versions.node}, OpenSSL ${process.versions.openssl}`)"
        result = run_once(["node", "-e", script])
        return result.stdout.strip()

    def said(self, line: str) -> tuple[str, Said] | None:
        if match := VERDICT.fullmatch(line):
            return match[1], Said("SUCCESS", match[2], protocol=match[2])
        if match := FAILED.fullmatch(line):
            peer, code = match.groups()
            reason = NODE_REASONS.get(code)
            unknown = () if code == "UNSPECIFIED" else (f"unknown: {code}",)
            return peer, Said("FAILED", code, (reason,) if reason else unknown)
        if match := ABORTED.fullmatch(line):
            peer, code = match.groups()
            return peer, Said("NONE" if code == "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE" else "ABORTED", code)
        return None

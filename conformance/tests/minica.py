"""A small CA on the openssl command: certificates that owe nothing to this project's own generator."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

TEST = "/O=mtls-gauntlet TEST DO NOT TRUST"
CA = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
LEAF = ["keyUsage=critical,digitalSignature", "extendedKeyUsage=clientAuth"]
VALID = ("20200101000000Z", "21190101000000Z")
EXPIRED = ("20200101000000Z", "20210101000000Z")
FUTURE = ("21000101000000Z", "21190101000000Z")


def openssl(*command, stdin: bytes = b"") -> bytes:
    result = subprocess.run(["openssl", *map(str, command)], input=stdin, capture_output=True, timeout=60)
    assert result.returncode == 0, f"openssl {command}: {result.stderr.decode(errors='replace')}"
    return result.stdout


@dataclass
class Issued:
    """A certificate and its key, as files."""

    name: str
    certificate: Path
    key: Path
    pem: str = field(repr=False)


class MiniCa:
    """Issues into a folder. `openssl ca` is used, since only it sets both ends of the validity in OpenSSL 3.0."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.count = 0

    def key(self, name: str, kind: str) -> Path:
        path = self.folder / f"{name}.key"
        algorithm, _, size = kind.partition(":")
        options = {
            "rsa": ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{size}"],
            "ec": ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{size}"],
            "ed25519": ["-algorithm", "ED25519"],
            "ed448": ["-algorithm", "ED448"],
        }[algorithm]
        openssl("genpkey", *options, "-out", path)
        return path

    def issue(
        self,
        name: str,
        issuer: Issued | None = None,
        extensions: list[str] = (),
        *,
        kind: str = "ec:P-256",
        digest: str = "sha256",
        validity: tuple[str, str] = VALID,
        subject: str | None = None,
        sigopt: list[str] = (),
    ) -> Issued:
        """Without an issuer it is self-signed."""
        self.count += 1
        key = self.key(name, kind)
        request, certificate = self.folder / f"{name}.csr", self.folder / f"{name}.pem"
        openssl("req", "-new", "-utf8", "-key", key, "-subj", subject or f"{TEST}/CN={name}", "-out", request)
        config = self.folder / f"{name}.cnf"
        (self.folder / f"{name}.index").touch()
        config.write_text(
            f"""[ca]
default_ca = this
[this]
new_certs_dir = {self.folder}
database = {self.folder}/{name}.index
rand_serial = yes
policy = any
unique_subject = no
email_in_dn = no
x509_extensions = v3
[any]
organizationName = optional
commonName = optional
emailAddress = optional
[v3]
subjectKeyIdentifier = hash
"""
            + "\n".join(line.replace("=", " = ", 1) for line in extensions)
            + "\n"
        )
        signer = [] if issuer else ["-selfsign"]
        openssl(
            *["ca", "-batch", "-notext", "-config", config, "-in", request, "-out", certificate],
            *["-startdate", validity[0], "-enddate", validity[1], "-preserveDN"],
            *(["-md", digest] if digest else ["-md", "default"]),
            *[word for option in sigopt for word in ("-sigopt", option)],
            *(["-cert", issuer.certificate, "-keyfile", issuer.key] if issuer else ["-keyfile", key]),
            *signer,
        )
        return Issued(name, certificate, key, certificate.read_text())

    def file(self, name: str, *parts: Issued | str) -> Path:
        path = self.folder / name
        path.write_text("".join(part if isinstance(part, str) else part.pem for part in parts))
        return path

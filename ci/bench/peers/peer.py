"""peer.py cryptography|trustme WORK SECONDS FOLDER: the same work in Python, in pieces a second."""

import datetime
import itertools
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def name(text: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "mtls-gauntlet TEST DO NOT TRUST"),
            x509.NameAttribute(NameOID.COMMON_NAME, text),
        ]
    )


def create(fresh: bool) -> Callable[[], object]:
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    usage = x509.KeyUsage(True, *[False] * 8)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    counter = itertools.count()

    def issue() -> bytes:
        public = (ec.generate_private_key(ec.SECP256R1()) if fresh else key).public_key()
        return (
            x509.CertificateBuilder(
                subject_name=name(f"leaf-{next(counter)}"), issuer_name=name("root"), public_key=public
            )
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2020, 1, 1))
            .not_valid_after(datetime.datetime(2119, 12, 31, 23, 59, 59))
            .add_extension(usage, critical=True)
            .add_extension(purpose, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(authority, critical=False)
            .sign(ca_key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )

    return issue


def parse(folder: Path) -> Callable[[], object]:
    certificates = x509.load_pem_x509_certificates((folder / "roots.pem").read_bytes())
    ders = itertools.cycle([c.public_bytes(serialization.Encoding.DER) for c in certificates])
    return lambda: x509.load_der_x509_certificate(next(ders))


def verify(folder: Path) -> Callable[[], object]:
    trusted = x509.load_pem_x509_certificates((folder / "bundle.pem").read_bytes())
    chain = (folder / "client.pem").read_bytes()
    verifier = verification.PolicyBuilder().store(verification.Store(trusted)).time(NOW).build_client_verifier()

    def check() -> object:
        leaf, *intermediates = x509.load_pem_x509_certificates(chain)
        return verifier.verify(leaf, intermediates)

    return check


def issue_with_trustme() -> Callable[[], object]:
    ca = trustme.CA(key_type=trustme.KeyType.ECDSA)
    counter = itertools.count()
    return lambda: ca.issue_cert(f"leaf-{next(counter)}@example.org", key_type=trustme.KeyType.ECDSA)


def main(library: str, kind: str, seconds: str, folder: str):
    work = {
        ("cryptography", "create"): lambda: create(fresh=False),
        ("cryptography", "create-with-key"): lambda: create(fresh=True),
        ("cryptography", "parse"): lambda: parse(Path(folder)),
        ("cryptography", "verify"): lambda: verify(Path(folder)),
        ("trustme", "create-with-key"): issue_with_trustme,
    }[library, kind]()
    work()
    start, done = time.perf_counter(), 0
    while (took := time.perf_counter() - start) < float(seconds):
        work()
        done += 1
    print(f"{done / took:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])

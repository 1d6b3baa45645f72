"""The same work as the project's own benchmarks, done with Python's cryptography: parse the certificates of a PEM file, and
issue distinct P-256 client certificates under one CA. Prints "parse N" and "create N", in certificates a second."""

import datetime
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SECONDS = 2


def rate(count, work):
    """Calls `work`, which does `count` pieces at a time, for about two seconds."""
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        work()
        done += count
    return done / (time.perf_counter() - start)


def parse(path):
    with open(path, "rb") as file:
        ders = [c.public_bytes(serialization.Encoding.DER) for c in x509.load_pem_x509_certificates(file.read())]
    return rate(len(ders), lambda: [x509.load_der_x509_certificate(der) for der in ders])


def create():
    key = ec.generate_private_key(ec.SECP256R1())

    def name(text):
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "mtls-gauntlet TEST DO NOT TRUST"),
                x509.NameAttribute(NameOID.COMMON_NAME, text),
            ]
        )

    def issue():
        builder = (
            x509.CertificateBuilder(subject_name=name("leaf"), issuer_name=name("root"), public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2020, 1, 1))
            .not_valid_after(datetime.datetime(2119, 12, 31, 23, 59, 59))
            .add_extension(x509.KeyUsage(True, *[False] * 8), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier(bytes(20)), critical=False)
        )
        builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    return rate(1, issue)


if __name__ == "__main__":
    print(f"parse {parse(sys.argv[1]):.0f}")
    print(f"create {create():.0f}")

"""pyca/cryptography's ClientVerifier as its users set it up: every certificate of the file is in the Store, and the one
rule of the Web PKI that no client certificate of a private PKI has to meet, a subject alternative name, is optional."""

import base64
import datetime
import json
import re
import sys
import warnings

import cryptography
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
)

DEPTH = 10
FEATURES = ["clock", "malformed-client-certificate", "p521", "rsa-pss", "sha1", "weak-key"]
BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----")
NO_TRUSTED_ISSUER = (
    "issuer-not-found",
    "local-issuer-not-found",
    "issuer-not-found-leaf-only",
    "self-signed",
    "self-signed-in-chain",
)

# The library tells its errors apart by their text alone. "candidates exhausted" quotes the last candidate's error.
REASONS = (
    ("duplicate extension", ("extension-invalid",)),
    ("cert is not valid at validation time", ("expired", "not-yet-valid")),
    ("signature does not match", ("signature-invalid",)),
    ("required EKU not found", ("purpose-client-auth",)),
    ("path length constraint violated", ("path-length-exceeded",)),
    ("invalid path length", ("path-length-exceeded",)),
    ("max depth exceeded", ("chain-too-long",)),
    ("chain construction exceeds max depth", ("chain-too-long",)),
    ("keyUsage.keyCertSign must be asserted", ("no-cert-sign",)),
    ("keyUsage.keyCertSign must not be asserted", ("cert-sign-non-ca",)),
    ("basicConstraints.cA must be asserted", ("invalid-ca",)),
    ("2.5.29.14: ", ("skid-missing",)),
    ("2.5.29.15: certificate is missing required extension", ("ca-key-usage-missing",)),
    ("2.5.29.19: ", ("invalid-ca", "ca-constraints-not-critical")),
    ("2.5.29.35: ", ("akid-missing", "self-signed")),
    ("unsupported critical extensions", ("critical-extension",)),
    ("unaccounted-for critical extensions", ("critical-extension",)),
    ("no permitted name constraints matched", ("permitted-subtree",)),
    ("excluded name constraint matched", ("excluded-subtree",)),
    ("forbidden signature algorithm", ("digest-too-weak", "signature-algorithm-unknown")),
    ("forbidden public key algorithm", ("ee-key-too-weak", "ca-key-too-weak")),
    ("RSA key is too weak", ("ee-key-too-weak", "ca-key-too-weak")),
    ("mismatch between signatureAlgorithm and SPKI algorithm", ("signature-algorithm-mismatch",)),
    ("all candidates exhausted with no interior errors", NO_TRUSTED_ISSUER),
)


def reasons_of(text: str) -> list[str]:
    for words, slugs in REASONS:
        if words.lower() in text.lower():
            return list(slugs)
    return []


def text_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def verify(chain: list[bytes], trusted: list[x509.Certificate], now: datetime.datetime) -> dict:
    try:
        leaf, *rest = [x509.load_der_x509_certificate(der) for der in chain]
        leaf.extensions  # noqa: B018 - decoded only when asked for
    except Exception as error:  # noqa: BLE001 - DuplicateExtension and InvalidVersion share no base with the rest
        return {"handshake": "ABORTED", "raw": text_of(error)}
    ca = ExtensionPolicy.webpki_defaults_ca()
    ee = ExtensionPolicy.webpki_defaults_ee().may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    builder = PolicyBuilder().store(Store(trusted)).time(now).max_chain_depth(DEPTH)
    builder = builder.extension_policies(ca_policy=ca, ee_policy=ee)
    try:
        builder.build_client_verifier().verify(leaf, rest)
    except Exception as error:  # noqa: BLE001 - VerificationError, and what decoding on demand raises
        return {"handshake": "FAILED", "reason": reasons_of(str(error)), "raw": text_of(error)}
    return {"handshake": "SUCCESS", "raw": ""}


def load(bundle: bytes) -> list[x509.Certificate]:
    certificates = x509.load_pem_x509_certificates(bundle)
    Store(certificates)  # refuses an empty list
    return certificates


def handshake(client: dict, trusted: list[x509.Certificate], now: datetime.datetime) -> dict:
    options = client["options"]
    if (
        options.get("verifyClientCertIssuerDN")
        or options.get("verifyClientAuthMode") == "Passthrough"
        or options.get("verifyClientRevocation") == "OCSP"
    ):
        return {"handshake": "unsupported", "raw": "an option of the gateway"}
    chain = [base64.b64decode(body) for body in BLOCK.findall(client.get("chain", "").encode())]
    if not chain:
        return {"handshake": "NONE", "raw": ""}
    if not trusted:
        return {"handshake": "unsupported", "raw": "a Store cannot be empty"}
    return verify(chain, trusted, now)


def answer(case: dict) -> dict:
    out = {"id": case["id"], "raw": ""}
    now = datetime.datetime.fromisoformat(case["time"].replace("Z", "+00:00")).replace(tzinfo=None)
    trusted = []
    if "bundle" in case:
        try:
            trusted = load(base64.b64decode(case["bundle"]))
            out["upload"] = {"result": "accepted", "raw": ""}
        except Exception as error:  # noqa: BLE001 - as above; a panic of the Rust below is no Exception
            out["upload"] = {"result": "rejected", "raw": text_of(error)}
            return out
    if "client" in case:
        out |= handshake(case["client"], trusted, now)
    return out


def main():
    warnings.simplefilter("ignore", CryptographyDeprecationWarning)
    hello = {
        "protocol": 1,
        "name": "python-cryptography",
        "version": cryptography.__version__,
        "features": FEATURES,
    }
    print(json.dumps(hello), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

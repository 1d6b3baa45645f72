"""What Go's crypto/tls and crypto/x509 say of a client, in the words of net/http's log: "http: TLS handshake error from
127.0.0.1:40000: tls: failed to verify certificate: x509: certificate signed by unknown authority"."""

import re

from .live import Said

HANDSHAKE_ERROR = re.compile(r"http: TLS handshake error from (127\.[\d.]+:\d+): (.*)")
VERIFICATION = re.compile(r"tls: failed to verify (?:client )?certificate: (.*)")

# "unknown authority" is also what Go says when each candidate issuer was tried and failed; its hint then tells why.
NO_TRUSTED_ISSUER = (
    "issuer-not-found",
    "local-issuer-not-found",
    "issuer-not-found-leaf-only",
    "self-signed",
    "self-signed-in-chain",
)

# The first that the words hold. Texts of crypto/x509/verify.go and x509.go, Go 1.19 to 1.26.
REASONS: list[tuple[str, tuple[str, ...]]] = [
    ("unhandled critical extension", ("critical-extension",)),
    ("insecure algorithm", ("digest-too-weak",)),
    ("algorithm unimplemented", ("digest-too-weak", "signature-algorithm-unknown")),
    ("cannot sign this kind of certificate", ("invalid-ca", "no-cert-sign")),
    ("verification failure", ("signature-invalid",)),
    ("verification error", ("signature-invalid",)),
    ("signed by unknown authority", NO_TRUSTED_ISSUER),
    (" is before ", ("not-yet-valid",)),
    (" is after ", ("expired",)),
    ("not authorized to sign other certificates", ("invalid-ca", "no-cert-sign")),
    ("too many intermediates", ("path-length-exceeded",)),
    ("incompatible key usage", ("purpose-client-auth",)),
    ("not authorized for an extended key usage", ("purpose-client-auth",)),
    ("not authorized to sign for this name", ("permitted-subtree", "excluded-subtree")),
    ("issuer has name constraints", ("permitted-subtree", "excluded-subtree")),
    ("unconstrained name", ("permitted-subtree", "excluded-subtree")),
    ("too many name constraints", ("name-constraint-syntax",)),
    ("issuer name does not match subject", ("subject-issuer-mismatch",)),
]


def said_of(words: str) -> Said:
    if "client didn't provide a certificate" in words:
        return Said("NONE", words)
    if match := VERIFICATION.fullmatch(words):
        return Said("FAILED", without_time(words), _reasons(match[1]))
    return Said("ABORTED", words)


def _reasons(words: str) -> tuple[str, ...]:
    return next((reasons for text, reasons in REASONS if text in words), (f"unknown: {words}",))


def without_time(words: str) -> str:
    """The same words in each run."""
    return re.sub(r"current time \S+ is", "current time is", words)

"""What the tests of mtls-validate ask it about, and how its answer is read."""

import json
from pathlib import Path

from minica import CA, EXPIRED, LEAF, MiniCa

NOW = ["--time", "2030-01-01T00:00:00Z"]
CODES = [
    "ApplicationGatewayTrustedClientCertificateMustSpecifyData",
    "ApplicationGatewayTrustedClientCertificateMustNotHavePrivateKey",
    "ApplicationGatewayTrustedClientCertificateInvalidData",
    "ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate",
    "ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate",
]


class Files:
    """A hierarchy made with the openssl command, and files of it."""

    def __init__(self, folder: Path):
        self.folder, ca = folder, MiniCa(folder)
        root = ca.issue("root", None, CA)
        middle = ca.issue("middle", root, CA)
        leaf = ca.issue("leaf", middle, LEAF)
        other_root = ca.issue("other-root", None, CA)
        self.leaf_key = leaf.key
        self.trust = ca.file("trust.pem", root, middle)
        self.root_only = ca.file("root-only.pem", root)
        self.leaf = ca.file("leaf-only.pem", leaf)
        self.chain = ca.file("chain.pem", leaf, middle)
        self.direct = ca.file("direct.pem", ca.issue("direct-leaf", root, LEAF))
        self.expired = ca.file("expired.pem", ca.issue("expired-leaf", middle, LEAF, validity=EXPIRED))
        self.two_roots = ca.file("two-roots.pem", root, other_root)
        self.with_key = ca.file("with-key.pem", root, root.key.read_text())
        self.empty = ca.file("empty.pem")
        self.no_pem = ca.file("no-pem.pem", "no certificate\n")


def answer(result) -> dict:
    assert result.stderr == ""
    return json.loads(result.stdout)

"""Chains made with the openssl command: `mtls-validate client --profile openssl` says what a live nginx logs."""

import json
from pathlib import Path

import pytest
from minica import CA, EXPIRED, FUTURE, LEAF, MiniCa

from mtls_conformance import client
from mtls_conformance.servers import Site
from mtls_conformance.servers.nginx import Nginx
from mtls_conformance.vocabulary import handshake_of

USAGE = "keyUsage=critical,digitalSignature"
NOW = "2030-01-01T00:00:00Z"


class Chains:
    """What the tests below are about: name -> trust file, client's chain, client's key."""

    def __init__(self, folder: Path):
        self.ca = ca = MiniCa(folder)
        self.rows: dict[str, tuple[Path, Path | None, Path | None]] = {}
        self.root = root = ca.issue("root", None, CA)
        self.int = int_ = ca.issue("int", root, CA)
        self.trust = ca.file("trust.pem", root, int_)
        leaf = ca.issue("leaf", int_, LEAF)
        other_root = ca.issue("other-root", None, CA)
        other_int = ca.issue("other-int", other_root, CA)
        other = ca.issue("other", other_int, LEAF)

        self.add("no certificate", self.trust)
        self.add("leaf", self.trust, leaf)
        self.add("leaf and intermediate", self.trust, leaf, int_)
        self.add("whole chain", self.trust, leaf, int_, root)
        self.add("root only trusted, leaf alone", root.certificate, leaf)
        self.add("root only trusted, intermediate sent", root.certificate, leaf, int_)
        self.add("intermediate only trusted", int_.certificate, leaf)
        self.add("intermediate only trusted, whole chain", int_.certificate, leaf, int_, root)
        self.add("unknown leaf", self.trust, other)
        self.add("unknown leaf and intermediate", self.trust, other, other_int)
        self.add("unknown whole chain", self.trust, other, other_int, other_root)
        self.add("several roots trusted", ca.file("two.pem", root, int_, other_root), other, other_int)
        self.add("chain out of order", root.certificate, leaf, root, int_)
        self.add("unrelated certificate sent along", root.certificate, leaf, other_root, int_)
        self.add("root as client", self.trust, root)
        self.add("intermediate as client", self.trust, int_)
        self.add("self-signed client", self.trust, ca.issue("self-signed", None, LEAF))
        self.add("self-signed client that is trusted", *[ca.issue("self-trusted", None, LEAF)] * 2)

        for name, eku in {
            "absent": [],
            "server": ["serverAuth"],
            "client and server": ["serverAuth,clientAuth"],
            "any": ["anyExtendedKeyUsage"],
            "any and client": ["anyExtendedKeyUsage,clientAuth"],
            "email": ["emailProtection"],
            "unknown": ["1.2.3.4"],
            "critical client": ["critical,clientAuth"],
            "critical server": ["critical,serverAuth"],
        }.items():
            self.leaf(f"eku {name}", [USAGE, *(f"extendedKeyUsage={value}" for value in eku)])
        self.leaf("no key usage", ["extendedKeyUsage=clientAuth"])
        self.leaf("no digital signature", ["keyUsage=critical,keyEncipherment", "extendedKeyUsage=clientAuth"])
        self.leaf("key agreement", ["keyUsage=critical,keyAgreement", "extendedKeyUsage=clientAuth"])
        self.leaf("key encipherment of rsa", ["keyUsage=keyEncipherment", "extendedKeyUsage=clientAuth"], kind="rsa:2048")
        self.leaf("unknown critical extension", [*LEAF, "1.2.3.4=critical,ASN1:NULL"])
        self.leaf("unknown extension", [*LEAF, "1.2.3.4=ASN1:NULL"])
        self.leaf("basic constraints of no ca", [*LEAF, "basicConstraints=critical,CA:FALSE"])
        self.leaf("is a ca too", [*CA, "extendedKeyUsage=clientAuth"])
        self.leaf("netscape server type", [USAGE, "nsCertType=server"])
        self.leaf("netscape client type", [USAGE, "nsCertType=client"])
        self.leaf("subject alternative names", [*LEAF, "subjectAltName=DNS:a.test,email:a@a.test,IP:::1"])
        self.leaf("empty subject", LEAF, subject="/")

        self.leaf("expired", LEAF, validity=EXPIRED)
        self.leaf("not yet valid", LEAF, validity=FUTURE)
        self.leaf("expired with the wrong eku", [USAGE, "extendedKeyUsage=serverAuth"], validity=EXPIRED)

        for kind in ("rsa:2048", "rsa:3072", "ec:P-384", "ec:P-521", "ed25519", "ed448", "rsa:1024"):
            digest = "" if kind.startswith("ed") else "sha256"
            self.leaf(f"key {kind}", LEAF, kind=kind)
            own_root = ca.issue(f"root-{kind}".replace(":", "-"), None, CA, kind=kind, digest=digest)
            below = ca.issue(f"below-{kind}".replace(":", "-"), own_root, LEAF, digest=digest)
            self.add(f"root's key {kind}", own_root.certificate, below)
        for digest in ("sha1", "sha224", "sha384", "sha512"):
            self.leaf(f"digest {digest}", LEAF, digest=digest)
        sha1_int = ca.issue("sha1-int", root, CA, digest="sha1")
        self.under("intermediate signed with sha1", sha1_int)

        self.under("expired intermediate", ca.issue("expired-int", root, CA, validity=EXPIRED))
        self.under("intermediate not yet valid", ca.issue("future-int", root, CA, validity=FUTURE))
        no_sign = ca.issue("no-sign", root, ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,cRLSign"])
        self.under("intermediate without keyCertSign", no_sign)
        self.under("intermediate without key usage", ca.issue("no-usage", root, ["basicConstraints=critical,CA:TRUE"]))
        self.under("intermediate that is no ca", ca.issue("no-ca", root, ["basicConstraints=CA:FALSE"]))
        self.under("intermediate without basic constraints", ca.issue("no-bc", root, [CA[1]]))
        for value in ("serverAuth", "clientAuth", "anyExtendedKeyUsage"):
            self.under(f"intermediate's eku {value}", ca.issue(f"int-{value}", root, [*CA, f"extendedKeyUsage={value}"]))
        unknown = ca.issue("unknown-critical", root, [*CA, "1.2.3.4=critical,ASN1:NULL"])
        self.under("intermediate with an unknown critical extension", unknown)
        for kind in ("permitted;email:other.test", "excluded;email:a.test", "permitted;email:a.test"):
            constrained = ca.issue(f"nc-{self.ca.count}", root, [*CA, f"nameConstraints=critical,{kind}"])
            self.under(f"name constraints {kind}", constrained, [*LEAF, "subjectAltName=email:a@a.test"])

        no_path = ca.issue("path-0", root, ["basicConstraints=critical,CA:TRUE,pathlen:0", CA[1]])
        self.under("path length 0 kept", no_path)
        self.under("path length 0 exceeded", ca.issue("below-path-0", no_path, CA), above=[no_path])
        deep = [root]
        for depth in range(11):
            deep.append(ca.issue(f"deep-{depth}", deep[-1], CA))
            if depth in (3, 7, 8, 9, 10):
                below = ca.issue(f"deep-leaf-{depth}", deep[-1], LEAF)
                self.add(f"{depth + 1} intermediates sent", root.certificate, below, *reversed(deep[1:]))
                self.add(f"{depth + 1} intermediates trusted", ca.file(f"deep-{depth}.trust", *deep), below)

        expired_root = ca.issue("expired-root", None, CA, validity=EXPIRED)
        self.add("expired root", expired_root.certificate, ca.issue("below-expired-root", expired_root, LEAF))
        same_name = ca.issue("same-name", None, CA, subject="/O=mtls-gauntlet TEST DO NOT TRUST/CN=root")
        self.add("another root of the same name", same_name.certificate, leaf, int_)
        self.add("root in the client's chain differs", self.trust, leaf, same_name)

    def add(self, name: str, trust, *chain):
        assert name not in self.rows
        trust = trust if isinstance(trust, Path) else trust.certificate
        if chain:
            file = self.ca.file(f"{len(self.rows)}.chain", *chain)
            self.rows[name] = (trust, file, chain[0].key)
        else:
            self.rows[name] = (trust, None, None)

    def leaf(self, name: str, extensions: list[str], **options):
        """A leaf of the good intermediate."""
        self.add(name, self.trust, self.ca.issue(f"leaf-{self.ca.count}", self.int, extensions, **options))

    def under(self, name: str, issuer, extensions: list[str] = LEAF, above=()):
        """A good leaf below this intermediate, which is trusted."""
        trust = self.ca.file(f"{len(self.rows)}.trust", self.root, *above, issuer)
        self.add(name, trust, self.ca.issue(f"leaf-{self.ca.count}", issuer, extensions))


@pytest.fixture(scope="module")
def chains(tmp_path_factory) -> Chains:
    return Chains(tmp_path_factory.mktemp("chains"))


@pytest.fixture(scope="module")
def logged(chains) -> dict[str, dict]:
    """What nginx logs of each, which must be the same over TLS 1.2 and 1.3."""
    files = {f"n{number}.test": Site(trust) for number, (trust, _, _) in enumerate(chains.rows.values())}
    with Nginx(files) as server:
        replies = {}
        for number, (_, chain, key) in enumerate(chains.rows.values()):
            for version in client.VERSIONS:
                context = client.context_for(chain, key, version)
                path = f"/{number}/{version}"
                replies[path] = client.request(server.address, f"n{number}.test", path, context)
        log = server.finish()
    found = {}
    for number, name in enumerate(chains.rows):
        said = []
        for version in client.VERSIONS:
            reply = replies[f"/{number}/{version}"]
            assert len(log.get(reply.peer, [])) == 1, f"{name}: {version}: {reply}, logged {log.get(reply.peer)}"
            said.append(handshake_of(log[reply.peer][0].verify, log[reply.peer][0].status))
        assert said[0] == said[1], f"{name}: TLS 1.2 and 1.3 differ"
        found[name] = said[0]
    return found


def test_every_chain_is_answered_as_nginx_does(chains, logged, mtls_validate, run):
    differing = []
    for name, (trust, chain, _) in chains.rows.items():
        command = [mtls_validate, "client", "--profile", "openssl", "--json", "--time", NOW, "--trust", trust]
        answer = run(*command, *(["--cert", chain] if chain else []))
        assert answer.returncode in (0, 1), f"{name}: {answer.stderr}"
        said = json.loads(answer.stdout)
        got = {member: said[member] for member in ("sslClientVerify", "reason", "httpStatus")}
        wanted = {member: logged[name][member] for member in got}
        if (got["reason"], got["httpStatus"]) != (wanted["reason"], wanted["httpStatus"]) or (
            handshake_of(got["sslClientVerify"], None)["result"] != logged[name]["result"]
        ):
            differing.append(f"{name}: nginx {wanted}, mtls-validate {got}")
    assert len(chains.rows) >= 60
    assert differing == []


def test_the_chains_are_not_all_alike(logged):
    """Positive control: were the chains all good, or all bad alike, the comparison above would show nothing."""
    reasons = {answer["reason"] for answer in logged.values()}
    assert {None, "expired", "not-yet-valid", "purpose-client-auth", "self-signed", "self-signed-in-chain"} < reasons
    assert {"issuer-not-found", "local-issuer-not-found", "issuer-not-found-leaf-only"} < reasons
    assert {answer["result"] for answer in logged.values()} == {"SUCCESS", "FAILED", "NONE"}

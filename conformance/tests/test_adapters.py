"""Positive controls of every adapter that is built here: it lets the plain good client in, and refuses an unknown
issuer, an expired leaf and a forged signature for that reason. The certificates are the openssl command's."""

import base64
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from minica import CA, EXPIRED, LEAF, MiniCa

from mtls_conformance.targets import library
from mtls_conformance.targets.adapter import Adapter, Answer, Limits, Outcome
from mtls_conformance.vocabulary import reasons

NAMES = library.names()
WORDS = {
    "clock", "rsa-pss", "ed25519", "ed448", "p521", "secp256k1", "explicit-ec-parameters", "weak-key", "sha1",
    "ocsp", "passthrough", "malformed-client-certificate",
}  # fmt: skip
IGNORES_EXTENDED_KEY_USAGE = {"bearssl"}  # "Extended Key Usage: ignored", says its x509_minimal
IN_C = sorted(library.ADDRESS_SPACE)
NOW = "2030-01-01T00:00:00Z"
AKI = "authorityKeyIdentifier=keyid:always"


def pem_of(der: bytes) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"


def der_of(pem: str) -> bytes:
    return base64.b64decode("".join(pem.split("-----")[2].split()))


def a_case(name: str, bundle: str | None, chain: str | None, key: Path | None, **rest) -> dict:
    options = {"verifyClientCertIssuerDN": False, "verifyClientAuthMode": "Strict", "verifyClientRevocation": "None"}
    client = {"options": options | rest.pop("options", {})}
    if chain is not None:
        client |= {"chain": chain, "key": key.read_text()}
    case = {"id": f"control/{name}", "summary": "", "cites": [], "tags": [], "features": [], "time": NOW}
    case |= {"client": client, "certificates": [], "expect": {}}
    if bundle is not None:
        case["bundle"] = base64.b64encode(bundle.encode()).decode()
    return case | rest


@pytest.fixture(scope="session")
def controls(tmp_path_factory) -> dict[str, dict]:
    ca = MiniCa(tmp_path_factory.mktemp("controls"))
    root = ca.issue("root", None, CA)
    intermediate = ca.issue("intermediate", root, [*CA, AKI])
    leaf = ca.issue("leaf", intermediate, [*LEAF, AKI])
    expired = ca.issue("expired", intermediate, [*LEAF, AKI], validity=EXPIRED)
    server = ca.issue("server", intermediate, [LEAF[0], "extendedKeyUsage=serverAuth", AKI])
    other_root = ca.issue("other-root", None, CA)
    stranger = ca.issue("stranger", other_root, [*LEAF, AKI])
    der = der_of(leaf.pem)
    forged = pem_of(der[:-1] + bytes([der[-1] ^ 1]))
    bundle = intermediate.pem + root.pem
    return {
        "good": a_case("good", bundle, leaf.pem, leaf.key),
        "good-with-intermediate": a_case("good-sent", root.pem, leaf.pem + intermediate.pem, leaf.key),
        "unknown-issuer": a_case("unknown-issuer", bundle, stranger.pem, stranger.key),
        "expired": a_case("expired", bundle, expired.pem, expired.key),
        "forged": a_case("forged", bundle, forged, leaf.key),
        "server-only": a_case("server-only", bundle, server.pem, server.key),
        "later": a_case("later", bundle, leaf.pem, leaf.key, time="2119-06-01T00:00:00Z", tags=["clock"]),
        "no-certificate": a_case("no-certificate", bundle, None, None),
        "junk-uploaded": a_case("junk-uploaded", "no certificate\n", leaf.pem, leaf.key),
        "not-der": a_case("not-der", bundle, pem_of(der[:100]), leaf.key, features=["malformed-client-certificate"]),
        "passthrough": a_case("pass", bundle, leaf.pem, leaf.key, options={"verifyClientAuthMode": "Passthrough"}),
    }


@pytest.fixture(params=NAMES, scope="module")
def adapter(request):
    yield from started(request.param)


@pytest.fixture(params=IN_C, scope="module")
def adapter_in_c(request):
    yield from started(request.param)


def started(name: str):
    if missing := library.LibraryTarget(name).missing:
        pytest.skip(missing)
    space = library.ADDRESS_SPACE_BYTES if name in library.ADDRESS_SPACE else None
    limits = Limits(address_space_bytes=space)
    with Adapter([library.BUILT / name / "adapter"], limits=limits, known_reasons=frozenset(reasons())) as adapter:
        yield adapter


def ask(adapter: Adapter, case: dict) -> Answer:
    if lacking := set(case["features"]) - adapter.hello.features:
        pytest.skip(f"{adapter.hello.name} does not support {', '.join(lacking)}")
    if "clock" in case["tags"] and "clock" not in adapter.hello.features:
        pytest.skip(f"{adapter.hello.name} takes no time")
    answer = adapter.ask(case)
    assert answer.outcome is Outcome.ANSWER, answer.detail
    return answer


def test_greets_with_its_folder_name_a_version_and_known_features(adapter):
    assert adapter.hello.name == Path(adapter.command[0]).parent.name
    assert re.match(r"\d+(\.\d+)+", adapter.hello.version)
    assert adapter.hello.features <= WORDS


@pytest.mark.parametrize("name", ["good", "good-with-intermediate"])
def test_lets_the_good_client_in(adapter, controls, name):
    answer = ask(adapter, controls[name])
    assert answer.upload["result"] == "accepted"
    assert (answer.handshake, answer.reasons) == ("SUCCESS", ()), answer.raw


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("unknown-issuer", "issuer-not-found-leaf-only"),
        ("expired", "expired"),
        ("forged", "signature-invalid"),
    ],
)
def test_refuses_the_bad_client_for_the_reason(adapter, controls, name, reason):
    answer = ask(adapter, controls[name])
    assert answer.handshake == "FAILED", answer
    assert reason in answer.reasons, answer
    assert answer.raw


def test_tells_an_expired_leaf_from_an_unknown_issuer_and_a_forged_one(adapter, controls):
    expired = set(ask(adapter, controls["expired"]).reasons)
    assert not expired & set(ask(adapter, controls["unknown-issuer"]).reasons)
    assert not expired & set(ask(adapter, controls["forged"]).reasons)


def test_refuses_a_certificate_for_servers_only(adapter, controls):
    answer = ask(adapter, controls["server-only"])
    if adapter.hello.name in IGNORES_EXTENDED_KEY_USAGE:
        assert answer.handshake == "SUCCESS"
    else:
        assert (answer.handshake, "purpose-client-auth" in answer.reasons) == ("FAILED", True), answer


def test_takes_the_time_of_the_case(adapter, controls):
    answer = ask(adapter, controls["later"])
    if answer.upload["result"] == "accepted":
        assert (answer.handshake, "expired" in answer.reasons) == ("FAILED", True), answer
    else:  # wolfSSL looks at the validity when it loads the file
        assert answer.upload["raw"]


def test_no_certificate_is_none(adapter, controls):
    assert ask(adapter, controls["no-certificate"]).handshake == "NONE"


def test_nobody_gets_in_under_a_file_without_certificates(adapter, controls):
    answer = ask(adapter, controls["junk-uploaded"])
    assert answer.upload["result"] == "rejected" or answer.handshake == "FAILED"


def test_chain_that_does_not_decode_is_aborted(adapter, controls):
    answer = ask(adapter, controls["not-der"])
    assert (answer.handshake, answer.reasons) == ("ABORTED", ())
    assert answer.raw


def test_option_of_the_gateway_is_unsupported(adapter, controls):
    assert ask(adapter, controls["passthrough"]).handshake == "unsupported"


def test_without_an_upload_nobody_is_trusted(adapter, controls):
    case = {member: value for member, value in controls["good"].items() if member != "bundle"}
    assert ask(adapter, case).handshake in {"FAILED", "unsupported"}


def test_no_case_leaves_anything_behind_for_the_next(adapter, controls):
    asked = [case for case in controls.values() if set(case["features"]) <= adapter.hello.features]

    def said(case: dict) -> str:
        answer = adapter.ask(case)
        return json.dumps([answer.upload, answer.handshake, answer.reasons, answer.raw])

    forwards = {case["id"]: said(case) for case in asked}
    assert {case["id"]: said(case) for case in reversed(asked)} == forwards


def test_hundreds_of_cases_do_not_grow_it(adapter_in_c, controls):
    def resident() -> int:
        return int(Path(f"/proc/{adapter_in_c._process.pid}/statm").read_text().split()[1]) * 4096

    cases = [controls["good"], controls["forged"], controls["not-der"], controls["junk-uploaded"]]
    for case in cases * 50:
        ask(adapter_in_c, case)
    before = resident()
    for case in cases * 100:
        ask(adapter_in_c, case)
    assert resident() - before < 2 << 20


def test_openssl_without_a_context_says_why(controls, tmp_path):
    """Its configuration asks for a provider that is not there."""
    if missing := library.LibraryTarget("openssl").missing:
        pytest.skip(missing)
    configuration = tmp_path / "openssl.cnf"
    configuration.write_text("openssl_conf = all\n[all]\nalg_section = evp\n[evp]\ndefault_properties = fips=yes\n")
    environment = {**os.environ, "OPENSSL_CONF": str(configuration)}
    without_upload = {member: value for member, value in controls["good"].items() if member != "bundle"}
    with Adapter([library.BUILT / "openssl" / "adapter"], environment=environment) as adapter:
        uploaded, bare = ask(adapter, controls["good"]), ask(adapter, without_upload)
    assert uploaded.upload == {"result": "unsupported", "raw": bare.raw}
    assert (uploaded.handshake, bare.handshake) == ("unsupported", "unsupported")
    assert "SSL routines" in bare.raw


@pytest.mark.parametrize("name", ["bouncycastle", "java-pkix"])
def test_java_starts_in_a_folder_whose_letters_the_locale_lacks(controls, tmp_path, name):
    if missing := library.LibraryTarget(name).missing:
        pytest.skip(missing)
    folder = tmp_path / "é ü"
    shutil.copytree(library.BUILT / name, folder)
    with Adapter([folder / "adapter"], environment={**os.environ, "LC_ALL": "C"}) as adapter:
        assert ask(adapter, controls["good"]).handshake == "SUCCESS"


def test_recipe_says_what_installs_what_is_missing(tmp_path, monkeypatch):
    empty = tmp_path / "bin"
    empty.mkdir()
    for tool in ("bash", "dirname", "sh", "env", "printf", "cat"):
        found = next(p for p in (Path("/bin") / tool, Path("/usr/bin") / tool) if p.exists())
        (empty / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(empty))
    for name in NAMES:
        if name != "python-cryptography":  # takes the distribution's Python by its path
            assert re.search("to install it:\n    (apt-get install|rustup)", library.recipe(name).missing or ""), name

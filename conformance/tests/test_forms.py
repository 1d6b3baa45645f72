"""The forms limbo and fuzz-seeds of a corpus, and variants of one scenario."""

import json
import re
import subprocess

import pytest
from project import base_cases, program

# The ids and times of x509-limbo's published schema and models.
LIMBO_ID = re.compile(r"^([A-Za-z][A-Za-z0-9-.]+::)*([A-Za-z][A-Za-z0-9-.]+)$")
LIMBO_MEMBERS = {
    "id", "conflicts_with", "features", "description", "validation_kind", "trusted_certs", "untrusted_intermediates",
    "peer_certificate", "peer_certificate_key", "validation_time", "signature_algorithms", "key_usage",
    "extended_key_usage", "expected_result", "expected_peer_name", "expected_peer_names", "max_chain_depth",
}  # fmt: skip


@pytest.fixture(scope="module")
def limbo(tmp_path_factory):
    path = tmp_path_factory.mktemp("limbo") / "limbo.json"
    made = subprocess.run(
        [program("mtls-gen"), "corpus", "--format", "limbo", "--out", path], capture_output=True, text=True, timeout=300
    )
    assert made.returncode == 0, made.stderr
    return json.loads(path.read_text()), made.stderr


def test_limbo_has_the_members_and_ids_of_its_schema(limbo):
    suite, said = limbo
    cases = suite["testcases"]
    assert suite["version"] == 1 and cases
    assert len({case["id"] for case in cases}) == len(cases)
    for case in cases:
        assert set(case) == LIMBO_MEMBERS and LIMBO_ID.match(case["id"]), case["id"]
        assert case["validation_kind"] == "CLIENT" and case["extended_key_usage"] == ["clientAuth"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", case["validation_time"])
    written, left_out = (int(number) for number in re.findall(r"^(\d+) cases", said, re.M))
    assert (written, written + left_out) == (len(cases), len(base_cases()))


def test_limbo_says_what_the_profile_openssl_expects(limbo):
    expected = {case["id"]: case["expected_result"] for case in limbo[0]["testcases"]}
    assert expected["mtls::handshake::leaf"] == "SUCCESS"
    assert expected["mtls::handshake::expired"] == "FAILURE"
    assert "mtls::handshake::no-certificate" not in expected


@pytest.mark.parametrize("name, expected", [("a", "mtls::case-a"), ("1", "mtls::case-1"), ("2-cas", "mtls::case-2-cas"),
                                            ("ab", "mtls::ab")])  # fmt: skip
def test_limbo_has_an_id_for_every_name_of_a_scenario(run, mtls_gen, tmp_path, name, expected):
    (tmp_path / f"{name}.yaml").write_text(ONE)
    made = run(mtls_gen, "corpus", "--no-builtin", "--scenarios", tmp_path / f"{name}.yaml", "--format", "limbo", "--out",
               "-")  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert [case["id"] for case in json.loads(made.stdout)["testcases"]] == [expected]
    assert LIMBO_ID.match(expected)


ONE = """\
summary: A chain.
cites: [rfc5280#4.1]
certificates: {root: {ca: true}, leaf: {issuer: root}}
upload: [root]
client: {chain: [leaf]}
expect: {openssl: {upload: {result: accepted, basis: observed}, handshake: {result: SUCCESS, basis: observed}}}
"""

VARIANTS = """\
summary: A chain.
cites: [rfc5280#4.1]
certificates:
  root: {ca: true}
  int: {ca: true, issuer: root, deepen: true}
  leaf: {issuer: int}
upload: [root, int]
client: {chain: [leaf, int]}
expect:
  azure-appgw: {upload: {result: accepted, issuer-dn: int, basis: inferred}}
variants:
  key: [ed25519, rsa2048]
  digest: [sha512]
  depth: [3]
  eol:
    crlf: {base: true}
    cr:
      without: [key]
      expect: {azure-appgw: {upload: {code: ApplicationGatewayTrustedClientCertificateInvalidData, basis: inferred}}}
"""


@pytest.fixture
def variants(run, mtls_gen, tmp_path):
    (tmp_path / "chain.yaml").write_text(VARIANTS)

    def make(suite: str) -> dict:
        made = run(mtls_gen, "corpus", "--no-builtin", "--scenarios", tmp_path / "chain.yaml", "--suite", suite,
                   "--format", "jsonl", "--out", "-")  # fmt: skip
        assert made.returncode == 0, made.stderr
        return {case["id"]: case for case in map(json.loads, made.stdout.splitlines())}

    return make


def test_variants_are_all_combinations_that_go_together(variants):
    assert set(variants("base")) == {"chain", "chain@crlf"}
    full = variants("full")
    # keys: none, ed25519, rsa2048; digest: 2, not with Ed25519; depth: 2; line ends: 3, cr only without a key
    assert len(full) == (2 * 2 * 3) + (1 * 2 * 2) + (2 * 2 * 2)
    assert "chain@rsa2048,sha512,depth-3,crlf" in full
    assert not [name for name in full if "ed25519,sha512" in name or ("rsa2048" in name and name.endswith(",cr"))]


def test_variants_change_what_they_say(variants):
    full = variants("full")
    assert {c["key"] for c in full["chain@rsa2048"]["certificates"]} == {"rsa2048"}
    labels = [c["label"] for c in full["chain@depth-3"]["certificates"]]
    assert sorted(labels) == ["int", "int-1", "int-2", "leaf", "root"]
    answer = full["chain@cr"]["expect"]["azure-appgw"]["upload"]["anyOf"][0]
    assert answer["result"] == "rejected" and full["chain"]["expect"]["azure-appgw"]["upload"]["anyOf"][0] != answer

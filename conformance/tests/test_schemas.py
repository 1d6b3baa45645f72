"""The schemas of scenarios and answers. JSON is YAML, so the same text goes to the schema and to mtls-gen."""

import json

import jsonschema
import pytest
from project import ROOT

SCENARIO = jsonschema.Draft202012Validator(json.loads((ROOT / "corpus/schema/scenario.schema.json").read_text()))
ANSWER = jsonschema.Draft202012Validator(json.loads((ROOT / "corpus/schema/answer.schema.json").read_text()))


def a_scenario() -> dict:
    return {
        "summary": "A root, an intermediate and a leaf.",
        "cites": ["rfc5280#4.1"],
        "certificates": {
            "root": {"ca": True, "path-len": 2, "key": "p384", "validity": {"not-after": "clock+90d"}},
            "int": {"ca": True, "issuer": "root", "deepen": True, "san": [{"dns": "a.test"}]},
            "leaf": {
                "issuer": {"name": "int", "key": "int"},
                "eku": {"purposes": ["clientAuth"], "critical": True},
                "faults": [{"at": "signatureValue", "do": "lie", "by": 1}],
            },
        },
        "upload": {"parts": ["root", {"cert": "int", "width": 76}, {"key": "leaf", "form": "sec1"}], "eol": "crlf"},
        "client": {"chain": ["leaf", "int"], "options": {"verifyClientCertIssuerDN": True}},
        "expect": {
            "azure-appgw": {
                "upload": {"any-of": [{"result": "accepted", "issuer-dn": "int"}], "basis": "inferred", "note": "A test."},
                "handshake": {"reason": "expired", "basis": "inferred"},
            }
        },
        "variants": {"key": ["rsa2048"], "depth": ["3"], "eol": {"cr": {"without": ["key"]}}},
    }


MISTAKES = {
    "unknown key": (["uploads"], []),
    "no summary": (["summary"], None),
    "no cite": (["cites"], []),
    "key of a certificate": (["certificates", "root", "kei"], "p256"),
    "purpose": (["certificates", "leaf", "eku", "purposes"], ["client"]),
    "operation": (["certificates", "leaf", "faults", 0, "do"], "delte"),
    "line end": (["upload", "eol"], "clrf"),
    "option": (["client", "options", "verifyClientAuthMode"], "strict"),
    "profile": (["expect", "azure"], {}),
    "basis": (["expect", "azure-appgw", "handshake", "basis"], "guessed"),
    "reason": (["expect", "azure-appgw", "handshake", "reason"], "expire"),
    "dimension": (["variants", "keys"], ["p384"]),
    "choice": (["variants", "key"], ["p385"]),
}


def changed(path: list, value) -> dict:
    scenario = at = a_scenario()
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return scenario


def is_taken(run, mtls_gen, tmp_path, scenario: dict) -> bool:
    path = tmp_path / "scenario.yaml"
    path.write_text(json.dumps(scenario))
    return run(mtls_gen, "scenario", path, "--out", tmp_path / "out").returncode == 0


def test_the_schema_and_the_program_take_a_good_scenario(run, mtls_gen, tmp_path):
    SCENARIO.validate(a_scenario())
    assert is_taken(run, mtls_gen, tmp_path, a_scenario())


@pytest.mark.parametrize("name", MISTAKES)
def test_the_schema_and_the_program_refuse_the_same_mistakes(run, mtls_gen, tmp_path, name):
    scenario = changed(*MISTAKES[name])
    assert not SCENARIO.is_valid(scenario)
    assert not is_taken(run, mtls_gen, tmp_path, scenario)


def test_answers():
    good = {"id": "a/b", "upload": {"result": "accepted", "raw": ""}, "handshake": "FAILED", "reason": ["expired"], "raw": ""}
    ANSWER.validate(good)
    for change in ({"raw": None}, {"handshake": "MAYBE"}, {"reason": "no such"}, {"more": 1}, {"upload": {}}):
        assert not ANSWER.is_valid({**good, **change}), change

"""A basis is as strong as what the case cites: the words of docs/facts.md and of the seed document."""

import json
import re

from project import ROOT

FACTS = dict(re.findall(r"^\| `([a-z0-9-]+)` \|.*\| ([a-z, ]+) \|$", (ROOT / "docs/facts.md").read_text(), re.MULTILINE))


def supported(basis: str, cites: list[str]) -> bool:
    words = [FACTS.get(cite.removeprefix("facts#"), "") for cite in cites if cite.startswith("facts#")]
    return any(basis in word for word in words) or (basis == "documented" and any(c.startswith("seed#") for c in cites))


def test_a_basis_needs_its_source():
    assert supported("recorded", ["facts#expired-ca"]) and not supported("recorded", ["facts#nginx-good", "seed#overview"])
    assert supported("documented", ["seed#overview"]) and not supported("documented", ["rfc5280#4.2"])


def test_what_is_recorded_or_documented_cites_where():
    cases = [json.loads(path.read_text()) for path in sorted((ROOT / "corpus/base").rglob("case.json"))]
    assert len(cases) > 600
    stages = [(c, s["basis"]) for c in cases for s in c["expect"].get("azure-appgw", {}).values() if "basis" in s]
    unsupported = {c["id"] for c, basis in stages if basis in ("recorded", "documented") and not supported(basis, c["cites"])}
    assert not unsupported

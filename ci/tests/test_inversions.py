"""fuzz/second/inversions.def names causes: each is one of the conformance suite's, which cites why."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CAUSES = ROOT / "conformance/mtls_conformance/expectations/causes.yaml"


def test_every_cause_of_an_inversion_is_cited():
    rows = re.findall(r'^INVERSION\("([^"]+)"', (ROOT / "fuzz/second/inversions.def").read_text(), re.M)
    causes = yaml.safe_load(CAUSES.read_text())
    assert len(rows) > 20
    assert [cause for cause in rows if not causes.get(cause, {}).get("cite")] == []

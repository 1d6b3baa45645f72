"""fuzz/second/inversions.def names causes and reasons: each cause is one of the conformance suite's, which cites why,
and each reason one of the vocabulary's, or a library's own word for what has none there."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "fuzz/second/inversions.def").read_text()
CAUSES = ROOT / "conformance/mtls_conformance/expectations/causes.yaml"
VOCABULARY = ROOT / "core/vocabulary.def"
OWN_WORD = re.compile(r"SEC_ERROR_[A-Z_]+|-[0-9]+|0x[0-9a-f]+")  # NSS; wolfSSL; GnuTLS


def unknown_reasons(table):
    slugs = set(re.findall(r'^REASON\(\w+, "([^"]+)"', VOCABULARY.read_text(), re.M))
    rest = re.sub(r'/\*.*?\*/|^#error[^\n]*|^(?:INVERSION|FIXED)\("[^"]+"', "", table, flags=re.S | re.M)
    reasons = set(re.findall(r'"([^"\n]+)"', rest))
    return {reason for reason in reasons if reason not in slugs and not OWN_WORD.fullmatch(reason)}


def test_every_cause_of_an_inversion_is_cited():
    rows = re.findall(r'^(?:INVERSION|FIXED)\("([^"]+)"', TABLE, re.M)
    causes = yaml.safe_load(CAUSES.read_text())
    assert len(rows) > 20
    assert [cause for cause in rows if not causes.get(cause, {}).get("cite")] == []


def test_every_reason_of_an_inversion_is_a_word_that_an_adapter_gives():
    assert unknown_reasons(TABLE) == set()
    assert unknown_reasons(TABLE.replace('"ee-key-too-weak")', '"key-too-weak")')) == {"key-too-weak"}

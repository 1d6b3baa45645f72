"""The vocabulary in Python is that of core/vocabulary.def."""

import shutil
import subprocess
import sys

import pytest
from project import ROOT, base_cases

from mtls_conformance import vocabulary
from mtls_conformance.report import citations


def test_it_is_expanded_from_the_table():
    result = subprocess.run([sys.executable, ROOT / "ci/expand.py", "--check"], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_a_changed_table_is_noticed(tmp_path):
    for name in (
        "CMakeLists.txt",
        "ci/expand.py",
        "core/vocabulary.def",
        "corpus/schema/answer.schema.json",
        "corpus/schema/case.schema.json",
        "corpus/schema/scenario.schema.json",
        "docs/codes.md",
        "docs/facts.md",
        "gen/coverage.def",
        "conformance/mtls_conformance/__init__.py",
        "conformance/mtls_conformance/citations.json",
        "conformance/mtls_conformance/vocabulary.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    table = tmp_path / "core/vocabulary.def"
    table.write_text(table.read_text().replace('"expired"', '"stale"'))
    project = tmp_path / "CMakeLists.txt"
    project.write_text(project.read_text().replace("gauntlet VERSION ", "gauntlet VERSION 9"))
    result = subprocess.run([sys.executable, tmp_path / "ci/expand.py", "--check"], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout.count("run ci/expand.py") == 6
    facts = tmp_path / "docs/facts.md"
    facts.write_text(facts.read_text().replace("Nothing sent", "Something sent"))
    result = subprocess.run([sys.executable, tmp_path / "ci/expand.py", "--check"], capture_output=True, text=True)
    assert result.stdout.count("run ci/expand.py") == 7


def test_every_citation_of_the_corpus_has_its_words():
    cited = {cite for case in base_cases() for cite in case.cites}
    assert len(cited) > 100
    for cite in cited:
        words, address = citations.look_up(cite)
        assert words and words != cite and "row " not in words, cite
        assert address or cite.startswith("facts#"), cite


def test_an_appendix_is_cited_like_a_section():
    assert citations.look_up("rfc5280#a.1") == ("RFC 5280, appendix A.1", "https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1")
    assert citations.look_up("rfc7468#2") == ("RFC 7468, section 2", "https://www.rfc-editor.org/rfc/rfc7468#section-2")


@pytest.mark.parametrize(
    "spelling, slug",
    [
        ("unsuitable certificate purpose", "purpose-client-auth"),  # OpenSSL 3.0.8 and later
        ("unsupported certificate purpose", "purpose-client-auth"),  # up to 3.0.7
        ("Unsupported certificate purpose", "purpose-client-auth"),  # the gateway
        ("self signed certificate", "self-signed"),  # OpenSSL 1.1
        ("self-signed certificate", "self-signed"),
        ("Unable to verify the client certificate issuer", "issuer-dn-mismatch"),
        ("certificate has expire", None),
    ],
)
def test_a_reason_is_known_in_every_spelling(spelling, slug):
    assert vocabulary.reason_of(spelling) == slug


def test_a_reason_without_a_row_is_seen_and_equals_nothing():
    answer = vocabulary.handshake_of("FAILED:the moon is full", 400)
    assert answer["result"] == "FAILED"
    assert answer["reason"] not in vocabulary.reasons() and "the moon is full" in answer["reason"]


def test_no_two_reasons_share_a_spelling():
    rows = vocabulary.vocabulary()["reasons"]
    spellings = [
        spelling
        for row in rows
        for spelling in {(row[kind] or "").lower() for kind in ("spelling", "oldSpelling", "gatewaySpelling")} - {""}
    ]
    assert len(spellings) == len(set(spellings)) > len(rows)


def test_the_first_error_for_a_leaf_without_an_issuer_stands_for_two():
    both = ("local-issuer-not-found", "issuer-not-found-leaf-only")
    assert vocabulary.reasons_of_first_error(20) == both
    assert vocabulary.reasons_of_first_error_text("unable to get local issuer certificate") == both
    assert vocabulary.reasons_of_first_error(10) == vocabulary.reasons_of_first_error_text("certificate has expired") == ("expired",)


def test_an_error_that_nobody_knows_equals_no_expectation():
    assert vocabulary.reason_of_number(4711) == "unknown: 4711"
    assert vocabulary.reasons_of_first_error_text("out of cheese") == ("unknown: out of cheese",)

"""The suite against itself: every citation leads somewhere, every sentence has its cases, and no two cases ask the same."""

import json
import re
import subprocess
from collections import defaultdict
from dataclasses import replace

import pytest
from mtls_conformance.corpus import load
from project import ROOT, base_cases, program

FACT = re.compile(r"^\| `([a-z0-9-]+)` \|", re.MULTILINE)
HEADING = re.compile(r"^\| `(seed#[a-z0-9-]+)` \|", re.MULTILINE)
SENTENCE = re.compile(r'SENTENCE\("(seed#[^"]+)"')
ELSEWHERE = re.compile(r"(rfc\d+#(\d|[a-z](\.|$))|x6[89]0#\d|openssl#[a-z0-9_]+$|nginx#[a-z0-9_]+$)")


def known_anchors() -> set[str]:
    facts = FACT.findall((ROOT / "docs/facts.md").read_text())
    headings = HEADING.findall((ROOT / "docs/sources.md").read_text())
    sentences = SENTENCE.findall((ROOT / "gen/coverage.def").read_text())
    return {f"facts#{anchor}" for anchor in facts} | set(headings) | set(sentences)


def unknown_citations(cases, anchors: set[str]) -> list[tuple[str, str]]:
    return [
        (case.id, cite) for case in cases for cite in case.cites if cite not in anchors and not ELSEWHERE.match(cite)
    ]


def open_sentences(sentences: list[dict]) -> list[str]:
    """The sentences with neither a case nor a reason, and those with both."""
    return [each["anchor"] for each in sentences if bool(each["reason"]) == bool(each["scenarios"])]


def same_inputs(cases) -> list[list[str]]:
    ids = defaultdict(list)
    for case in cases:
        ids[case.bundle, case.client, case.time].append(case.id)
    return [group for group in ids.values() if len(group) > 1]


@pytest.fixture(scope="module")
def coverage() -> list[dict]:
    done = subprocess.run(
        [program("mtls-gen"), "list", "--coverage", "--json"], check=True, capture_output=True, timeout=60
    )
    return json.loads(done.stdout)["sentences"]


def test_citations_lead_somewhere():
    assert unknown_citations(base_cases(), known_anchors()) == []


def test_a_citation_that_leads_nowhere_is_found():
    case = replace(base_cases()[0], cites=("facts#no-such-row", "seed#overview/no-such-sentence", "rfc5280#4.1"))
    found = unknown_citations([case], known_anchors())
    assert [cite for _, cite in found] == ["facts#no-such-row", "seed#overview/no-such-sentence"]


def test_a_scenario_may_cite_every_anchor_and_no_other(run, mtls_gen, tmp_path):
    scenario = {
        "summary": "A root.",
        "cites": sorted(known_anchors()),
        "certificates": {"root": {"ca": True}},
        "upload": ["root"],
        "expect": {"openssl": {"upload": {"result": "accepted", "basis": "observed"}}},
    }
    for cites, status in ((scenario["cites"], 0), (["facts#no-such-row"], 2), (["seed#overview/no-such-sentence"], 2)):
        (tmp_path / "a.yaml").write_text(json.dumps({**scenario, "cites": cites}))
        said = run(mtls_gen, "scenario", tmp_path / "a.yaml", "--out", tmp_path / "out")
        assert said.returncode == status, said.stderr


def unused_facts(cases, facts: str) -> list[str]:
    """The facts that no case cites and that do not say why, and those that say so and are cited."""
    cited = {cite for case in cases for cite in case.cites}
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|(.*)", facts, re.MULTILINE)
    return [anchor for anchor, text in rows if (f"facts#{anchor}" in cited) == ("No case: " in text)]


def test_every_fact_has_cases_or_says_why_not():
    facts = (ROOT / "docs/facts.md").read_text()
    assert unused_facts(base_cases(), facts) == []
    added = facts + "| `nobody-cites-it` | A fact. | inferred |\n| `codes` | Cited. No case: why. | inferred |\n"
    assert unused_facts(base_cases(), added) == ["nobody-cites-it", "codes"]


def test_citations_of_the_vocabulary_lead_somewhere():
    cited = re.findall(r'"((?:facts|seed)#[^"]+)"', (ROOT / "core/vocabulary.def").read_text())
    assert len(cited) > 5
    assert set(cited) - known_anchors() == set()


def test_every_sentence_has_cases_or_a_reason(coverage):
    assert len(coverage) == len(SENTENCE.findall((ROOT / "gen/coverage.def").read_text()))
    assert open_sentences(coverage) == []


def test_a_sentence_without_cases_is_found(coverage):
    bare = [dict(each, scenarios=[]) for each in coverage]
    assert open_sentences(bare) == [each["anchor"] for each in coverage if not each["reason"]]


def test_no_two_cases_have_the_same_inputs():
    assert same_inputs(base_cases()) == []


def test_no_two_variants_have_the_same_inputs(tmp_path):
    corpus = tmp_path / "full.jsonl"
    options = ["--suite", "full", "--format", "jsonl", "--only", "upload/*-and-*", "--out", corpus]
    subprocess.run([program("mtls-gen"), "corpus", *options], check=True, capture_output=True, timeout=300)
    cases = list(load(corpus))
    assert len(cases) > 200
    assert same_inputs(cases) == []


def test_a_case_that_stands_there_twice_is_found():
    first = base_cases()[0]
    assert same_inputs([*base_cases(), replace(first, id="upload/again")]) == [[first.id, "upload/again"]]

"""The forms of a report that programs read: JUnit, Markdown, and what the page is given."""

import base64
import gzip
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest
from mtls_conformance import report
from mtls_conformance.compare import UNEXPLAINED, Outcome, Verdict
from mtls_conformance.report import html, junit, markdown, payload
from mtls_conformance.report.difference import Mark, mark
from mtls_conformance.results import Results, Run
from project import base_cases
from report_samples import HOSTILE, hostile, sample


@pytest.fixture(scope="module")
def results() -> Results:
    return sample(base_cases())


def of(results: Results, outcome: Outcome) -> int:
    return sum(run.count(outcome) for run in results.runs)


def test_every_form_is_written_and_nothing_else(results, tmp_path):
    report.write(results, base_cases(), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(report.FILES)


def test_the_same_results_give_the_same_bytes(results, tmp_path):
    for name in ("a", "b"):
        report.write(results, base_cases(), tmp_path / name)
    for name in report.FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


# -- kinds of difference


LETS_IN, REFUSED = {"result": "SUCCESS"}, {"result": "FAILED", "reason": "expired"}


@pytest.mark.parametrize(
    ("expected", "got", "plain", "known"),
    [
        ([REFUSED], LETS_IN, Mark.LETS_IN, Mark.KNOWN_LETS_IN),
        ([LETS_IN], REFUSED, Mark.REFUSES, Mark.KNOWN_REFUSES),
        ([REFUSED], {"result": "FAILED", "reason": "revoked"}, Mark.OTHER, Mark.KNOWN_OTHER),
        ([REFUSED, LETS_IN], {"result": "NONE"}, Mark.OTHER, Mark.KNOWN_OTHER),
        ([{"result": "rejected", "code": None}], {"result": "accepted"}, Mark.LETS_IN, Mark.KNOWN_LETS_IN),
        ([{"result": "accepted"}], {"result": "rejected", "code": None}, Mark.REFUSES, Mark.KNOWN_REFUSES),
        ([REFUSED], None, Mark.OTHER, Mark.KNOWN_BROKEN),
    ],
)
def test_a_difference_says_whether_something_was_let_in(expected, got, plain, known):
    for outcome, wanted in ((Outcome.DIFFERS, plain), (Outcome.KNOWN, known)):
        assert mark(Verdict("a/b", "t", "openssl", "handshake", outcome, tuple(expected), got)) is wanted


# -- JUnit


def test_junit_counts_what_is_in_it(results):
    root = ET.fromstring(junit.document(results))
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [run.id for run in results.runs]
    for suite, run in zip(suites, results.runs):
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases) == len(run.verdicts)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) == run.count(Outcome.DIFFERS)
        broken = sum(map(run.count, (Outcome.CRASH, Outcome.HANG, Outcome.PROTOCOL)))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error")) == broken > 0
        skipped = run.count(Outcome.SKIPPED) + run.count(Outcome.KNOWN)
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped")) == skipped
        assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)


def test_junit_of_a_run_that_was_ended_is_no_success():
    ended = Results(sample(base_cases()[:3]).suite, "1", (Run("t", "server", "1", "openssl", (), "interrupted"),))
    (suite,) = ET.fromstring(junit.document(ended)).findall("testsuite")
    assert suite.get("errors") == "1" and suite.find("testcase/error").get("message") == "interrupted"


def test_known_differences_that_are_outdated_are_told_and_fail():
    good = sample(base_cases()[:3], targets=1)
    results = replace(
        good, runs=(replace(good.runs[0], outdated=("a.yaml: entry 1: is gone",), notes=("seen in 0.9",)),)
    )
    assert good.is_good and not results.is_good
    (suite,) = ET.fromstring(junit.document(results)).findall("testsuite")
    assert suite.get("failures") == "1" and "is gone" in suite.find("testcase/failure").get("message")
    text = markdown.document(results)
    assert (
        "1 known differences are outdated" in text.splitlines()[0]
        and "entry 1: is gone" in text
        and "seen in 0.9" in text
    )
    notes = blocks(html.document(results, base_cases()[:3]))["head"]["runs"][0]["notes"]
    assert notes == ["outdated: a.yaml: entry 1: is gone", "seen in 0.9"]


def test_junit_is_xml_whatever_a_target_says():
    results, _ = hostile(base_cases()[:30])
    root = ET.fromstring(junit.document(results).encode("utf-8"))
    assert not root.findall(".//script")


# -- Markdown


def test_markdown_tells_the_news_first(results):
    text = markdown.document(results)
    assert text.splitlines()[0] == f"## mtls-conformance: {len(results.unexplained())} answers differ"
    for run in results.runs:
        first = re.search(rf"<summary>{run.target} under openssl: (\d+) differ", text)
        assert int(first[1]) == sum(map(run.count, UNEXPLAINED))
    shown = re.findall(r"^\| \S+ \| (?:upload|handshake) \| ([a-z ]+) \|", text, re.MULTILINE)
    assert shown[0] == "crash" and len(shown) == markdown.MOST * len(results.runs)


def test_markdown_of_a_good_run_says_so():
    results = sample(base_cases()[:3], targets=1)
    assert markdown.document(results).startswith("## mtls-conformance: Everything is as expected\n")


def test_markdown_of_a_run_that_was_ended_says_so():
    whole = sample(base_cases()[:3], targets=1)
    text = markdown.document(replace(whole, runs=(replace(whole.runs[0], ended="interrupted"),)))
    assert "not finished" in text.splitlines()[0] and "| target-0 (not finished: interrupted) |" in text


def test_markdown_is_text_whatever_a_target_says():
    results, _ = hostile(base_cases()[:30])
    text = markdown.document(results)
    tags = set(re.findall(r"<[^>]*>", text))
    assert tags == {"<details>", "</details>", "<summary>", "</summary>"}
    assert "@all" not in text and "\u202e" not in text and "\x1b" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ") and " | upload | " in line]
    assert rows and all(row.count("|") == 7 for row in rows)


def test_markdown_fits_in_a_comment():
    text = markdown.document(sample(base_cases(), targets=60))
    assert len(text) < 65536 and "more: see report.html" in text
    assert text.count("<details>") == text.count("</details>")


# -- the page


def blocks(page: str) -> dict[str, object]:
    found = re.findall(r'<script type="application/octet-stream" id="([a-z0-9-]+)">([^<]*)</script>', page)
    return {
        name: json.loads(gzip.decompress(base64.b64decode(text)).decode("utf-8", "surrogatepass"))
        for name, text in found
    }


def test_page_asks_no_network_and_runs_one_script(results):
    page = html.document(results, base_cases())
    markup = re.sub(r"<(script|style)\b[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert "default-src 'none'" in page and not re.search(r'(src|href)="(?!#)', markup)
    assert len(re.findall("<script>", page)) == 1
    assert "@" not in re.sub(r"<(script|style)\b[^>]*>.*?</\1>", "", page, flags=re.DOTALL)


def test_page_has_every_verdict(results):
    data = blocks(html.document(results, base_cases()))
    head = data.pop("head")
    assert head["ids"] == [case.id for case in base_cases()]
    letters = Counter("".join(head["marks"]))
    assert letters.pop(".", 0) == sum(case.client is None for case in base_cases()) * len(results.runs)
    assert letters == sum((Counter(mark(v).value for v in run.verdicts) for run in results.runs), Counter())
    details = [detail for number in range(len(data)) for detail in data[f"block-{number}"]]
    assert len(details) == len(base_cases())
    raws = [
        verdict[2]
        for detail in details
        for stages in detail["answers"]
        for verdict in stages
        if verdict and len(verdict) > 2
    ]
    assert raws and set(raws) <= {"unable to get issuer certificate", ""}


def test_files_in_the_page_are_the_cases_own_and_hold_no_private_key(results):
    _, packed = payload.pack(results, base_cases())
    details = [detail for block in packed for detail in block]
    inside = 0
    keys = [case.client.key.splitlines()[1:-1] for case in base_cases() if case.client and case.client.key]
    # Of an RSA key the end, since its modulus is in the certificate too; of a shorter one the start, which is its secret.
    lines = {key[-2] if len(key) > 5 else key[0] for key in keys}
    assert len(lines) > 10
    for case, detail in zip(base_cases(), details):
        for name, text in detail["files"].items():
            content = base64.b64decode(text)
            own = {"bundle.pem": case.bundle, "client.pem": case.client and case.client.chain}
            assert content == own.get(name, case.client and case.client.ocsp_response)
            assert not lines & set(content.splitlines()), (case.id, name)
            inside += 1
        assert "client.key" not in detail["files"]
    assert inside > len(base_cases())


def test_a_large_suite_has_the_files_of_what_differs_alone(results, monkeypatch):
    monkeypatch.setattr(payload, "ALL_FILES", 10)
    _, packed = payload.pack(results, base_cases())
    details = [detail for block in packed for detail in block]
    differing = {verdict.case_id for verdict in results.unexplained()}
    assert {case.id for case, detail in zip(base_cases(), details) if detail.get("files")} <= differing
    assert any(detail.get("files") for detail in details)


def test_a_case_that_the_corpus_no_longer_has_is_shown_without_its_inside(results):
    head, packed = payload.pack(results, base_cases()[1:])
    first = next(iter(packed))[0]
    assert head["ids"][0] == base_cases()[0].id and set(first) == {"answers"}


def test_no_text_of_a_certificate_or_target_is_in_the_page_as_it_is():
    results, cases = hostile(base_cases()[:30])
    page = html.document(results, cases)
    assert "owned" not in page and HOSTILE not in page
    told = json.dumps(blocks(page), ensure_ascii=False)
    assert "owned" in told  # the data has it, escaped where a display could be misled
    assert "\u202e" not in told and "\x1b" not in told


def test_runs_that_were_cut_short_keep_what_was_measured(tmp_path):
    whole = sample(base_cases()[:20])
    part = replace(whole.runs[0], verdicts=whole.runs[0].verdicts[:5], ended="interrupted")
    report.write(replace(whole, runs=(part,)), base_cases()[:20], tmp_path)
    head = blocks((tmp_path / "report.html").read_text())["head"]
    assert len(head["ids"]) == len({verdict.case_id for verdict in part.verdicts})

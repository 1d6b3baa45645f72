"""docs/results.md and docs/results.html are of one run, and their tables are what the results say."""

import re
from dataclasses import replace

import pytest
from mtls_conformance.compare import Outcome
from mtls_conformance.report import overview
from project import ROOT, base_cases
from report_samples import hostile, sample
from test_report_forms import blocks

PAGE = ROOT / "docs/results.md"


def rows(text: str, table: str) -> list[list[str]]:
    inside = re.search(rf"<!-- table: {table} -->\n(.*?)<!-- end -->", text, re.DOTALL)[1]
    return [line.strip("|").split("|") for line in inside.strip().splitlines() if line.startswith("|")][2:]


def test_the_two_are_of_one_run():
    head = blocks((ROOT / "docs/results.html").read_text(encoding="utf-8"))["head"]
    names = [row[0].strip().split(",")[0] for row in rows(PAGE.read_text(encoding="utf-8"), "targets")]
    assert names == [run["target"] for run in head["runs"]]
    assert f"{len(head['ids'])} cases" in PAGE.read_text(encoding="utf-8")
    assert f"`{head['suite']['sha256'][:16]}`" in PAGE.read_text(encoding="utf-8")


def test_at_least_twelve_libraries_and_six_servers_answered():
    kinds = [row[1].strip() for row in rows(PAGE.read_text(encoding="utf-8"), "targets")]
    assert kinds.count("library") >= 12 and kinds.count("server") >= 6


def test_every_case_that_the_page_names_exists():
    ids = {case.id for case in base_cases()}
    folders = {case_id.split("/")[0] for case_id in ids}
    for page in (PAGE, ROOT / "conformance/adapters/DIFFERENCES.md"):
        named = {
            name
            for name in re.findall(r"`([a-z-]+/[a-z0-9-]+)`", page.read_text(encoding="utf-8"))
            if name.split("/")[0] in folders
        }
        assert len(named) > 10 and named <= ids, named - ids
    assert overview.BAD_FILES.keys() <= ids


@pytest.fixture(scope="module")
def results():
    return sample(base_cases())


def test_tables_count_what_was_answered(results):
    text = overview.fill("<!-- table: targets -->\n<!-- end -->\n", results)
    for row, run in zip(rows(text, "targets"), results.runs, strict=True):
        numbers = list(map(int, row[3:9]))
        assert sum(numbers) == len(run.verdicts) and numbers[0] == run.count(Outcome.AS_EXPECTED)
        assert numbers[-1] == run.count(Outcome.SKIPPED)


def test_bad_files_say_what_became_of_each(results):
    text = overview.fill("<!-- table: bad-files -->\n<!-- end -->\n", results)
    for row, case_id in zip(rows(text, "bad-files"), overview.BAD_FILES, strict=True):
        assert f"corpus/base/{case_id})" in row[0]
        for cell, run in zip(row[2:], results.runs, strict=True):
            (upload,) = [v for v in run.by_case()[case_id] if v.stage == "upload"]
            taken = {"accepted": "takes", "rejected": "\N{EN DASH}", None: upload.outcome.value}[
                (upload.got or {}).get("result")
            ]
            assert cell.strip() == ("" if upload.outcome is Outcome.SKIPPED else taken)


def test_filling_again_changes_nothing(results):
    once = overview.fill(PAGE.read_text(encoding="utf-8"), results)
    assert overview.fill(once, results) == once != PAGE.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="no table"):
        overview.fill("<!-- table: nonsense -->\n<!-- end -->", results)


def test_words_of_a_target_stay_in_their_cell():
    results, _ = hostile(base_cases())
    results = replace(results, runs=tuple(replace(run, target=f"target-{n}") for n, run in enumerate(results.runs)))
    text = overview.fill("<!-- table: bad-files-words -->\n<!-- end -->\n", results)
    found = rows(text, "bad-files-words")
    assert found and all(len(row) == 4 for row in found) and "<img" not in text


def test_causes_name_who_and_how_many(results):
    text = overview.fill("<!-- table: causes -->\n<!-- end -->\n", results)
    (row,) = rows(text, "causes")
    assert "it says why" in row[0] and row[1].strip() == "rfc5280&#35;6.1"
    for run in results.runs:
        known = {verdict.case_id for verdict in run.verdicts if verdict.outcome is Outcome.KNOWN}
        assert f"{run.target} ({len(known)})" in row[2]

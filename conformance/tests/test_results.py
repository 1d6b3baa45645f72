"""The results of a run as a document: strict, the same for the same answers, and read back as they were."""

import dataclasses
import io
import json
import shlex
import sys
from dataclasses import replace

import jsonschema
import pytest
from mtls_conformance import results
from mtls_conformance.compare import Answer, Known, Outcome, Verdict, judge
from mtls_conformance.results import Results, ResultsError, Run, Suite, digest, load, merge, save, write
from mtls_conformance.runner import Plan, run
from mtls_conformance.targets import library
from project import ROOT, base_cases

FAKE = ROOT / "conformance/tests/fake_adapter.py"
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "corpus/schema/results.schema.json").read_text()))

ACCEPTED = {"result": "accepted", "clientCertIssuerDN": "CN=a"}
EXPIRED = {
    "result": "FAILED",
    "reason": "expired",
    "sslClientVerify": "FAILED:certificate has expired",
    "httpStatus": 400,
}
KNOWN = Known("It tells not which.", "rfc5280#6.1", "lib 0.9", False)
SEVERAL = {"result": "FAILED", "reason": ("not-trusted", "expired"), "sslClientVerify": None}


def some(complete: bool = True) -> Results:
    def verdict(case, stage, outcome, expected=(), **more):
        return Verdict(case, "lib", "openssl", stage, outcome, expected, **more)

    verdicts = (
        verdict("a/1", "upload", Outcome.AS_EXPECTED, (ACCEPTED,), got=ACCEPTED),
        verdict("a/1", "handshake", Outcome.DIFFERS, (EXPIRED,), got=SEVERAL, raw="it \u202e says\n</script>"),
        verdict("a/2", "upload", Outcome.SKIPPED, why="no expectation under openssl"),
        verdict("a/2", "handshake", Outcome.KNOWN, (EXPIRED,), got=SEVERAL, known=KNOWN),
        verdict("b/1", "upload", Outcome.CRASH, (ACCEPTED,), raw="it was ended by SIGSEGV"),
        verdict("b/1", "handshake", Outcome.HANG, (EXPIRED, {**EXPIRED, "reason": "revoked"}), raw="no answer"),
    )
    other = (Verdict("b/1", "own", "azure-appgw", "upload", Outcome.PROTOCOL, (ACCEPTED,), raw="not JSON"),)
    suite = Suite("base", 3, "0" * 64, "*")
    first = Run("lib", "library", "lib 1.0", "openssl", verdicts, seconds=1.25)
    return Results(
        suite,
        "0.1.0",
        (first, Run("own", "server", "2", "azure-appgw", other, "" if complete else "interrupted", 2.0)),
        seconds=3.5,
    )


def text(of: Results) -> str:
    out = io.StringIO()
    write(of, out)
    return out.getvalue()


@pytest.mark.parametrize("complete", [True, False])
def test_what_is_written_is_as_the_schema_wants_it_and_reads_back(tmp_path, complete):
    path = save(some(complete), tmp_path / "new" / "folder")
    document = json.loads(path.read_text())
    SCHEMA.validate(document)
    assert document["complete"] is complete
    assert load(path) == load(path.parent) == some(complete)
    assert [file.name for file in path.parent.iterdir()] == ["results.json"]


def test_one_case_a_line_and_ascii_alone():
    lines = text(some()).splitlines()
    assert sum(line.startswith('  {"id"') for line in lines) == 3
    assert text(some()).isascii()


def test_nothing_at_all_was_measured(tmp_path):
    empty = Results(Suite("base", 3, "0" * 64), "0.1.0", (Run("lib", "library", "1", "openssl", (), "interrupted"),))
    SCHEMA.validate(json.loads(text(empty)))
    assert load(save(empty, tmp_path)) == empty


def test_cases_keep_the_order_of_the_corpus_where_a_run_was_interrupted():
    whole, part = some().runs
    assert Results(some().suite, "1", (dataclasses.replace(part, ended="interrupted"), whole)).case_ids() == [
        "a/1",
        "a/2",
        "b/1",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"format": 2},
        {"complete": "yes"},
        {"runs": [{}]},
        {"cases": [{"id": "a", "expected": {}, "answers": {"x": {"upload": {"outcome": "skipped"}}}}]},
        {"cases": [{"id": "a", "expected": {}, "answers": {"x": {"upload": {"outcome": "fine"}}}}]},
    ],
)
def test_the_schema_is_strict(change):
    assert not SCHEMA.is_valid({**json.loads(text(some())), **change})


@pytest.mark.parametrize(
    "damage", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "runs": 5, "cases": []}', "[" * 100000]
)
def test_what_are_no_results_is_refused_with_its_place(tmp_path, damage):
    (tmp_path / "results.json").write_text(damage)
    with pytest.raises(ResultsError, match="results.json"):
        load(tmp_path)


def test_the_digest_tells_cases_apart_and_nothing_else():
    cases = base_cases()[:20]
    assert digest(cases) == digest(list(cases)) != digest(cases[:19])
    for change in ({"time": "x"}, {"bundle": b""}, {"expect": {}}, {"client": None}):
        assert digest([dataclasses.replace(cases[0], **change)]) != digest(cases[:1]), change
    assert digest([dataclasses.replace(cases[0], summary="another")]) == digest(cases[:1])


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    (tmp_path / "results.json").write_text("old")

    def breaks(out):
        out.write("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(ResultsError, match="/results.json: No space left on device"):
        results.write_whole(tmp_path / "results.json", breaks)
    assert (tmp_path / "results.json").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def without_times(document: dict) -> dict:
    for part in (document, *document["runs"]):
        part.pop("seconds")
    document.pop("started")
    return document


def test_the_same_run_twice_gives_the_same_document_but_for_times(tmp_path):
    """With two adapters at work, of which one crashes: what is done first must not show."""
    documents = []
    for number in range(2):
        target = library.LibraryTarget(shlex.join([sys.executable, str(FAKE), "segfault"]))
        cases = [replace(case, tags=frozenset({"bad"})) if n == 7 else case for n, case in enumerate(base_cases()[:60])]
        runs = run(Plan(cases, jobs=2, is_controlled=False), [target])
        path = save(
            Results(Suite("base", 60, digest(cases)), "1", tuple(runs), f"203{number}-01-01T00:00:00Z"), tmp_path
        )
        documents.append(json.loads(path.read_text()))
        SCHEMA.validate(documents[-1])
    assert documents[0]["runs"][0]["counts"]["CRASH"] > 0
    assert json.dumps(without_times(documents[0])) == json.dumps(without_times(documents[1]))


def test_a_target_that_floods_does_not_fill_the_report():
    case = next(case for case in base_cases() if case.client is not None and case.stage("openssl", "handshake"))
    answer = Answer(
        case.id, {"result": "accepted"}, {"result": "NONE"}, raw="x" * 1_000_000, raw_upload="y" * 1_000_000
    )
    for verdict in judge(case, "t", "openssl", answer):
        assert len(verdict.raw) == 4096 and verdict.raw.endswith("…")


def test_runs_of_the_same_cases_merge_and_others_do_not():
    first, second = (replace(some(), runs=(run,)) for run in some().runs)
    assert merge([("a", first), ("b", second)]).runs == some().runs
    with pytest.raises(ResultsError, match="b: has a run of lib under openssl, as a has"):
        merge([("a", first), ("b", first)])
    with pytest.raises(ResultsError, match="b: was asked of other cases than a"):
        merge([("a", first), ("b", replace(second, suite=replace(second.suite, digest="1" * 64)))])

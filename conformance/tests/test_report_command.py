"""mtls-conformance report: one report of several runs."""

import json

from project import ROOT
from test_command_line import CONFORMANCE

from mtls_conformance.vocabulary import profiles

RIGHT = ["--suite", "base", "--only", "upload/*-only", "--quiet"]


def test_runs_of_several_jobs_become_one_report(run, tmp_path):
    for name in ("mtls-validate", "nginx"):
        result = run(CONFORMANCE, "run", "--target", name, *RIGHT, "--report", tmp_path / name)
        assert result.returncode == 0, result.stderr
    result = run(CONFORMANCE, "report", tmp_path / "mtls-validate", tmp_path / "nginx", "--out", tmp_path / "all")
    assert result.returncode == 0, result.stderr
    merged = json.loads((tmp_path / "all/results.json").read_text())
    assert [one["id"] for one in merged["runs"]] == [
        *(f"mtls-validate:{profile}" for profile in profiles()),
        "nginx:openssl",
    ]
    for case in merged["cases"]:
        assert case["answers"].keys() == {one["id"] for one in merged["runs"]}
    assert (tmp_path / "all/report.html").stat().st_size > 10_000


def test_runs_of_other_cases_are_refused(run, tmp_path):
    for name, only in (("a", "upload/leaf-only"), ("b", "upload/root-only")):
        run(CONFORMANCE, "run", "--target", "mtls-validate", "--only", only, "--quiet", "--report", tmp_path / name)
    result = run(CONFORMANCE, "report", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "all")
    assert result.returncode == 2 and "was asked of other cases" in result.stderr
    assert not (tmp_path / "all").exists()


def test_results_of_a_corpus_that_is_another_now_are_refused(run, tmp_path):
    run(CONFORMANCE, "run", "--target", "mtls-validate", "--only", "upload/leaf-only", "--quiet", "--report", tmp_path)
    path = tmp_path / "results.json"
    document = json.loads(path.read_text())
    document["suite"]["sha256"] = "0" * 64
    path.write_text(json.dumps(document))
    result = run(CONFORMANCE, "report", tmp_path, "--out", tmp_path / "all", cwd=ROOT)
    assert result.returncode == 2 and "other cases than those of base as it is now" in result.stderr

"""The second half of the suite `full` against its schema, and parts of it in the other forms that have one.
Python's own validator would take minutes for it; the Rust one takes seconds."""

import copy
import json
import re
import subprocess

import jsonschema_rs
import pytest
from project import ROOT, program


def validator(name: str):
    schema = json.loads((ROOT / f"corpus/schema/{name}.schema.json").read_text())
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def made(path, *options):
    command = [program("mtls-gen"), "corpus", "--suite", "full", "--out", path, *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    return int(done.stderr.split()[0])


def misfits(schema, documents) -> list:
    return [each for each in documents if not schema.is_valid(each)]


@pytest.fixture(scope="module")
def cases(tmp_path_factory) -> list[str]:
    path = tmp_path_factory.mktemp("full") / "full.jsonl"
    count = made(path, "--format", "jsonl", "--shard", "2/2")
    lines = path.read_text().splitlines()
    assert len(lines) == count >= 10_000
    return lines


def test_every_case_fits_the_schema(cases):
    assert misfits(validator("case"), map(json.loads, cases)) == []


def test_every_case_has_an_id_of_its_own(cases):
    assert len({re.match(r'\{"id":"([^"]+)"', line)[1] for line in cases}) == len(cases)


@pytest.mark.parametrize(
    "path", [["more"], ["certificates", 0, "more"], ["expect", "more"], ["expect", "azure-appgw", "upload", "more"]]
)
def test_a_case_with_one_member_more_is_found(cases, path):
    case = at = json.loads(next(line for line in cases if '"id":"upload/leaf-only"' in line))
    assert misfits(validator("case"), [case]) == []
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = "x"
    assert misfits(validator("case"), [case]) == [case]


@pytest.fixture(scope="module")
def limbo(tmp_path_factory) -> dict:
    path = tmp_path_factory.mktemp("full") / "limbo.json"
    count = made(path, "--format", "limbo", "--shard", "1/4")
    suite = json.loads(path.read_text())
    assert len(suite["testcases"]) == count >= 5_000
    return suite


def test_every_testcase_of_limbo_fits_its_schema(limbo):
    schema = validator("limbo")
    assert misfits(schema, ({"version": 1, "testcases": [each]} for each in limbo["testcases"])) == []
    assert schema.is_valid({**limbo, "testcases": []}) and not schema.is_valid({**limbo, "testcases": [], "more": 1})


@pytest.mark.parametrize(
    "change",
    [{"more": 1}, {"id": "mtls::a"}, {"id": "mtls::1a"}, {"expected_result": "success"}, {"validation_kind": "SERVER"},
     {"trusted_certs": ["none"]}, {"validation_time": "2030-01-01T00:00:00Z"}, {"peer_certificate": None}],
)  # fmt: skip
def test_a_testcase_of_limbo_that_does_not_fit_is_found(limbo, change):
    testcase = {**copy.deepcopy(limbo["testcases"][0]), **change}
    assert not validator("limbo").is_valid({"version": 1, "testcases": [testcase]})


def test_the_manifest_of_a_shard_fits_its_schema(tmp_path):
    count = made(tmp_path / "tree", "--shard", "7/40")
    manifest = json.loads((tmp_path / "tree" / "manifest.json").read_text())
    schema = validator("manifest")
    assert manifest["cases"] == count > 500 and schema.is_valid(manifest)
    for change in ({"more": 1}, {"files": {"../etc/passwd": "0" * 64}}, {"cases": -1}):
        assert not schema.is_valid({**manifest, **change})

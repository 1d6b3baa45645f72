"""The committed suite is what mtls-gen writes, byte for byte."""

import filecmp
import subprocess
from pathlib import Path

import pytest
from project import SUITE, program


def differences(ours: Path, theirs: Path) -> list[str]:
    names = {path.relative_to(root).as_posix() for root in (ours, theirs) for path in root.rglob("*") if path.is_file()}
    return sorted(
        name
        for name in names
        if not (ours / name).is_file()
        or not (theirs / name).is_file()
        or not filecmp.cmp(ours / name, theirs / name, shallow=False)
    )


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("regenerated") / "base"
    subprocess.run([program("mtls-gen"), "corpus", "--out", path], check=True, capture_output=True, timeout=600)
    return path


def test_it_is_what_the_generator_writes(regenerated):
    found = differences(SUITE, regenerated)
    assert found == [], "run mtls-gen corpus --out corpus/base, and look at what changed"


def test_a_changed_byte_a_missing_and_an_added_file_are_found(regenerated, tmp_path):
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", regenerated, copy], check=True)
    changed, missing = sorted(copy.rglob("bundle.pem"))[:2]
    changed.write_bytes(changed.read_bytes() + b"\n")
    missing.unlink()
    (copy / "added").touch()
    expected = [path.relative_to(copy).as_posix() for path in (changed, missing, copy / "added")]
    assert differences(copy, regenerated) == sorted(expected)

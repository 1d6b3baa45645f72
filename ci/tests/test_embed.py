"""The scenarios are built in from a checkout in a folder of any name."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "cmake/embed_scenarios.cmake"


@pytest.mark.skipif(shutil.which("cmake") is None, reason="cmake is not installed")
@pytest.mark.parametrize("name", ["plain", "a b", "ünï"])
def test_scenarios_are_embedded(tmp_path, name):
    root = tmp_path / name / "scenarios"
    (root / "upload").mkdir(parents=True)
    scenario = root / "upload/one.yaml"
    scenario.write_text("summary: x\n")
    (root / "list").write_text(f"{scenario}\n", encoding="utf-8")
    command = ["cmake", f"-DROOT={root}", f"-DLIST={root / 'list'}", f"-DOUT={root / 'out.c'}", "-P", SCRIPT]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    text = (root / "out.c").read_text()
    assert '.id = "upload/one"' in text and "mtlsgen_num_builtin_scenarios = 1;" in text

"""Every command that the README and the documentation show works as it stands there."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHOLE_RUNS = {"ci/test.sh", "ci/quickstart.sh"}  # the first runs this test; the second is what the first's steps are
INSTALLS = {"ci/adapters-setup.sh", "ci/build-adapters.sh"}  # what they need comes from several registries
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("conformance/*.md")])


def shown(document: Path) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", document.read_text(encoding="utf-8"), re.S | re.M)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and shlex.split(line)[0] not in WHOLE_RUNS | INSTALLS]


@pytest.mark.parametrize("line", [line for document in DOCUMENTS for line in shown(document)])
def test_a_command_works(line, tmp_path):
    (tmp_path / "build").mkdir()
    for name, place in {
        "build/release": "build/release",
        "build/corpus": "corpus/base",
        "corpus": "corpus",
        "ci": "ci",
        "conformance": "conformance",
        ".venv": ".venv",
    }.items():
        (tmp_path / name).symlink_to(ROOT / place)
    environment = {**os.environ, "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"}
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode in (0, 1), result.stderr  # 1 is an answer: rejected, FAILED
    assert result.stdout or result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_there_are_commands():
    assert len(shown(ROOT / "README.md")) >= 3

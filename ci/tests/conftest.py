"""What tests of the set-up scripts share."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run_script(tmp_path):
    """Runs a script of ci/ on a machine that is made to look otherwise: the given programs are scripts, first on the PATH."""

    def run(script: str | Path, *arguments: str, **programs: str) -> subprocess.CompletedProcess:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, text in programs.items():
            program = folder / name.replace("_", "-")
            program.write_text(f"#!/bin/bash\n{text}\n")
            program.chmod(0o755)
        return subprocess.run(
            [ROOT / "ci" / script, *arguments],
            env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run

"""The committed suite against every live server that this machine has: whatever differs is explained, and what is
explained differs."""

import json
import sys
from pathlib import Path

import pytest
from test_servers import SERVERS

CONFORMANCE = Path(sys.executable).parent / "mtls-conformance"


@pytest.mark.parametrize("server", [one for one in SERVERS if one.id != "nginx"])  # nginx: one test for each case
def test_every_difference_is_explained(server, run, tmp_path):
    result = run(CONFORMANCE, "run", "--target", server.name, "--quiet", "--report", tmp_path, seconds=300)
    assert result.returncode == 0, result.stdout + result.stderr
    (told,) = json.loads((tmp_path / "results.json").read_text())["runs"]
    assert told["counts"]["as expected"] > 700 and told["counts"]["differs as known"] > 0

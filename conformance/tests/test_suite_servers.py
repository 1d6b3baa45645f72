"""The committed suite against every live server that this machine has: whatever differs is explained, and what is
explained differs. Of another version than the one that was explained it is only asked that it can be asked."""

import json
import sys
from pathlib import Path

import pytest
from test_servers import SERVERS

from mtls_conformance import expectations

CONFORMANCE = Path(sys.executable).parent / "mtls-conformance"


@pytest.mark.parametrize("server", [one for one in SERVERS if one.id != "nginx"])  # nginx: one test for each case
def test_every_difference_is_explained(server, run, tmp_path):
    seen = {entry.seen for entry in expectations.of(server.name).entries}
    result = run(CONFORMANCE, "run", "--target", server.name, "--quiet", "--report", tmp_path, seconds=300)
    (told,) = json.loads((tmp_path / "results.json").read_text())["runs"]
    assert told["ended"] is None and told["counts"]["as expected"] > 700, result.stdout + result.stderr
    assert told["counts"]["CRASH"] == told["counts"]["HANG"] == 0
    if server.version() in seen:
        assert result.returncode == 0, result.stdout + result.stderr
        assert told["counts"]["differs as known"] > 0

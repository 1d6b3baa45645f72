"""ci/package.sh: a step that fails fails the whole, with what the step said.

The machine is made to look otherwise by programs of the same names, first on the PATH."""

import pytest

WORKS = {
    "gzip": "cat",
    "cmake": '[ "$1" != -S ] || mkdir -p "$4"',
    "cpack": 'mkdir -p "$4" && touch "$4/mtls-gauntlet_0_amd64.deb"',
}


@pytest.mark.parametrize("step", ["cmake", "cpack"])
def test_a_step_that_fails_ends_it_and_is_shown(run_script, step):
    result = run_script("package.sh", **WORKS | {step: "echo out of room; exit 3"})
    assert result.returncode == 3
    assert result.stderr.splitlines()[-1] == "out of room"


def test_a_package_that_was_not_made_is_told(run_script):
    result = run_script("package.sh", **WORKS)
    assert result.returncode == 1
    assert "no libmtls-gauntlet-dev_*.deb was made" in result.stderr

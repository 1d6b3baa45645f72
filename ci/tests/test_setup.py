"""ci/setup.sh: silent when nothing is missing, and clear about whatever keeps it from doing its work.

The machine is made to look otherwise by programs of the same names, first on the PATH."""

import fcntl
import os
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POLICY = Path("/usr/sbin/policy-rc.d")
MISSING_NGINX = """
for last; do :; done
[ "$last" = nginx ] && exit 1
exec /usr/bin/dpkg-query "$@"
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="what setup.sh does as root")


@pytest.fixture
def setup(run_script):
    """Runs ci/setup.sh --packages where the given programs are scripts."""
    return lambda *options, **programs: run_script("setup.sh", *(options or ["--packages"]), **programs)


def test_it_is_silent_when_nothing_is_missing(setup):
    result = setup()
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_without_root_it_prints_the_line_to_run_as_root(setup):
    result = setup(dpkg_query=MISSING_NGINX, id="echo 1000")
    assert result.returncode == 1
    assert "missing: nginx" in result.stderr
    assert shlex.split(result.stderr.splitlines()[-1]) == ["setup:", f"{ROOT}/ci/setup.sh", "--packages"]


def test_that_line_can_be_pasted_whatever_the_path(run_script, tmp_path):
    script = tmp_path / "a b;c/ci/setup.sh"
    script.parent.mkdir(parents=True)
    shutil.copy(ROOT / "ci/setup.sh", script)
    result = run_script(script, "--packages", dpkg_query=MISSING_NGINX, id="echo 1000")
    assert shlex.split(result.stderr.splitlines()[-1]) == ["setup:", str(script), "--packages"]


def test_an_unknown_option_is_refused(setup):
    result = setup("--everything")
    assert result.returncode == 1 and "there are only --packages" in result.stderr


@needs_root
def test_an_interrupted_installation_is_told_with_its_remedy(setup):
    result = setup(dpkg_query=MISSING_NGINX, dpkg="echo 'half installed'", apt_get="exit 9")
    assert result.returncode == 1 and "dpkg --configure -a" in result.stderr


@needs_root
@pytest.mark.skipif(POLICY.exists(), reason="this machine has a policy-rc.d of its own")
@pytest.mark.parametrize("status", [0, 100])
def test_no_server_is_started_and_nothing_stays_behind(setup, tmp_path, status):
    installed = tmp_path / "installed"
    apt_get = f"""
    case "$*" in
    *install*)
        {POLICY}; [ $? -eq 101 ] && echo "$*" >>{installed}
        echo 'E: no room' >&2
        exit {status} ;;
    esac"""
    result = setup(dpkg_query=MISSING_NGINX, apt_get=apt_get)
    assert installed.read_text().count(" nginx") == 1
    assert result.returncode == (0 if status == 0 else 1)
    assert ("E: no room" in result.stderr) is (status != 0)
    assert not POLICY.exists()


@needs_root
@pytest.mark.skipif(POLICY.exists(), reason="this machine has a policy-rc.d of its own")
def test_a_second_run_waits_for_the_first(setup):
    folder = os.open(POLICY.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        result = setup(dpkg_query=MISSING_NGINX, flock='[ "$1" = --wait ] && exit 1; exec /usr/bin/flock "$@"')
    finally:
        os.close(folder)
    assert "waiting for another" in result.stdout
    assert result.returncode == 1 and "end it, then run this again" in result.stderr

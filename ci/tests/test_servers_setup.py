"""ci/servers-setup.sh: installs what is missing and no more, starts nothing, and is clear about what it cannot do.

The machine is made to look otherwise by programs of the same names, first on the PATH."""

import os
from pathlib import Path

import pytest

POLICY = Path("/usr/sbin/policy-rc.d")
NOTHING_INSTALLED = 'case "$*" in *Status*) exit 1 ;; esac'
EVERYTHING_INSTALLED = "echo -n installed"


@pytest.fixture
def setup(run_script):
    return lambda *names, **programs: run_script("servers-setup.sh", *names, **programs)


def test_it_is_silent_when_nothing_is_missing(setup):
    result = setup("haproxy", "stunnel", dpkg_query=EVERYTHING_INSTALLED, apt_get="exit 9")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_without_root_it_prints_the_line_to_run_as_root(setup):
    result = setup("haproxy", "lighttpd", dpkg_query=NOTHING_INSTALLED, id="echo 1000", apt_get="exit 9")
    assert result.returncode == 1
    assert "apt-get install haproxy lighttpd lighttpd-mod-openssl" in result.stderr


@pytest.mark.skipif(os.geteuid() != 0 or POLICY.exists(), reason="what it does as root, where no policy stands")
def test_no_service_may_start_while_it_installs(setup, tmp_path):
    seen = tmp_path / "seen"
    result = setup(
        "haproxy", dpkg_query=NOTHING_INSTALLED, apt_get=f'[[ "$*" != *" install "* ]] || {{ {POLICY}; echo $? >{seen}; }}'
    )
    assert result.returncode == 0, result.stderr
    assert seen.read_text().strip() == "101", "policy-rc.d says that no service may be started"
    assert not POLICY.exists()


def test_an_unknown_server_is_told(setup):
    result = setup("iis")
    assert result.returncode == 2
    assert "there is no server iis; there are" in result.stderr and "haproxy" in result.stderr

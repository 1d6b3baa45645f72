"""The manual page and the completions of mtls-validate: they are written from its option tables, and work."""

import re
import shutil
import subprocess

import pytest
from project import PROGRAMS

SHARE = PROGRAMS.parent / "share"
COMMANDS = {"upload", "client", "corpus", "explain", "serve"}


def options_of(run, mtls_validate, command: str) -> set[str]:
    return set(re.findall(r"^  (--[a-z-]+)", run(mtls_validate, command, "--help").stdout, re.M))


def test_the_manual_page_has_every_command_and_option(run, mtls_validate):
    page = (SHARE / "man/man1/mtls-validate.1").read_text()
    for command in COMMANDS:
        assert f".SS {command}" in page
        for option in options_of(run, mtls_validate, command):
            assert "\\fB" + option.replace("-", "\\-") + "\\fR" in page
    if shutil.which("groff"):
        result = run("groff", "-man", "-Tutf8", "-ww", SHARE / "man/man1/mtls-validate.1")
        assert result.returncode == 0 and result.stderr == ""
        assert "EXIT STATUS" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", result.stdout)


def completions(*words: str, folder=None) -> set[str]:
    script = (
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mtls_validate; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    command = ["bash", "--norc", "-c", script, "-", SHARE / "bash-completion/completions/mtls-validate", "mtls-validate"]
    result = subprocess.run([*command, *words], capture_output=True, text=True, timeout=60, cwd=folder)
    assert result.stderr == ""
    return set(result.stdout.split())


def test_bash_completes_commands_options_and_values(run, mtls_validate, tmp_path):
    (tmp_path / "root.pem").touch()
    assert completions("") == COMMANDS | {"--help", "--version"}
    assert completions("cl") == {"client"}
    for command in COMMANDS:
        assert completions(command, "--") == options_of(run, mtls_validate, command)
    assert completions("upload", "--profile", "") == {"azure-appgw", "openssl"}
    assert completions("client", "--mode", "pa") == {"passthrough"}
    assert completions("upload", "ro", folder=tmp_path) == {"root.pem"}
    assert completions("client", "--trust", "ro", folder=tmp_path) == {"root.pem"}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_the_zsh_completion_is_zsh(run):
    path = SHARE / "zsh/site-functions/_mtls-validate"
    assert path.read_text().startswith("#compdef mtls-validate\n")
    assert run("zsh", "-n", path).returncode == 0

"""The manual pages and the completions of both programs: they are written from the option tables, and work."""

import re
import shutil
import subprocess

import pytest
from project import PROGRAMS, program

from mtls_conformance.vocabulary import profiles

SHARE = PROGRAMS.parent / "share"
COMMANDS = {
    "mtls-validate": {"upload", "client", "corpus", "explain", "serve"},
    "mtls-gen": {"list", "corpus", "scenario"},
}
both = pytest.mark.parametrize("name", sorted(COMMANDS))


def options_of(run, name: str, command: str) -> set[str]:
    return set(re.findall(r"^  (--[a-z-]+)", run(program(name), command, "--help").stdout, re.M))


@both
def test_the_manual_page_has_every_command_and_option(run, name):
    path = SHARE / f"man/man1/{name}.1"
    page = path.read_text()
    for command in COMMANDS[name]:
        assert f".SS {command}" in page
        assert options_of(run, name, command)
        for option in options_of(run, name, command):
            assert "\\fB" + option.replace("-", "\\-") + "\\fR" in page
    if shutil.which("groff"):
        result = run("groff", "-man", "-Tutf8", "-ww", path)
        assert result.returncode == 0 and result.stderr == ""
        assert "EXIT STATUS" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", result.stdout)


def completions(name: str, *words: str, folder=None) -> set[str]:
    function = "_" + name.replace("-", "_")
    script = (
        f'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); {function}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    command = ["bash", "--norc", "-c", script, "-", SHARE / f"bash-completion/completions/{name}", name]
    result = subprocess.run([*command, *words], capture_output=True, text=True, timeout=60, cwd=folder)
    assert result.stderr == ""
    return set(result.stdout.split())


@both
def test_bash_completes_commands_and_options(run, name):
    assert completions(name, "") == COMMANDS[name] | {"--help", "--version"}
    for command in COMMANDS[name]:
        assert completions(name, command, "--") == options_of(run, name, command)


def test_bash_completes_values(tmp_path):
    (tmp_path / "root.pem").touch()
    assert completions("mtls-validate", "cl") == {"client"}
    assert completions("mtls-validate", "upload", "--profile", "") == set(profiles())
    assert completions("mtls-validate", "client", "--mode", "pa") == {"passthrough"}
    assert completions("mtls-validate", "upload", "ro", folder=tmp_path) == {"root.pem"}
    assert completions("mtls-validate", "client", "--trust", "ro", folder=tmp_path) == {"root.pem"}
    assert completions("mtls-gen", "corpus", "--suite", "") == {"base", "full"}
    assert completions("mtls-gen", "corpus", "--format", "j") == {"jsonl"}


@both
@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_the_zsh_completion_is_zsh(run, name):
    path = SHARE / f"zsh/site-functions/_{name}"
    assert path.read_text().startswith(f"#compdef {name}\n")
    assert run("zsh", "-n", path).returncode == 0

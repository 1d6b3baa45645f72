"""mtls-validate on the command line: what it says to people, on terminals, and of mistakes and bad input."""

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from minica import CA, LEAF, MiniCa
from validate_files import CODES, NOW, answer

from mtls_conformance.vocabulary import profiles


@pytest.mark.parametrize("word", [*CODES, "InvalidData", "expired", "26", "certificate has expired",
                                  "FAILED:self signed certificate", "ca-expired", "der-trailing", "none"])  # fmt: skip
def test_explain(validate, word):
    result = validate("explain", word)
    assert result.returncode == 0 and "source" in result.stdout
    told = answer(validate("explain", word, "--json"))
    assert told["name"] and told["what"] and told["advice"] and told["cite"]


def test_explain_every_word_of_the_vocabulary(validate):
    vocabulary = json.loads((Path(__file__).parents[1] / "mtls_conformance/vocabulary.json").read_text())
    words = [row["slug"] for row in vocabulary["reasons"]]
    assert len(words) > 70
    words += [row["spelling"] for row in vocabulary["results"]]
    for word in words:
        assert answer(validate("explain", word, "--json"))["name"] == word


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no command"),
        (["uplaod", "x"], "'uplaod'; there are: upload, client"),
        (["upload"], "needs a FILE"),
        (["upload", "a", "b"], "further 'b'"),
        (["upload", "/nonexistent/file"], "No such file"),
        (["upload", "/"], "is a folder"),
        (["upload", "x", "--trust", "y"], "--trust does not go with 'upload'"),
        (["upload", "x", "--profle", "y"], "did you mean '--profile'"),
        (["upload", "x", "--profile", "aws"], "there are: azure-appgw, openssl"),
        (["upload", "x", "--profile"], "needs a value"),
        (["upload", "x", "--time", "tomorrow"], "RFC 3339"),
        (["upload", "x", "-z"], "no option '-z'"),
        (["upload", "x", "-json"], "no option '-json'; did you mean '--json'"),
        (["upload", "-vv", "x"], "no option '-vv'"),
        (["upload", "x", "--time", "9999-12-31T23:59:59-01:00"], "RFC 3339"),
        (["client"], "--trust"),
        (["client", "--trust", "/nonexistent"], "No such file"),
        (["client", "--mode", "lax", "--trust", "x"], "'strict' or 'passthrough'"),
        (["client", "--trust", "x", "--revocation", "none", "--ocsp", "y"], "--ocsp does not go with"),
        (["corpus", "/nonexistent"], "No such file"),
        (["explain", "certificate-has-expird"], "nothing is called"),
        (["explain", "999"], "nothing is called"),
    ],
)
def test_mistakes(validate, arguments, message):
    result = validate(*arguments)
    assert result.returncode == 2 and result.stdout == ""
    assert message in result.stderr and result.stderr.count("\n") == 1


def test_unreadable_file(validate, tmp_path):
    path = tmp_path / "secret.pem"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user reads every file")
    result = validate("upload", path)
    assert result.returncode == 2 and "Permission denied" in result.stderr


@pytest.mark.parametrize("arguments", [["upload", "-"], ["client", "--mode", "passthrough", "--cert", "-"]])
def test_endless_input_is_refused_at_the_limit(validate, arguments):
    with open("/dev/zero") as endless:
        result = validate(*arguments, stdin=endless)
    assert result.returncode == 2 and "limit of 268435456 bytes" in result.stderr


def test_a_full_disk_is_noticed(mtls_validate, files):
    with open("/dev/full", "w") as full:
        result = subprocess.run([mtls_validate, "upload", files.trust], stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 2 and "cannot write" in result.stderr


def test_help_names_every_profile(validate):
    text = " ".join(validate("upload", "--help").stdout.split())
    assert all(profile in text for profile in profiles())


def test_a_client_without_a_certificate_is_told_what_to_do(validate, files):
    told = answer(validate("client", "--trust", files.trust, "--json"))
    assert told["sslClientVerify"] == "NONE" and "openssl s_client" in told["advice"]
    assert answer(validate("client", "--mode", "passthrough", "--json"))["advice"] is None


def test_help_and_version(validate):
    for arguments in (["--help"], ["-h"], ["upload", "--help"], ["client", "--help"], ["serve", "--help"]):
        result = validate(*arguments)
        assert result.returncode == 0 and "Usage: mtls-validate" in result.stdout and result.stderr == ""
        assert max(map(len, result.stdout.splitlines())) <= 100
    result = validate("--version")
    assert result.returncode == 0 and re.fullmatch(r"mtls-validate \d+\.\d+\.\d+ \(OpenSSL .*\)\n", result.stdout)


def on_a_terminal(command, **environment) -> str:
    """What the command writes where its output is a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment},
    )  # fmt: skip
    os.close(slave)
    said = b""
    try:
        while block := os.read(master, 65536):
            said += block
    except OSError:  # the other end is closed
        pass
    os.close(master)
    process.wait(timeout=60)
    return said.decode()


def test_colour_is_for_terminals_that_want_it(validate, mtls_validate, files):
    command = [mtls_validate, "upload", files.trust, *NOW]
    assert "\x1b[" in on_a_terminal(command)
    assert "\x1b[" not in on_a_terminal(command, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(command, TERM="dumb")
    assert "\x1b[" not in validate(*command[1:]).stdout
    assert "└─" in on_a_terminal(command) and "`-" in on_a_terminal(command, LC_ALL="C")


def test_names_reach_no_terminal_unescaped(mtls_validate, files):
    ca = MiniCa(files.folder)
    evil = "/O=mtls-gauntlet TEST DO NOT TRUST/CN=a\x1b]0;b\x07\x7f\u202ec\\\\d"
    root = ca.issue("evil", None, CA, subject=evil)
    leaf = ca.issue("evil-leaf", root, LEAF, subject=evil + "e")
    for arguments in (
        ["upload", root.certificate],
        ["upload", leaf.certificate],
        ["client", "--trust", root.certificate, "--cert", leaf.certificate],
        ["client", "--trust", files.trust, "--cert", leaf.certificate],
    ):
        for form in ([], ["--json"]):
            said = on_a_terminal([mtls_validate, *arguments, *form, *NOW], NO_COLOR="1")
            assert "\\x1B" in said or "\\\\x1B" in said or "\\u001b" in said
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202e]", said), arguments


def test_standard_input_is_one_file(validate, files):
    with files.trust.open() as stdin:
        result = validate("client", "--trust", "-", "--cert", "-", *NOW, stdin=stdin)
    assert result.returncode == 2 and result.stdout == "" and "'-' may be given once" in result.stderr
    with files.trust.open() as stdin:
        assert validate("client", "--trust", "-", "--cert", files.leaf, *NOW, stdin=stdin).returncode == 0

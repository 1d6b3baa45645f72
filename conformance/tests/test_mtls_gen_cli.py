"""mtls-gen on the command line: what it writes, that the same seed gives the same bytes, and bad input."""

import hashlib
import json
import os
import resource
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

GOOD = """\
summary: A root alone.
cites: [rfc5280#4.2.1.9]
certificates:
  root: {ca: true}
upload: [root]
expect:
  openssl:
    upload: {result: accepted, basis: observed}
"""


@pytest.fixture
def gen(run, mtls_gen):
    return lambda *arguments, **options: run(mtls_gen, *arguments, **options)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}



@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "Usage: mtls-gen COMMAND"),
        (["frobnicate"], 'unknown command "frobnicate"'),
        (["list", "--frobnicate"], "unknown option --frobnicate"),
        (["corpus"], "--out says where the corpus goes"),
        (["corpus", "--out"], "--out needs an argument"),
        (["corpus", "--out", "o", "--suite", "big"], "there are base and full"),
        (["corpus", "--out", "o", "--format", "xml"], "there are tree, jsonl, limbo and fuzz-seeds"),
        (["corpus", "--out", "o", "--only", "none/*"], 'no case matches "none/*"'),
        (["corpus", "--out", "o", "--shard", "4/3"], "expected K/N with K from 1 to N"),
        (["corpus", "--out", "o", "--jobs", "0"], "expected a number from 1 to 256"),
        (["corpus", "--out", "missing/o"], "missing"),
        (["scenario", "upload/leaf-onyl", "--out", "o"], "did you mean upload/leaf-only?"),
        (["scenario", "missing.yaml", "--out", "o"], "missing.yaml: No such file"),
        (["scenario", "upload/leaf-only"], "--out says where the files go"),
        (["scenario", "upload/leaf-only", "--out", "o", "--set", "key=rsa17"], "key is one of p256"),
        (["scenario", "upload/leaf-only", "--out", "o", "--also", "pdf"], "there are der, p7b and p12"),
        (["scenario", "upload/leaf-only", "--out", "o", "--also", ""], "there are der, p7b and p12"),
        (["scenario", "upload/leaf-only", "--out", "o", "--also", "der,"], "there are der, p7b and p12"),
        (["scenario", "upload/leaf-only", "--out", "o", "--seed", ""], "--seed is empty"),
        (["corpus", "--out", "o", "--seed", ""], "--seed is empty"),
        (["corpus", "--out", ""], "--out needs the path"),
    ],
)
def test_mistakes_get_a_message_and_status_2_and_write_nothing(gen, tmp_path, arguments, message):
    result = gen(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "before, after, place, message",
    [
        ("{ca: true}", "{caa: true}", "4:10", "caa"),
        ("upload: [root]", "upload: [rot]", "5:10", "rot"),
        ("{ca: true}", "{ca: true, issuer: root2}", "4:28", "root2"),
        ("{ca: true}", "{ca: 1.5}", "4:14", "true"),
        ("basis: observed", "basis: seen", "8:39", "observed"),
        ("summary: A root alone.\n", "", "", "summary"),
        ("  root:", "  root: {ca: true}\n  root:", "5:3", "root"),
        ("{ca: true}", "{ca: true", "", ":"),
        ("{ca: true}", '{ca: true, faults: [{at: "tbs.nothing", do: delete}]}', "4:", "tbs.nothing"),
        ("{ca: true}", "{ca: true, issuer: other}\n  other: {ca: true, issuer: root}", "4:3", "a cycle of issuers: root -> other -> root"),
    ],
)
def test_a_mistake_in_a_scenario_is_told_with_its_place(gen, tmp_path, before, after, place, message):
    scenario = tmp_path / "mine.yaml"
    assert before in GOOD
    scenario.write_text(GOOD.replace(before, after))
    result = gen("scenario", scenario, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert f"{scenario}:{place}" in result.stderr
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_scenario_without_a_mistake_is_made(gen, tmp_path):
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(GOOD)
    result = gen("scenario", scenario, "--out", tmp_path / "out", "--also", "der,p7b")
    assert result.returncode == 0
    assert "mtls-validate upload" in result.stdout
    assert b"BEGIN CERTIFICATE" in (tmp_path / "out/bundle.pem").read_bytes()


def test_aliases_that_explode_are_refused(gen, tmp_path):
    scenario = tmp_path / "laughs.yaml"
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    scenario.write_text("\n".join(levels) + "\nsummary: *a11\n")
    result = gen("scenario", scenario, "--out", tmp_path / "out", seconds=20)
    assert result.returncode == 2
    assert str(scenario) in result.stderr


def test_a_scenario_of_100_mb_is_refused(gen, tmp_path):
    scenario = tmp_path / "huge.yaml"
    with scenario.open("wb") as file:
        file.write(b"summary: x\n#")
        file.truncate(100_000_000)
    result = gen("scenario", scenario, "--out", tmp_path / "out", seconds=20)
    assert result.returncode == 2
    assert str(scenario) in result.stderr


def test_a_folder_that_is_no_corpus_is_left_alone(gen, tmp_path):
    folder = tmp_path / "precious"
    folder.mkdir()
    (folder / "file").write_text("kept")
    result = gen("corpus", "--out", folder, "--only", "upload/leaf-only")
    assert result.returncode == 2
    assert "is no corpus" in result.stderr
    assert contents(folder) == {"file": b"kept"}


def test_a_pipe_is_no_file(gen):
    result = gen("corpus", "--format", "jsonl", "--out", "/dev/stdout", "--only", "upload/leaf-only")
    assert result.returncode == 2 and "`-` writes to standard output" in result.stderr


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="there is no mount point to try it on")
def test_a_mount_point_cannot_be_replaced_and_is_told_at_once(gen):
    result = gen("corpus", "--out", "/dev/shm", "--only", "upload/leaf-only")
    assert result.returncode == 2 and result.stdout == "" and "it is a mount point" in result.stderr


def test_a_corpus_is_replaced_whole(gen, tmp_path):
    out = tmp_path / "corpus"
    assert gen("corpus", "--out", out, "--only", "upload/root-*").returncode == 0
    assert gen("corpus", "--out", out, "--only", "upload/leaf-only").returncode == 0
    assert sorted(path.name for path in (out / "upload").iterdir()) == ["leaf-only"]
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_the_manifest_has_the_digest_of_every_file_and_keys_are_private(gen, tmp_path):
    out = tmp_path / "corpus"
    assert gen("corpus", "--out", out, "--only", "handshake/leaf*").returncode == 0
    manifest = json.loads((out / "manifest.json").read_text())
    files = {name: data for name, data in contents(out).items() if name != "manifest.json"}
    assert manifest["files"] == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    keys = list(out.rglob("*.key"))
    assert keys and {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_a_file_with_a_private_key_is_for_its_owner_alone(gen, tmp_path):
    assert gen("scenario", "handshake/leaf", "--also", "der,p7b,p12", "--out", tmp_path / "out").returncode == 0
    modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert modes[".p12"] == modes[".key"] == 0 and modes[".pem"] != 0


def test_jobs_and_shards_change_no_byte(gen, tmp_path):
    def made_with(*options) -> bytes:
        out = tmp_path / "out.jsonl"
        result = gen("corpus", "--format", "jsonl", "--out", out, "--only", "upload/*", *options)
        assert result.returncode == 0
        return out.read_bytes()

    whole = made_with("--jobs", "1")
    assert made_with("--jobs", "3") == whole
    assert b"".join(made_with("--shard", f"{k}/3") for k in (1, 2, 3)) == whole
    assert made_with("--seed", "another") != whole


def test_a_full_disk_leaves_the_old_corpus_whole(gen, tmp_path):
    out = tmp_path / "corpus.jsonl"
    assert gen("corpus", "--format", "jsonl", "--out", out, "--only", "upload/leaf-only").returncode == 0
    before = out.read_bytes()

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    result = gen("corpus", "--format", "jsonl", "--out", out, preexec_fn=limit)
    assert result.returncode == 2
    assert "File too large" in result.stderr
    assert contents(tmp_path) == {"corpus.jsonl": before}


@pytest.mark.parametrize("form, name", [("jsonl", "corpus.jsonl"), ("tree", "corpus")])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_the_old_corpus_whole(gen, mtls_gen, tmp_path, form, name, number):
    out = tmp_path / name
    assert gen("corpus", "--format", form, "--out", out, "--only", "upload/leaf-only").returncode == 0
    before = contents(tmp_path)
    process = subprocess.Popen(
        [mtls_gen, "corpus", "--suite", "full", "--format", form, "--out", out],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) == 1 and time.monotonic() < deadline:
        time.sleep(0.01)  # until the new corpus is begun beside the old one
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == -number  # it ends as the signal asks, after it has cleaned up
    assert "interrupted" in said
    assert contents(tmp_path) == before

"""pip install of the built wheel, in a virtual environment of its own and away from any checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from project import ROOT, base_cases, program

from mtls_conformance import suites
from mtls_conformance.results import digest

IGNORED = shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "target", "adapters", "tests", "servers-built")


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder of the programs of an environment that has the wheel; what it depends on comes from this one."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT / "conformance", folder / "source/conformance", ignore=IGNORED)
    (folder / "source/corpus").symlink_to(ROOT / "corpus")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    command = [*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", folder / "wheels"]
    built = subprocess.run([*command, folder / "source/conformance"], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    venv.create(folder / "venv", with_pip=False)
    (wheel,) = (folder / "wheels").iterdir()
    command = [*pip, "--python", folder / "venv/bin/python", "install", "--no-deps", "--no-index", wheel]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    others = folder / "venv/lib" / version / "site-packages/others.pth"
    others.write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "venv/bin"


@pytest.fixture
def away(installed, tmp_path, run):
    """Runs an installed program in an empty folder, with the project's own programs named by the environment."""

    def away(name: str, *arguments, **environment: str):
        known = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        return run(installed / name, *arguments, cwd=tmp_path, env=known | environment, seconds=120)

    return away


TOOLS = {"MTLS_VALIDATE": str(program("mtls-validate")), "MTLS_GEN": str(program("mtls-gen"))}


def test_it_is_the_installed_one_and_has_its_data(away):
    script = (
        "import mtls_conformance, importlib.resources as r, json\n"
        "from mtls_conformance import corpus, expectations, suites, vocabulary\n"
        "from mtls_conformance.results import digest\n"
        "here = r.files('mtls_conformance')\n"
        "print(json.dumps([mtls_conformance.__file__, str(suites.base()), digest(corpus.load(suites.base())),\n"
        "  sorted(p.name for p in (here / 'schema').iterdir()), len(expectations.of('gnutls').entries),\n"
        "  len(vocabulary.reasons()) > 20]))\n"
    )
    result = away("python", "-c", script)
    assert result.returncode == 0, result.stderr
    place, base, cases, schemas, entries, words = json.loads(result.stdout)
    assert "/venv/" in place and base.endswith("corpus/base.jsonl")
    assert cases == digest(base_cases())  # the same cases as the checkout's own
    assert "case.schema.json" in schemas and "results.schema.json" in schemas
    assert entries > 10 and words


def test_a_run_without_a_checkout(away, tmp_path):
    command = ["run", "--target", "mtls-validate", "--only", "handshake/*", "--quiet", "--report", tmp_path / "report"]
    result = away("mtls-conformance", *command, **TOOLS)
    assert result.returncode == 0, result.stderr + result.stdout
    assert (tmp_path / "report/results.json").is_file()


def test_what_is_not_there_is_told_with_the_remedy(away):
    result = away("mtls-conformance", "run", "--target", "mtls-validate", PATH="/nothing")
    assert result.returncode == 2 and "MTLS_VALIDATE is not set" in result.stderr
    result = away("mtls-conformance", "run", "--target", "gnutls")
    assert result.returncode == 2 and "set MTLS_GAUNTLET to it" in result.stderr
    result = away("mtls-conformance", "targets")
    assert result.returncode == 0 and "set MTLS_GAUNTLET to it" in result.stdout
    result = away("mtls-conformance", "targets", MTLS_GAUNTLET=str(ROOT))
    assert result.returncode == 0 and "gnutls" in result.stdout


def test_the_pytest_plugin_and_the_fixtures_come_along(away, tmp_path):
    (tmp_path / "test_mine.py").write_text(
        "def test_mine(gateway_ca, mtls_case):\n"
        "    assert gateway_ca.issue_client('alice', expired=True).chain_path.is_file()\n"
        "    assert mtls_case('upload/two-roots').bundle.count(b'BEGIN') == 2\n"
    )
    options = ["-p", "no:cacheprovider", "--mtls-target", "mtls-validate", "--mtls-only", "handshake/eku-*"]
    result = away("python", "-m", "pytest", *options, **TOOLS)
    assert result.returncode == 0, result.stdout + result.stderr
    cases = sum(case.id.startswith("handshake/eku-") for case in base_cases())
    assert f"{1 + 2 * cases} passed" in result.stdout  # its own test, and the cases under two profiles


def test_the_full_suite_is_made_once_and_kept(tmp_path, monkeypatch):
    """By an mtls-gen that counts its calls: what it writes is up to the real one's own tests."""
    small = tmp_path / "small.jsonl"
    subprocess.run([program("mtls-gen"), "corpus", "--format", "jsonl", "--only", "upload/two-*", "--out", small], check=True)
    fake = tmp_path / "mtls-gen"
    fake.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\nfor out; do :; done\ncp {small} "$out"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("MTLS_GEN", str(fake))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first, again = suites.find("full"), suites.find("full")
    assert first == again and first.read_bytes() == small.read_bytes()
    assert (tmp_path / "calls").read_text().startswith("corpus --suite full --format jsonl --out ")
    assert (tmp_path / "calls").read_text().count("\n") == 1
    fake.write_text(fake.read_text() + "# another version\n")
    assert suites.find("full") != first and not first.exists()  # a new program, a new suite; the old one goes

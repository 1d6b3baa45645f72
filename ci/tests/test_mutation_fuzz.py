"""ci/mutation.sh --fuzz blames a mutant for nothing that the fuzz targets find without it. Shell scripts stand for the
targets of both builds: libFuzzer's flags and exit status, and a finding that is always the same."""

from pathlib import Path
from types import SimpleNamespace

import mutation
import pytest

FUZZES = 'case " $* " in *" -seed=1 "*) for a; do case $a in -exact_artifact_path=*) echo >"${a#*=}";; esac; done;'
PASSES = "exit 0"
FAILS = f"{FUZZES} esac; exit 77"
FAILS_ONCE = f"{FUZZES} exit 77;; esac"  # and passes when the finding is replayed
FAILS_REPLAYED = f"{FUZZES} exit 0;; esac; exit 77"
BREAKS = "exit 1"
MUTANT = mutation.Mutant("some-mutant", "ocsp", "somewhere", alive="Nothing shows it.")


def write_program(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A place whose compiler writes what `body` says."""
    monkeypatch.setattr(mutation, "WORK", tmp_path)
    monkeypatch.setattr(mutation, "FINDINGS", tmp_path / "findings")
    programs = tmp_path / "programs"
    place = SimpleNamespace(build=tmp_path / "build", body=PASSES, compile=lambda build, *targets: None)

    def compile_fuzzers(names):
        for name in names:
            write_program(programs / name, place.body)
        return programs

    place.compile_fuzzers = compile_fuzzers
    return place


@pytest.mark.parametrize(
    ("unchanged", "mutated", "verdict"),
    [
        (PASSES, FAILS, ("fuzzing", "ocsp")),
        (PASSES, PASSES, ("alive", "Nothing shows it.")),
        (FAILS_REPLAYED, FAILS, ("alive", "Nothing shows it. (some-mutant-ocsp is found without the mutant, too)")),
        (PASSES, FAILS_ONCE, ("alive", "Nothing shows it. (some-mutant-ocsp passes when it is replayed)")),
    ],
    ids=["found", "not found", "found without it, too", "passes with it"],
)
def test_a_mutant_is_killed_by_what_passes_without_it(place, unchanged, mutated, verdict):
    place.body = unchanged
    fuzzers = mutation.Fuzzers(place, {"ocsp"}, 1)
    fuzzers.check_unchanged(1)
    place.body = mutated
    assert fuzzers.ask(place, MUTANT) == verdict


@pytest.mark.parametrize(
    ("body", "status", "message"), [(FAILS, 2, "without any mutant ocsp"), (BREAKS, 1, "ocsp fails")]
)
def test_targets_that_fail_without_a_mutant_stop_the_run(place, body, status, message):
    place.body = body
    with pytest.raises(mutation.Mistake, match=message) as stopped:
        mutation.Fuzzers(place, {"ocsp"}, 1).check_unchanged(1)
    assert stopped.value.status == status


def test_each_group_has_its_targets():
    groups = {mutant.group for mutant in mutation.read_all(mutation.MUTANTS)} - set(mutation.UNCOUNTED)
    assert groups == mutation.FUZZERS.keys()

"""mtls-validate as a target: one process answers the whole corpus (`mtls-validate corpus PATH --json`)."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ..compare import Answer
from ..corpus import Case
from ..vocabulary import profiles
from . import Settings, TargetError

PROGRAM = "mtls-validate"
SECONDS = 1800
HOW = "in a checkout of mtls-gauntlet:\n    cmake --preset release && cmake --build --preset release"


def names() -> list[str]:
    return [PROGRAM]


def make(name: str, settings: Settings) -> "ValidatorTarget":
    return ValidatorTarget(name, settings.suite)


def find_program(name: str) -> Path | None:
    """A program by its path; by its bare name in this project's build, else on the PATH."""
    if "/" in name:
        found = Path(name) if Path(name).is_file() else None
    else:
        built = Path(__file__).parents[3] / "build/release/bin" / name
        found = built if built.is_file() else shutil.which(name)
    return Path(found).resolve() if found else None


class ValidatorTarget:
    name = PROGRAM
    kind = "validator"
    profiles = profiles()
    silent = frozenset()

    def __init__(self, program: str, suite: Path):
        self.asked_for = program
        self.program = find_program(program)
        self.suite = suite

    @property
    def missing(self) -> str | None:
        return None if self.program else f"there is no {self.asked_for}; {HOW}"

    def version(self) -> str:
        result = subprocess.run([self.program, "--version"], capture_output=True, text=True, timeout=60)
        return result.stdout.strip().removeprefix("mtls-validate ")

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        wanted = {case.id for case in cases}
        for result in self.results(profile):
            if result["id"] in wanted:
                wanted.remove(result["id"])
                yield Answer(result["id"], result["upload"], result["handshake"])
        if wanted:
            raise TargetError(f"{self.program.name} left out {len(wanted)} cases, such as {sorted(wanted)[0]}")

    def results(self, profile: str) -> list[dict]:
        """What the program prints: one object for each case, with its own view of whether that is as expected."""
        command = [self.program, "corpus", self.suite, "--profile", profile, "--json"]
        try:
            run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise TargetError(f"{self.program.name} did not finish in {SECONDS} seconds") from None
        if run.returncode not in (0, 1):
            words = run.stderr.decode(errors="replace").strip()
            raise TargetError(f"{self.program.name} ended with status {run.returncode}: {words}")
        try:
            results = json.loads(run.stdout)["results"]
            if all({"id", "upload", "handshake", "differences"} <= result.keys() for result in results):
                return results
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass
        raise TargetError(f"{self.program.name} did not print the JSON of mtls-validate corpus")

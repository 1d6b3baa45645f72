"""mtls-validate as a target: one process answers many cases (`mtls-validate corpus PATH --json`)."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .. import programs
from ..compare import Answer
from ..corpus import Case, as_question
from ..vocabulary import profiles
from . import Settings, TargetError

PROGRAM = "mtls-validate"
CASES_A_PROCESS = 400  # so many of each process an interrupt loses at most
SECONDS = 1800


def names() -> list[str]:
    return [PROGRAM]


def make(name: str, settings: Settings) -> "ValidatorTarget":
    return ValidatorTarget(name)


class ValidatorTarget:
    name = PROGRAM
    kind = "validator"
    profiles = profiles()
    silent = frozenset()

    def __init__(self, program: str = PROGRAM):
        self.asked_for = program
        if "/" in program:
            self.program = Path(program).resolve() if Path(program).is_file() else None
        else:
            self.program = programs.look_for(program)

    @property
    def missing(self) -> str | None:
        if self.program is not None:
            return None
        given = "/" in self.asked_for
        return f"there is no {self.asked_for}" if given else programs.how_to_get(self.asked_for)

    def version(self) -> str:
        result = subprocess.run([self.program, "--version"], capture_output=True, text=True, timeout=60)
        version = result.stdout.strip().removeprefix("mtls-validate ")
        if result.returncode != 0 or not version:
            words = result.stderr.strip() or "no version was printed"
            raise TargetError(f"{self.program.name} --version ended with status {result.returncode}: {words}")
        return version

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        parts = [cases[start : start + CASES_A_PROCESS] for start in range(0, len(cases), CASES_A_PROCESS)]
        with ThreadPoolExecutor(jobs) as pool:
            try:
                for answers in pool.map(lambda part: self._ask(part, profile), parts):
                    yield from answers
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, cases: list[Case], profile: str) -> list[Answer]:
        """What one process answers; cases that it leaves out are not there."""
        with tempfile.TemporaryDirectory(prefix="mtls-cases-") as folder:
            corpus = Path(folder) / "cases.jsonl"
            with corpus.open("w", encoding="utf-8") as lines:
                lines.writelines(json.dumps(as_question(case)) + "\n" for case in cases)
            results = {result["id"]: result for result in self.results(corpus, profile)}
        return [
            Answer(case.id, results[case.id]["upload"], results[case.id]["handshake"])
            for case in cases
            if case.id in results
        ]

    def results(self, corpus: Path, profile: str) -> list[dict]:
        """What the program prints: one object for each case, with its own view of whether that is as expected."""
        command = [self.program, "corpus", corpus, "--profile", profile, "--json"]
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

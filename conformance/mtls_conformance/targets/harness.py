"""A harness of x509-limbo as a target: a program that reads a suite on standard input and writes its results on
standard output (its harness/README.md)."""

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cached_property

from .. import limbo
from ..compare import Answer
from ..corpus import Case
from ..limits import limit
from . import TargetError

SECONDS = 1800
OUTPUT_BYTES = 1 << 30
ANSWERS = {"SUCCESS": "SUCCESS", "FAILURE": "FAILED", "HANG": "HANG"}


class HarnessTarget:
    """`testcases` is the suite: cases that it does not have are skipped."""

    kind = "library"
    profiles = (limbo.PROFILE,)
    silent = frozenset({"reason", "httpStatus"})
    missing = None

    def __init__(self, command: list[str], testcases: list[limbo.Testcase], seconds: float = SECONDS):
        self.command = command
        self.testcases = {one.case.id: one for one in testcases}
        self.seconds = seconds
        self.name = os.path.basename(command[0])

    @cached_property
    def harness(self) -> str:
        return self._run([])[0]

    def version(self) -> str:
        """The name of the harness, which it gives to an empty suite too."""
        return self.harness

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        asked = [self.testcases[case.id] for case in cases if case.id in self.testcases]
        results = self._run(asked)[1] if asked else {}
        for case in cases:
            one = self.testcases.get(case.id)
            if one is None:
                why = "x509-limbo's format has no such case"
                yield Answer(case.id, skipped={"upload": why, "handshake": why})
                continue
            yield _answer(case.id, results.get(one.original["id"]))

    def _run(self, testcases: list[limbo.Testcase]) -> tuple[str, dict[str, limbo.Result]]:
        with tempfile.TemporaryFile() as suite, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            suite.write(limbo.suite_of(testcases))
            suite.seek(0)
            status = self._wait(suite, out, errors)
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - 2000))
            words = errors.read().decode("utf-8", "replace").strip()
            out.seek(0)
            text = out.read()
        if status != 0:
            how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
            raise TargetError(f"{self.name} {how}; it says: {words or 'nothing'}")
        try:
            return limbo.parse_results(text)
        except (ValueError, RecursionError) as error:
            raise TargetError(f"{self.name} did not write results of x509-limbo: {error}") from None

    def _wait(self, suite, out, errors) -> int:
        try:
            process = subprocess.Popen(
                self.command, stdin=suite, stdout=out, stderr=errors, process_group=0, preexec_fn=_limit
            )
        except OSError as error:
            raise TargetError(f"{self.command[0]}: {error.strerror}") from None
        try:
            return process.wait(self.seconds)
        except subprocess.TimeoutExpired:
            raise TargetError(f"{self.name} did not finish in {self.seconds:g} seconds") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answer(case_id: str, result: limbo.Result | None) -> Answer:
    skipped = {"upload": "x509-limbo has no upload"}
    if result is None:
        return Answer(case_id, None, {"result": "PROTOCOL"}, skipped, "the harness left it out")
    if result.actual == "SKIPPED":
        return Answer(case_id, None, None, {**skipped, "handshake": "the harness skipped it"}, result.context)
    return Answer(case_id, None, {"result": ANSWERS[result.actual]}, skipped, result.context)


def _limit():
    limit(resource.RLIMIT_FSIZE, OUTPUT_BYTES)

"""A target in memory: it answers as its corpus expects, but for the cases that a test gives other answers."""

from collections.abc import Callable, Iterator

from mtls_conformance.compare import Answer
from mtls_conformance.corpus import Case


class FakeTarget:
    name = "fake"
    kind = "library"
    silent = frozenset()
    profiles = ("openssl",)
    missing = None

    def __init__(self, otherwise: Callable[[Case], Answer | None] = lambda case: None, version: str = "fake 1"):
        self.otherwise = otherwise
        self._version = version
        self.was_closed = False

    def version(self) -> str:
        return self._version

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        try:
            for case in cases:
                yield self.otherwise(case) or as_expected(case, profile)
        finally:
            self.was_closed = True


def as_expected(case: Case, profile: str) -> Answer:
    stages = {name: case.stage(profile, name) for name in ("upload", "handshake")}
    return Answer(case.id, **{name: stage.any_of[0] if stage else None for name, stage in stages.items()})


SUCCESS = {"result": "SUCCESS", "reason": None, "sslClientVerify": "SUCCESS"}
FAILED = {"result": "FAILED", "reason": "expired", "sslClientVerify": "FAILED:certificate has expired", "httpStatus": 400}
ACCEPTED = {"result": "accepted"}

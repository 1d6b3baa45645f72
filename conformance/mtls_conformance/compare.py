"""Holds an answer against an expectation (docs/case-format.md, "Comparing")."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from .corpus import STAGES, Case, Stage


class Outcome(StrEnum):
    AS_EXPECTED = "as expected"
    DIFFERS = "differs"
    KNOWN = "differs as known"  # expectations/<target>.yaml says why
    SKIPPED = "skipped"
    CRASH = "CRASH"
    HANG = "HANG"
    PROTOCOL = "PROTOCOL"


# What makes a run end with status 1.
UNEXPLAINED = frozenset({Outcome.DIFFERS, Outcome.CRASH, Outcome.HANG, Outcome.PROTOCOL})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target says of one case. A stage that it does not reach is None; a stage that it cannot be asked is
    in `skipped`, with the reason."""

    case_id: str
    upload: dict | None = None
    handshake: dict | None = None
    skipped: dict[str, str] = field(default_factory=dict)
    raw: str = ""  # in the target's own words
    raw_upload: str | None = None  # of the upload, where it has words of its own for that
    silent: frozenset[str] = frozenset()  # members of which this answer says nothing

    def stage(self, name: str) -> dict | None:
        return self.upload if name == "upload" else self.handshake

    def words(self, name: str) -> str:
        if name == "upload" and self.raw_upload is not None:
            return self.raw_upload
        got_on = self.handshake is not None and self.handshake.get("result") not in FAILURES
        return "" if name == "upload" and got_on else self.raw  # then they are of the handshake


@dataclass(frozen=True, slots=True)
class Known:
    """Why a difference is no news: an entry of expectations/<target>.yaml."""

    reason: str
    cite: str
    seen: str  # the version of the target in which it was seen
    here: bool  # whether that is the version of this run


@dataclass(frozen=True, slots=True)
class Verdict:
    case_id: str
    target: str
    profile: str
    stage: str
    outcome: Outcome
    expected: tuple[dict, ...] = ()
    got: dict | None = None
    raw: str = ""  # the target's own words
    why: str = ""  # of a skip
    known: Known | None = None  # with Outcome.KNOWN


# An aid to people, not part of what must be equal: spellings differ between versions of OpenSSL.
AIDS = {"sslClientVerify"}
MOST_WORDS = 4096  # characters of a target's own words that are kept: it may flood
FAILURES = frozenset({"CRASH", "HANG", "PROTOCOL"})  # of the target, in place of a result


def conforms(expected: Stage, got: dict | None, silent: frozenset[str] = frozenset()) -> bool:
    """Whether `got` equals an alternative in every member that it states. `silent` are members of which this
    target can say nothing. A tuple in `got` is one word of the target's for several of ours."""
    if got is None:
        return False
    return any(
        all(_says(got.get(member), value) for member, value in alternative.items() if member not in AIDS | silent)
        for alternative in expected.any_of
    )


def _says(got: object, expected: object) -> bool:
    return expected in got if isinstance(got, tuple) else got == expected


def judge(
    case: Case, target: str, profile: str, answer: Answer, silent: frozenset[str] = frozenset()
) -> Iterator[Verdict]:
    """One verdict for each stage that the case has under the profile."""
    for name in STAGES:
        expected = case.stage(profile, name)
        got = answer.stage(name)
        if name in answer.skipped:
            yield Verdict(case.id, target, profile, name, Outcome.SKIPPED, why=answer.skipped[name])
        elif expected is None:
            if name == "upload" or case.client is not None:
                yield Verdict(
                    case.id, target, profile, name, Outcome.SKIPPED, got=got, why=f"no expectation under {profile}"
                )
        else:
            if got is not None and got.get("result") in FAILURES:
                outcome, got = Outcome(got["result"]), None
            else:
                outcome = Outcome.AS_EXPECTED if conforms(expected, got, silent | answer.silent) else Outcome.DIFFERS
            words = answer.words(name)
            raw = words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "\N{HORIZONTAL ELLIPSIS}"
            yield Verdict(case.id, target, profile, name, outcome, expected.any_of, got, raw)

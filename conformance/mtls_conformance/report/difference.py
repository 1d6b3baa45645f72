"""What kind of difference a verdict is: whether something was let in that must not be matters more than another
word for the same refusal."""

from enum import StrEnum

from ..compare import UNEXPLAINED, Outcome, Verdict


class Mark(StrEnum):
    """One letter for each way a verdict can look; the page draws them."""

    NONE = "."
    AS_EXPECTED = "o"
    LETS_IN = "l"  # accepted, or let in, what was to be refused
    REFUSES = "s"
    OTHER = "r"  # the same decision with another code, reason or name
    KNOWN = "k"
    SKIPPED = "-"
    CRASH = "C"
    HANG = "H"
    PROTOCOL = "P"


WORDS = {
    Mark.AS_EXPECTED: "as expected",
    Mark.LETS_IN: "lets in",
    Mark.REFUSES: "refuses",
    Mark.OTHER: "other reason",
    Mark.KNOWN: "known difference",
    Mark.SKIPPED: "skipped",
    Mark.CRASH: "crash",
    Mark.HANG: "hang",
    Mark.PROTOCOL: "protocol error",
}

OF_OUTCOME = {
    Outcome.AS_EXPECTED: Mark.AS_EXPECTED,
    Outcome.KNOWN: Mark.KNOWN,
    Outcome.SKIPPED: Mark.SKIPPED,
    Outcome.CRASH: Mark.CRASH,
    Outcome.HANG: Mark.HANG,
    Outcome.PROTOCOL: Mark.PROTOCOL,
}

LETS_IN = frozenset({"accepted", "SUCCESS", "PASSTHROUGH"})


def lets_in(answer: dict) -> bool:
    return answer.get("result") in LETS_IN


def mark(verdict: Verdict) -> Mark:
    if verdict.outcome is not Outcome.DIFFERS:
        return OF_OUTCOME[verdict.outcome]
    if verdict.got is None:
        return Mark.OTHER
    expected = {lets_in(alternative) for alternative in verdict.expected}
    if lets_in(verdict.got) in expected:
        return Mark.OTHER
    return Mark.LETS_IN if lets_in(verdict.got) else Mark.REFUSES


def is_news(verdict: Verdict) -> bool:
    return verdict.outcome in UNEXPLAINED

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
    KNOWN_BROKEN = "w"
    KNOWN_LETS_IN = "x"
    KNOWN_REFUSES = "y"
    KNOWN_OTHER = "z"
    SKIPPED = "-"
    CRASH = "C"
    HANG = "H"
    PROTOCOL = "P"


WORDS = {
    Mark.AS_EXPECTED: "as expected",
    Mark.LETS_IN: "lets in",
    Mark.REFUSES: "refuses",
    Mark.OTHER: "other reason",
    Mark.KNOWN_BROKEN: "breaks (known)",
    Mark.KNOWN_LETS_IN: "lets in (known)",
    Mark.KNOWN_REFUSES: "refuses (known)",
    Mark.KNOWN_OTHER: "other reason (known)",
    Mark.SKIPPED: "skipped",
    Mark.CRASH: "crash",
    Mark.HANG: "hang",
    Mark.PROTOCOL: "protocol error",
}

OF_OUTCOME = {
    Outcome.AS_EXPECTED: Mark.AS_EXPECTED,
    Outcome.SKIPPED: Mark.SKIPPED,
    Outcome.CRASH: Mark.CRASH,
    Outcome.HANG: Mark.HANG,
    Outcome.PROTOCOL: Mark.PROTOCOL,
}

KNOWN = frozenset({Mark.KNOWN_BROKEN, Mark.KNOWN_LETS_IN, Mark.KNOWN_REFUSES, Mark.KNOWN_OTHER})
LETS_IN = frozenset({"accepted", "SUCCESS", "PASSTHROUGH"})


def lets_in(answer: dict) -> bool:
    return answer.get("result") in LETS_IN


def mark(verdict: Verdict) -> Mark:
    if verdict.outcome in OF_OUTCOME:
        return OF_OUTCOME[verdict.outcome]
    is_known = verdict.outcome is Outcome.KNOWN
    if verdict.got is None:
        return Mark.KNOWN_BROKEN if is_known else Mark.OTHER
    if any(lets_in(alternative) == lets_in(verdict.got) for alternative in verdict.expected):
        return Mark.KNOWN_OTHER if is_known else Mark.OTHER
    if lets_in(verdict.got):
        return Mark.KNOWN_LETS_IN if is_known else Mark.LETS_IN
    return Mark.KNOWN_REFUSES if is_known else Mark.REFUSES


def is_news(verdict: Verdict) -> bool:
    return verdict.outcome in UNEXPLAINED

"""Answers and expectations in words, for people; text of targets and certificates as no display can misuse it."""

from ..table import brief, printable
from ..compare import Verdict


def sentence(answer: dict | None) -> str:
    """All that an answer states, on one line."""
    if answer is None:
        return "no answer"
    parts = [str(answer.get("result"))]
    for member in ("reason", "code", "clientCertIssuerDN", "httpStatus"):
        value = answer.get(member)
        if isinstance(value, (tuple, list)):
            value = " or ".join(map(str, value))
        if value is not None:
            parts.append(f"{member} {value}")
    return printable(", ".join(parts))


def expected(verdict: Verdict) -> str:
    return " or ".join(dict.fromkeys(sentence(alternative) for alternative in verdict.expected))


def expected_briefly(verdict: Verdict) -> str:
    return " or ".join(dict.fromkeys(brief(verdict.stage, alternative) for alternative in verdict.expected))


def got(verdict: Verdict) -> str:
    return verdict.outcome.value if verdict.got is None and verdict.outcome.value.isupper() else sentence(verdict.got)


__all__ = ["brief", "expected", "expected_briefly", "got", "printable", "sentence"]

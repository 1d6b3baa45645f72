"""The words of the project, as core/vocabulary.def has them (expanded into vocabulary.json by ci/expand.py)."""

import json
from functools import cache
from importlib import resources

RESULTS = ("SUCCESS", "FAILED", "NONE", "PASSTHROUGH", "ABORTED")


@cache
def vocabulary() -> dict:
    return json.loads(resources.files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8"))


@cache
def profiles() -> tuple[str, ...]:
    return tuple(row["spelling"] for row in vocabulary()["profiles"])


@cache
def upload_codes() -> frozenset[str]:
    return frozenset(row["spelling"] for row in vocabulary()["uploadCodes"])


@cache
def bases() -> frozenset[str]:
    return frozenset(row["spelling"] for row in vocabulary()["bases"])


@cache
def reasons() -> frozenset[str]:
    return frozenset(row["slug"] for row in vocabulary()["reasons"])


@cache
def _spellings() -> dict[str, str]:
    return {
        row[kind].lower(): row["slug"]
        for row in vocabulary()["reasons"]
        for kind in ("gatewaySpelling", "oldSpelling", "spelling")
        if row[kind]
    }


def reason_of(spelling: str) -> str | None:
    """The slug of a reason as any OpenSSL or the gateway spells it, in any letter case; None if no row has it."""
    return _spellings().get(spelling.strip().lower())


def handshake_of(client_verify: str, http_status: int | None) -> dict:
    """A server's $ssl_client_verify, such as "FAILED:certificate has expired", as the answer of a handshake.

    A reason that the vocabulary does not know stays as it is spelled, so that it equals no expectation and is seen."""
    result, _, text = client_verify.partition(":")
    reason = (reason_of(text) or f"unknown: {text}") if result == "FAILED" else None
    return {"result": result, "reason": reason, "sslClientVerify": client_verify, "httpStatus": http_status}

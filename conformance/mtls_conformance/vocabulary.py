"""The words of the project, as core/vocabulary.def has them (expanded into vocabulary.json by ci/expand.py)."""

import json
from functools import cache
from importlib import resources


@cache
def vocabulary() -> dict:
    return json.loads(resources.files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8"))


@cache
def profiles() -> tuple[str, ...]:
    return tuple(row["spelling"] for row in vocabulary()["profiles"])


@cache
def judges_clients(profile: str) -> bool:
    """Whether there is a handshake to tell of under the profile, beside the file."""
    return any(row["judgesClients"] for row in vocabulary()["profiles"] if row["spelling"] == profile)


@cache
def upload_codes() -> frozenset[str]:
    return frozenset(row["spelling"] for row in vocabulary()["uploadCodes"])


@cache
def results() -> frozenset[str]:
    return frozenset(row["spelling"] for row in vocabulary()["results"])


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


@cache
def _numbers() -> dict[int, str]:
    return {row["x509VErr"]: row["slug"] for row in vocabulary()["reasons"] if row["x509VErr"] >= 0}


def reason_of_number(number: int) -> str:
    """The slug of an X509_V_ERR number; one that no row has stays a number, so that it equals no expectation."""
    return _numbers().get(number, f"unknown: {number}")


def reasons_of_first_error(number: int) -> tuple[str, ...]:
    """The slugs of an X509_V_ERR number from a server that ends the handshake at OpenSSL's first error.

    For a leaf whose issuer is nowhere OpenSSL reports "unable to get local issuer certificate" (20) when it has built
    the chain, and only a server that lets it go on hears of "unable to verify the first certificate" (21)."""
    return tuple(map(reason_of_number, (20, 21) if number == 20 else (number,)))


def reasons_of_first_error_text(spelling: str) -> tuple[str, ...]:
    """As reasons_of_first_error, of OpenSSL's words."""
    slug = reason_of(spelling) or f"unknown: {spelling}"
    return reasons_of_first_error(20) if slug == reason_of_number(20) else (slug,)


def handshake_of(client_verify: str, http_status: int | None) -> dict:
    """A server's $ssl_client_verify, such as "FAILED:certificate has expired", as the answer of a handshake.

    A reason that the vocabulary does not know stays as it is spelled, so that it equals no expectation and is seen."""
    result, _, text = client_verify.partition(":")
    reason = (reason_of(text) or f"unknown: {text}") if result == "FAILED" else None
    return {"result": result, "reason": reason, "sslClientVerify": client_verify, "httpStatus": http_status}

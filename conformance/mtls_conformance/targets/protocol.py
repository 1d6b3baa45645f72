"""What an adapter may say (conformance/PROTOCOL.md), read with no trust in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ..vocabulary import results

PROTOCOL = 1
RESULTS_OF_UPLOAD = frozenset({"accepted", "rejected", "unsupported"})
RESULTS_OF_HANDSHAKE = results() | {"unsupported"}


class ProtocolError(Exception):
    """The adapter said what the protocol does not allow."""


@dataclass(frozen=True)
class Hello:
    name: str
    version: str
    features: frozenset[str]
    profile: str


def read_hello(line: bytes) -> Hello:
    """The greeting. Raises ProtocolError."""
    hello = _decode(line)
    _check_members(hello, "the greeting", {"protocol", "name", "version", "features"}, {"profile"})
    if hello["protocol"] != PROTOCOL or isinstance(hello["protocol"], bool):
        raise ProtocolError(f"it speaks protocol {hello['protocol']!r}, this runner speaks {PROTOCOL}")
    features = hello["features"]
    if not isinstance(features, list) or not all(isinstance(feature, str) for feature in features):
        raise ProtocolError("`features` of the greeting is not an array of strings")
    for member in ("name", "version"):
        if not _text(hello, member):
            raise ProtocolError(f"`{member}` of the greeting is empty")
    return Hello(
        _text(hello, "name"), _text(hello, "version"), frozenset(features), _text(hello, "profile") or "openssl"
    )


def read_answer(
    case: Mapping[str, object], line: bytes, known_reasons: frozenset[str] | None
) -> dict[str, object]:
    """The members of an Answer but its id and outcome. Raises ProtocolError."""
    answer = _decode(line)
    optional = {"upload", "handshake", "reason", "sslClientVerify", "httpStatus"}
    _check_members(answer, "the answer", {"id", "raw"}, optional)
    if answer["id"] != case["id"]:
        raise ProtocolError(f"it answers {shown(str(answer['id']).encode())}, the case is {case['id']}")
    upload = answer.get("upload")
    if (upload is not None) != (case.get("bundle") is not None):
        raise ProtocolError("`upload` is there exactly if the case has a bundle")
    if upload is not None:
        _check_upload(upload)
    handshake = answer.get("handshake")
    goes_on = case.get("client") is not None and (upload is None or upload["result"] != "rejected")
    if (handshake is not None) != goes_on:
        raise ProtocolError("`handshake` is there exactly if the case has a client and its bundle was not rejected")
    if handshake is not None and handshake not in RESULTS_OF_HANDSHAKE:
        raise ProtocolError(f"`handshake` has none of its values: {shown(repr(handshake).encode())}")
    status = answer.get("httpStatus")
    if status is not None and (not isinstance(status, int) or isinstance(status, bool)):
        raise ProtocolError("`httpStatus` is not an integer")
    return {
        "upload": upload,
        "handshake": handshake,
        "reasons": _read_reasons(answer.get("reason"), handshake, known_reasons),
        "raw": _text(answer, "raw"),
        "ssl_client_verify": _text(answer, "sslClientVerify") or None,
        "http_status": status,
    }


def _read_reasons(reason: object, handshake: str | None, known: frozenset[str] | None) -> tuple[str, ...]:
    reasons = [] if reason is None else reason if isinstance(reason, list) else [reason]
    if reasons and handshake != "FAILED":
        raise ProtocolError("`reason` is given only with FAILED")
    for slug in reasons:
        if not isinstance(slug, str) or (known is not None and slug not in known):
            raise ProtocolError(f"`reason` is not of the vocabulary: {shown(repr(slug).encode())}")
    return tuple(reasons)


def _check_upload(upload: object) -> None:
    _check_members(upload, "`upload`", {"result"}, {"raw", "code", "clientCertIssuerDN"})
    if upload["result"] not in RESULTS_OF_UPLOAD:
        raise ProtocolError("`upload.result` has none of its values")
    for member in ("raw", "code", "clientCertIssuerDN"):
        _text(upload, member)


def _check_members(value: object, what: str, required: set[str], optional: set[str]) -> None:
    if not isinstance(value, dict):
        raise ProtocolError(f"{what} is not an object")
    if missing := required - value.keys():
        raise ProtocolError(f"{what} lacks {', '.join(sorted(missing))}")
    if unknown := value.keys() - required - optional:
        raise ProtocolError(f"{what} has the unknown member {shown(sorted(unknown)[0].encode())}")


def _text(value: Mapping[str, object], member: str) -> str:
    text = value.get(member)
    if text is not None and not isinstance(text, str):
        raise ProtocolError(f"`{member}` is not a string")
    if text is not None and any("\ud800" <= character <= "\udfff" for character in text):
        raise ProtocolError(f"`{member}` holds half a surrogate pair")
    return text or ""


def encode(case: Mapping[str, object]) -> bytes:
    return json.dumps(case, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _decode(line: bytes) -> dict[str, object]:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a member twice")
        return dict(pairs)

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    try:
        value = json.loads(line.decode(), object_pairs_hook=unique, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {shown(line)} ({type(error).__name__})") from error
    if not isinstance(value, dict):
        raise ProtocolError(f"not an object: {shown(line)}")
    return value


def shown(data: bytes | bytearray) -> str:
    """At most 120 bytes of what the adapter said, escaped."""
    return ascii(bytes(data[:120]).decode("utf-8", "backslashreplace"))

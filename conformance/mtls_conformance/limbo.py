"""x509-limbo's files (github.com/C2SP/x509-limbo, limbo/models.py): suites of test cases, and the results of its harnesses.

A test case becomes a case of ours: the trusted certificates are what is uploaded, the peer's certificate and the
intermediates what the client sends, and what the file expects stands under the profile `openssl`. Only whether a client
gets in can be compared: limbo knows no reasons."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .corpus import Case, Client, CorpusError, Stage

PROFILE = "openssl"
OURS = "mtls::"
SUCCESS = {"result": "SUCCESS"}
FAILURE = ({"result": "FAILED"}, {"result": "ABORTED"})
WHEN_NONE = "2030-01-01T00:00:00Z"  # the time of a test case that has none
TEXTS = ("description", "peer_certificate")
LISTS = ("trusted_certs", "untrusted_intermediates", "signature_algorithms", "key_usage", "extended_key_usage")


@dataclass(frozen=True, slots=True)
class Testcase:
    """One test case: as it stands in the file, and as a case of ours."""

    original: dict[str, Any]
    case: Case
    only_for: str | None  # why no server that authenticates clients can be asked it, or None


def read(path: Path) -> list[Testcase]:
    """Raises CorpusError."""
    try:
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}") from None


def parse(text: bytes, place: str) -> list[Testcase]:
    try:
        suite = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{place}: {error}") from None
    if not isinstance(suite, dict) or suite.get("version") != 1 or not isinstance(suite.get("testcases"), list):
        raise CorpusError(f"{place}: is no suite of x509-limbo: expected version 1 and testcases")
    found = [_testcase(f"{place}: testcases[{n}]", item) for n, item in enumerate(suite["testcases"])]
    for identity, count in Counter(one.case.id for one in found).items():
        if count > 1:
            raise CorpusError(f"{place}: {identity} is there twice")
    return found


def for_clients(testcases: list[Testcase]) -> tuple[list[Case], Counter[str]]:
    """What a server that authenticates clients can be asked, and why the rest cannot."""
    left = Counter(one.only_for for one in testcases if one.only_for)
    return [one.case for one in testcases if one.only_for is None], left


def suite_of(testcases: list[Testcase]) -> bytes:
    return json.dumps({"version": 1, "testcases": [one.original for one in testcases]}).encode()


def case_id(limbo_id: str) -> str:
    """`mtls::upload::leaf-only` is `upload/leaf-only`; other suites keep their first word."""
    return limbo_id.removeprefix(OURS).replace("::", "/")


def _testcase(place: str, value: Any) -> Testcase:
    def fail(what: str):
        raise CorpusError(f"{place}: {what}")

    if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not value["id"]:
        fail("expected an object with an id")
    place = f"{place}: {value['id']}"
    for member in TEXTS:
        if not isinstance(value.get(member), str):
            fail(f"{member}: expected a text")
    for member in LISTS:
        if not isinstance(value.get(member), list) or not all(isinstance(item, str) for item in value[member]):
            fail(f"{member}: expected an array of texts")
    if value.get("expected_result") not in ("SUCCESS", "FAILURE"):
        fail("expected_result: expected SUCCESS or FAILURE")
    if value.get("validation_kind") not in ("CLIENT", "SERVER"):
        fail("validation_kind: expected CLIENT or SERVER")
    key = value.get("peer_certificate_key")
    if key is not None and not isinstance(key, str):
        fail("peer_certificate_key: expected a text")
    any_of = (SUCCESS,) if value["expected_result"] == "SUCCESS" else FAILURE
    chain = "".join(map(_ended, [value["peer_certificate"], *value["untrusted_intermediates"]]))
    case = Case(
        id=case_id(value["id"]),
        summary=value["description"],
        cites=(),
        tags=frozenset(),
        features=frozenset(),
        bundle="".join(map(_ended, value["trusted_certs"])).encode(),
        client=Client(chain.encode(), key.encode() if key else None, None, False, False, False),
        time=_time(place, value.get("validation_time")),
        certificates=(),
        expect={PROFILE: {"handshake": Stage(any_of, "documented", None)}},
    )
    return Testcase(value, case, _only_for(value))


def _ended(pem: str) -> str:
    return pem if pem.endswith("\n") else pem + "\n"


def _time(place: str, value: Any) -> str:
    if value is None:
        return WHEN_NONE
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise CorpusError(f"{place}: validation_time: expected a time such as 2030-01-01T00:00:00+00:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _only_for(value: dict) -> str | None:
    """What the adapter protocol and servers cannot be told."""
    if value["validation_kind"] != "CLIENT":
        return "they validate servers"
    if value["extended_key_usage"] not in ([], ["clientAuth"]):
        return "they ask for another purpose than clientAuth"
    if value["key_usage"] or value["signature_algorithms"]:
        return "they restrict key usages or signature algorithms"
    if value.get("max_chain_depth") is not None:
        return "they set a depth"
    if value.get("crls"):
        return "they have revocation lists"
    if value["expected_result"] == "FAILURE" and value.get("expected_peer_names"):
        return "they may fail for the client's name"
    return None


@dataclass(frozen=True, slots=True)
class Result:
    actual: str  # SUCCESS, FAILURE, SKIPPED or HANG
    context: str


def parse_results(text: bytes) -> tuple[str, dict[str, Result]]:
    """A harness's name, and what it says of each id. Raises ValueError."""
    value = json.loads(text)
    if not isinstance(value, dict) or value.get("version") != 1 or not isinstance(value.get("harness"), str):
        raise ValueError("expected version 1 and harness")
    if not isinstance(value.get("results"), list):
        raise ValueError("expected results")
    found = {}
    for item in value["results"]:
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            raise ValueError("a result without an id")
        if item.get("actual_result") not in ("SUCCESS", "FAILURE", "SKIPPED", "HANG"):
            raise ValueError(f"{item['id']}: actual_result is none of its words")
        if item["id"] in found:
            raise ValueError(f"{item['id']} is there twice")
        found[item["id"]] = Result(item["actual_result"], str(item.get("context") or ""))
    return value["harness"], found

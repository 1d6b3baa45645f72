"""SARIF 2.1.0 of what the upload check finds in files, for code scanning: a rejection is an error, a warning a
warning, each with its line. Written from the JSON of `mtls-validate upload`, which never holds a byte of a key."""

import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import quote

from ..vocabulary import vocabulary
from . import citations
from .wording import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LINE = re.compile(r"\bline (\d+)")


def document(found: Iterable[tuple[str, dict]], version: str) -> str:
    """`found` are files by the names they were given, each with its answer; `version` is the validator's."""
    rules: dict[str, dict] = {}
    results = []
    for name, answer in found:
        for result in _findings(name, answer, rules):
            results.append(result)
    numbers = {rule: number for number, rule in enumerate(rules)}
    for result in results:
        result["ruleIndex"] = numbers[result["ruleId"]]
    driver = {"name": "mtls-validate", "version": version, "rules": list(rules.values())}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _findings(name: str, answer: dict, rules: dict[str, dict]) -> Iterable[dict]:
    if answer["result"] == "rejected":
        rule = answer["code"] or "file-refused"
        rules.setdefault(rule, _rule(rule, answer.get("advice")))
        line = LINE.search(answer["detail"] or "")
        yield _result(rule, "error", answer["detail"] or rule, name, int(line[1]) if line else 1)
    for warning in answer["warnings"]:
        rules.setdefault(warning["id"], _rule(warning["id"], warning["advice"]))
        yield _result(warning["id"], "warning", warning["seen"], name, warning.get("line") or 1)


def _rule(name: str, advice: str | None) -> dict:
    known = next((row for row in vocabulary()["uploadCodes"] if row["spelling"] == name), None)
    short = known["summary"] if known else name.replace("-", " ").capitalize() + "."
    rule = {"id": name, "shortDescription": {"text": short}, "help": {"text": advice or short}}
    address = citations.look_up(known["cite"])[1] if known else ""
    return rule | ({"helpUri": address} if address else {})


def _result(rule: str, level: str, text: str, name: str, line: int) -> dict:
    path = PurePosixPath(name)
    address = quote(path.as_posix(), safe="/~", errors="surrogateescape")
    address = f"file://{address}" if path.is_absolute() else address
    place = {"physicalLocation": {"artifactLocation": {"uri": address}, "region": {"startLine": max(line, 1)}}}
    return {"ruleId": rule, "level": level, "message": {"text": printable(text)}, "locations": [place]}

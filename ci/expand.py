#!/usr/bin/env python3
"""Expands core/vocabulary.def, the one table of words, into what other languages read:

    conformance/mtls_conformance/vocabulary.json    the whole table
    corpus/schema/case.schema.json                  its lists of allowed words (the rest is written by hand)

    ci/expand.py           writes them
    ci/expand.py --check   exit 1 if one is not what it would write
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*|-?\d+)|([(),])|\s+|(/\*.*?\*/|#[^\n]*)', re.S)
MEMBERS = {
    "UPLOAD_CODE": ["id", "spelling", "cite", "summary", "advice"],
    "REASON": ["id", "slug", "x509VErr", "spelling", "oldSpelling", "gatewaySpelling", "cite", "advice"],
    "PROFILE": ["id", "spelling", "summary"],
    "BASIS": ["id", "spelling", "meaning"],
}
LISTS = {"UPLOAD_CODE": "uploadCodes", "REASON": "reasons", "PROFILE": "profiles", "BASIS": "bases"}


def tokens(text: str):
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise SystemExit(f"core/vocabulary.def: cannot read {text[at:at + 40]!r}")
        at = match.end()
        if match[1] is not None:
            yield "text", match[1].replace('\\"', '"').replace("\\\\", "\\")
        elif match[2]:
            yield "word", match[2]
        elif match[3]:
            yield match[3], match[3]


def value_of(pieces: list[tuple[str, str]]):
    if pieces and all(kind == "text" for kind, _ in pieces):
        return "".join(text for _, text in pieces)  # adjacent literals are one, as in C
    (_, word), = pieces
    if word == "NULL":
        return None
    return int(word) if word.lstrip("-").isdigit() else word


def read_vocabulary(text: str) -> dict:
    vocabulary = {name: [] for name in LISTS.values()}
    stream = tokens(text)
    for _, macro in stream:
        values, pieces = [], []
        if next(stream)[0] != "(":
            raise SystemExit(f"core/vocabulary.def: expected ( after {macro}")
        for kind, word in stream:
            if kind in (",", ")"):
                values.append(value_of(pieces))
                pieces = []
            else:
                pieces.append((kind, word))
            if kind == ")":
                break
        row = dict(zip(MEMBERS[macro], values, strict=True))
        del row["id"]
        vocabulary[LISTS[macro]].append(row)
    return vocabulary


def expand(vocabulary: dict, schema: dict) -> dict:
    words = {
        "uploadCode": [row["spelling"] for row in vocabulary["uploadCodes"]],
        "reason": [row["slug"] for row in vocabulary["reasons"]],
        "profile": [row["spelling"] for row in vocabulary["profiles"]],
        "basis": [row["spelling"] for row in vocabulary["bases"]],
    }
    for name, allowed in words.items():
        schema["$defs"][name]["enum"] = allowed
    return schema


def main() -> int:
    vocabulary = read_vocabulary((ROOT / "core/vocabulary.def").read_text(encoding="utf-8"))
    schema_file = ROOT / "corpus/schema/case.schema.json"
    schema = json.loads(schema_file.read_text(encoding="utf-8"))
    stale = False
    for file, content in [
        (ROOT / "conformance/mtls_conformance/vocabulary.json", vocabulary),
        (schema_file, expand(vocabulary, schema)),
    ]:
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        if "--check" not in sys.argv:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            stale = True
            print(f"{file.relative_to(ROOT)} is not what core/vocabulary.def says: run ci/expand.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

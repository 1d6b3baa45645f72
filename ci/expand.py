#!/usr/bin/env python3
"""Expands core/vocabulary.def, the one table of words, into what other languages and people read, and the version in
CMakeLists.txt into the Python package:

    conformance/mtls_conformance/vocabulary.json    the whole table
    corpus/schema/{case,scenario,answer}.schema.json  their lists of allowed words (the rest is written by hand)
    docs/codes.md                                   the whole table
    conformance/mtls_conformance/__init__.py        the version (the rest is written by hand)

gen/coverage.def and docs/facts.md, what the citations of the corpus say:

    conformance/mtls_conformance/citations.json     anchor -> its sentence in our words

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
    "RESULT": ["id", "spelling", "cite", "summary", "advice"],
    "PROFILE": ["id", "spelling", "hasCodes", "judgesClients", "summary"],
    "BASIS": ["id", "spelling", "meaning"],
    "SENTENCE": ["cite", "paraphrase", "reason"],
}
WORDS = {"NULL": None, "true": True, "false": False}
FACT = re.compile(r"^\| `([a-z0-9-]+)` \| (.*?)(?: \| [a-z, ]+)? \|$", re.MULTILINE)
LISTS = {"UPLOAD_CODE": "uploadCodes", "REASON": "reasons", "RESULT": "results", "PROFILE": "profiles", "BASIS": "bases"}


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
    if word in WORDS:
        return WORDS[word]
    return int(word) if word.lstrip("-").isdigit() else word


def rows(text: str):
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
        yield macro, dict(zip(MEMBERS[macro], values, strict=True))


def read_vocabulary(text: str) -> dict:
    vocabulary = {name: [] for name in LISTS.values()}
    for macro, row in rows(text):
        del row["id"]
        vocabulary[LISTS[macro]].append(row)
    return vocabulary


def read_citations(coverage: str, facts: str) -> dict[str, str]:
    said = {row["cite"]: row["paraphrase"] for _, row in rows(coverage)}
    said |= {f"facts#{anchor}": text.replace("`", "") for anchor, text in FACT.findall(facts)}
    return dict(sorted(said.items()))


def expand(vocabulary: dict, schema: dict) -> dict:
    words = {
        "uploadCode": [row["spelling"] for row in vocabulary["uploadCodes"]],
        "reason": [row["slug"] for row in vocabulary["reasons"]],
        "profile": [row["spelling"] for row in vocabulary["profiles"]],
        "basis": [row["spelling"] for row in vocabulary["bases"]],
        "result": [row["spelling"] for row in vocabulary["results"]],
    }
    for name in schema["$defs"].keys() & words.keys():
        schema["$defs"][name]["enum"] = words[name]
    return schema


def cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("<", "&lt;")


def table(heads: list[str], rows: list[list[str | None]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines) + "\n"


def codes_page(vocabulary: dict) -> str:
    """Every word that an answer can hold, for people."""
    uploads = [[f"`{row['spelling']}`", row["summary"], row["advice"], row["cite"]] for row in vocabulary["uploadCodes"]]
    reasons = [
        [
            f"`{row['slug']}`",
            "" if row["x509VErr"] < 0 else str(row["x509VErr"]),
            " / ".join(text for text in (row["spelling"], row["oldSpelling"]) if text),
            row["gatewaySpelling"],
            row["advice"],
        ]
        for row in vocabulary["reasons"]
    ]
    results = [[f"`{row['spelling']}`", row["summary"], row["advice"], row["cite"]] for row in vocabulary["results"]]
    return f"""# The words of an answer

Written by ci/expand.py from core/vocabulary.def. `mtls-validate explain WORD` tells the same of one, by any of its spellings. A source is an anchor of [sources.md](sources.md).

## Upload codes
In the order in which they are checked here; the gateway's own order is not published.

{table(["code", "when", "what to do", "source"], uploads)}
## Results of a handshake
The word that `sslClientVerify` begins with in the access log; ABORTED is this project's own, for what has no line there.

{table(["result", "when", "what to do", "source"], results)}
## Reasons of a failed handshake
The number is that of `X509_V_ERR_...` in OpenSSL's `<openssl/x509_vfy.h>`, where it has one. The log says `FAILED:` and OpenSSL's words, those of 3.x first and then those of
1.1.1 where they are others; the gateway's documentation spells some in its own way.

{table(["reason", "number", "OpenSSL", "gateway", "what to do"], reasons)}
## Profiles
{table(["profile", "whose answers"], [[f"`{row['spelling']}`", row["summary"]] for row in vocabulary["profiles"]])}
## Bases
How an expectation is known.

{table(["basis", "meaning"], [[f"`{row['spelling']}`", row["meaning"]] for row in vocabulary["bases"]])}"""


def versioned(module: str) -> str:
    (version,) = re.findall(r"^project\(mtls-gauntlet VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(), re.M)
    return re.sub(r'^__version__ = ".*"$', f'__version__ = "{version}"', module, flags=re.M)


def pretty(content: dict) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    vocabulary = read_vocabulary((ROOT / "core/vocabulary.def").read_text(encoding="utf-8"))
    schemas = [ROOT / f"corpus/schema/{name}.schema.json" for name in ("case", "scenario", "answer")]
    module = ROOT / "conformance/mtls_conformance/__init__.py"
    coverage = (ROOT / "gen/coverage.def").read_text(encoding="utf-8")
    facts = (ROOT / "docs/facts.md").read_text(encoding="utf-8")
    stale = False
    for file, text in [
        (ROOT / "conformance/mtls_conformance/vocabulary.json", pretty(vocabulary)),
        *((file, pretty(expand(vocabulary, json.loads(file.read_text(encoding="utf-8"))))) for file in schemas),
        (ROOT / "docs/codes.md", codes_page(vocabulary)),
        (module, versioned(module.read_text(encoding="utf-8"))),
        (
            ROOT / "conformance/mtls_conformance/citations.json",
            pretty(read_citations(coverage[coverage.index('SENTENCE("') :], facts)),
        ),
    ]:
        if "--check" not in sys.argv:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            stale = True
            print(f"{file.relative_to(ROOT)} is not what its table says: run ci/expand.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

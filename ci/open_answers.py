#!/usr/bin/env python3
"""What the validator answers where the corpus leaves several answers open, against validator/tests/open_answers.txt.

    ci/open_answers.py [MTLS_VALIDATE]           compares; exit 1 and a line for each difference
    ci/open_answers.py [MTLS_VALIDATE] --write   writes the record anew; look at the difference before you commit it

The corpus tells what conforms. Where more than one answer does, ours is a choice, and this record makes a change of it
visible: it is no expectation of anybody else.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus/base"
RECORD = ROOT / "validator/tests/open_answers.txt"
PROFILES = ("azure-appgw", "openssl")
PREFIX = "ApplicationGateway"
HEAD = """\
# What this validator answers where the base corpus leaves the answer open: profile, case, upload, handshake. Its choices:
# DER as X.690 has it and names as RFC 5280 has them, also where a lenient reader would go on; key before invalid data
# before no CA before roots. Written by ci/open_answers.py --write, read by a test and by ci/mutation.sh.
"""


def is_open(profile: str, stages: dict | None) -> bool:
    """No expectation, several alternatives, or a file accepted with a DN that is not stated."""
    if stages is None:
        return True
    of_upload = stages.get("upload", {}).get("anyOf", [])
    return any(len(stage["anyOf"]) > 1 for stage in stages.values()) or (
        profile == "azure-appgw"
        and any(one["result"] == "accepted" and "clientCertIssuerDN" not in one for one in of_upload)
    )


def open_cases(corpus: Path = CORPUS) -> set[tuple[str, str]]:
    """(profile, id) of each of them."""
    found = set()
    for path in corpus.rglob("case.json"):
        case = json.loads(path.read_text())
        for profile in PROFILES:
            if is_open(profile, case["expect"].get(profile)):
                found.add((profile, case["id"]))
    return found


def line_of(profile: str, result: dict) -> str:
    upload, handshake = result["upload"], result["handshake"]
    words = [profile, result["id"], "-" if upload is None else upload["result"]]
    if upload is not None and upload["code"] is not None:
        words.append(upload["code"].removeprefix(PREFIX))
    if upload is not None and upload["clientCertIssuerDN"] is not None:
        words.append(json.dumps(upload["clientCertIssuerDN"]))
    if handshake is not None:
        words += ["|", handshake["result"], handshake["reason"] or ""]
    return " ".join(words).rstrip()


def read_record(path: Path = RECORD) -> dict[tuple[str, str], str]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return {tuple(line.split(" ", 2)[:2]): line for line in lines}


def ask(program: Path, profile: str) -> list[dict]:
    said = subprocess.run([program, "corpus", CORPUS, "--profile", profile, "--json"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=False)  # fmt: skip
    return json.loads(said.stdout)["results"]


def main(arguments: list[str]) -> int:
    write = "--write" in arguments
    paths = [Path(argument) for argument in arguments if argument != "--write"]
    program = paths[0] if paths else ROOT / "build/release/bin/mtls-validate"
    wanted = open_cases()
    answers = {(profile, result["id"]): line_of(profile, result) for profile in PROFILES
               for result in ask(program, profile) if (profile, result["id"]) in wanted}  # fmt: skip
    if write:
        RECORD.write_text(HEAD + "".join(f"{answers[key]}\n" for key in sorted(answers)))
        return 0
    record = read_record()
    differences = [f"recorded: {record.get(key, 'nothing')}\nanswered: {answers.get(key, 'nothing')}"
                   for key in sorted(record.keys() | answers.keys()) if record.get(key) != answers.get(key)]  # fmt: skip
    if differences:
        differences.append("if that is meant: ci/open_answers.py --write, and commit validator/tests/open_answers.txt")
    print("\n".join(differences) or f"{len(answers)} open cases are answered as recorded")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

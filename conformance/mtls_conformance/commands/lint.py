"""mtls-conformance lint: checks files of trusted client CAs as the gateway's upload does, for code scanning."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from .. import programs
from ..report import sarif
from ..results import write_whole
from ..table import printable
from ..vocabulary import profiles
from . import UsageError

SECONDS = 60
PROGRAM = "mtls-validate"


def add(commands) -> argparse.ArgumentParser:
    one = commands.add_parser("lint", help="check files before they are uploaded, as SARIF for code scanning if wanted")
    one.add_argument("file", nargs="+", help="a file of trusted client CA certificates")
    one.add_argument("--sarif", metavar="OUT", help="write what was found there, as SARIF 2.1.0; - for standard output")
    one.add_argument("--profile", choices=profiles(), default=profiles()[0], help=f"default: {profiles()[0]}")
    one.add_argument("--time", metavar="T", help="the clock, such as 2030-01-01T00:00:00Z; now if not given")
    return one


def run(options: argparse.Namespace) -> int:
    program = programs.find(PROGRAM)
    found = [(name, _ask(program, name, options)) for name in dict.fromkeys(options.file)]
    words = sys.stdout
    if options.sarif:
        version = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=SECONDS).stdout
        document = sarif.document(found, version.strip().removeprefix(PROGRAM).strip())
        if options.sarif == "-":
            words = sys.stderr
            print(document, end="")
        else:
            out = Path(options.sarif)
            out.parent.mkdir(parents=True, exist_ok=True)
            write_whole(out, lambda file: file.write(document))
    for name, answer in found:
        what = answer["code"] or "" if answer["result"] == "rejected" else ""
        print(printable(f"{name}: {answer['result']} {what} {answer['detail'] or ''}".rstrip()), file=words)
        for warning in answer["warnings"]:
            print(printable(f"{name}: warning {warning['id']}: {warning['seen']}"), file=words)
    return 1 if any(answer["result"] == "rejected" for _, answer in found) else 0


def _ask(program: Path, name: str, options: argparse.Namespace) -> dict:
    command = [program, "upload", "--json", "--profile", options.profile]
    if options.time:
        command += ["--time", options.time]
    try:
        asked = subprocess.run(
            [*command, "--", name],
            stdin=sys.stdin,
            capture_output=True,
            timeout=SECONDS,
            close_fds=False,  # a shell's <(...) is the name of one of them
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"{name}: {PROGRAM} did not finish in {SECONDS} seconds") from None
    if asked.returncode not in (0, 1):
        raise UsageError(asked.stderr.decode(errors="replace").strip() or f"{name}: {PROGRAM} failed")
    return json.loads(asked.stdout)

"""mtls-conformance resumption: whether a resumed session hides a verdict, on live servers."""

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.table import Table
from rich.text import Text

from .. import suites
from ..console import Console
from ..corpus import load
from ..resumption import Clients, Finding, findings, verdict
from ..servers import ServerError, servers
from ..targets import TargetError
from . import UsageError

GOOD, STRANGER, OTHER = "handshake/leaf-and-intermediate", "handshake/self-signed-client", "key/p384"
STYLES = {"holds": "green", "known": "yellow", "does not hold": "bold red", "holds now": "bold red"}


def add(commands) -> argparse.ArgumentParser:
    one = commands.add_parser(
        "resumption", help="with session resumption on: whether a session that comes back hides a verdict (live servers)"
    )
    one.add_argument("--target", action="append", metavar="NAME", help="a server; without it all that this machine has")
    one.add_argument("--json", action="store_true", help="as JSON")
    return one


def run(options: argparse.Namespace) -> int:
    known = servers()
    for name in options.target or []:
        if name not in known:
            raise UsageError(f"there is no server {name!r}; there are {', '.join(known)}")
        if missing := known[name].missing():
            raise TargetError(missing)
    chosen = [known[name] for name in options.target or known if known[name].missing() is None]
    told = []
    with tempfile.TemporaryDirectory(prefix="mtls-cases-") as folder:
        clients = _clients(Path(folder))
        for server in chosen:
            try:
                version = server.version()
                told.append((server.name, version, findings(server, clients)))
            except ServerError as error:
                raise TargetError(str(error)) from None
    if options.json:
        print(json.dumps({"servers": [_as_json(*one) for one in told]}, indent=1))
    else:
        _print(told)
    verdicts = {verdict(name, version, one) for name, version, found in told for one in found}
    return 0 if verdicts <= {"holds", "known"} else 1


def _clients(folder: Path) -> Clients:
    """Out of the corpus: a good client, one that nobody trusts, and a file that trusts neither."""
    cases = {case.id: case for case in load(suites.find("base", print))}
    files = {"trust": cases[GOOD].bundle, "other": cases[OTHER].bundle}
    for name, case in (("good", cases[GOOD]), ("stranger", cases[STRANGER])):
        files |= {name: case.client.chain, f"{name}.key": case.client.key}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    pairs = [(folder / name, folder / f"{name}.key") for name in ("good", "stranger")]
    return Clients(folder / "trust", folder / "other", *pairs)


def _as_json(name: str, version: str, found: list[Finding]) -> dict:
    told = [{**asdict(one), "verdict": verdict(name, version, one)} for one in found]
    return {"server": name, "version": version, "findings": told}


def _print(told: list[tuple[str, str, list[Finding]]]):
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    for heading in ("server", "what", "what came", "verdict"):
        table.add_column(heading, overflow="fold")
    for name, version, found in told:
        for one in found:
            word = verdict(name, version, one)
            table.add_row(name, one.what, one.words(), Text(word, style=STYLES[word]))
    Console(highlight=False).print(table)

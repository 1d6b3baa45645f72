"""mtls-conformance targets: what this machine can run, and what is missing for the rest."""

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from rich.table import Table
from rich.text import Text

from .. import checkout, targets
from ..console import Console
from ..table import printable


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    kind: str
    version: str | None
    profiles: tuple[str, ...]
    missing: str | None  # None, or what it lacks
    install: str | None  # the line that installs that


def add(commands) -> argparse.ArgumentParser:
    one = commands.add_parser("targets", help="what this machine can run, and what is missing for the rest")
    one.add_argument("--json", action="store_true", help="as JSON: name, kind, version, profiles, missing, install")
    return one


def look_at(name: str) -> Found:
    target = targets.make(name, targets.Settings())
    try:
        missing = target.missing
        if missing is None:
            return Found(name, target.kind, target.version(), tuple(target.profiles), None, None)
    except targets.TargetError as error:
        return Found(name, target.kind, None, (), f"does not start: {error}", None)
    why, _, install = missing.strip().rpartition("\n")
    return Found(name, target.kind, None, (), (why or install).strip().rstrip(":"), install.strip() if why else None)


def run(options: argparse.Namespace) -> int:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(look_at, targets.names()))
    if options.json:
        print(json.dumps({"targets": [asdict(one) for one in found]}, indent=1))
        return 0
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    for heading in ("target", "kind", "version, or what is missing"):
        table.add_column(heading, overflow="fold")
    for one in found:
        if one.missing is None:
            told = Text(printable(one.version or ""))
        else:
            told = Text(printable(one.missing), style="yellow")
            if one.install:
                told.append(f"\n    {printable(one.install)}", style="dim")
        table.add_row(one.name, one.kind, told)
    console.print(table)
    here = sum(one.missing is None for one in found)
    print(f"{here} of {len(found)} targets can run on this machine")
    print("Also ./PATH of a program that speaks the adapter protocol or of an mtls-validate, and HOST:PORT of a gateway.")
    if not checkout.is_here():
        print(f"The adapters of libraries are not here: {checkout.NEEDED}.")
    return 0

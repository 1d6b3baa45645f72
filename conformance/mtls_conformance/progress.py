"""How far a run has come: a bar on a terminal, and one line for each target elsewhere."""

from __future__ import annotations

from contextlib import suppress

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .runner import Watch
from .table import printable
from .targets import Target


class Lines(Watch):
    def __init__(self, console: Console):
        self.console = console

    def begin(self, target: Target, version: str, profile: str, cases: int) -> None:
        told = printable(f"{target.name} ({version}) answers {cases} cases under {profile}")
        self.console.print(told, markup=False, soft_wrap=True)


class Bar(Watch):
    def __init__(self, console: Console):
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )

    def begin(self, target: Target, version: str, profile: str, cases: int) -> None:
        self.progress.start()
        self.task = self.progress.add_task(printable(f"{target.name} ({version}), {profile}"), total=cases)

    def answered(self) -> None:
        self.progress.advance(self.task)

    def end(self) -> None:
        with suppress(OSError):  # a terminal that is gone takes nothing of what was measured
            self.progress.stop()
        self.progress.remove_task(self.task)


def watch(console: Console) -> Watch:
    return Bar(console) if console.is_terminal else Lines(console)

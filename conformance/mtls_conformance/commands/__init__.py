"""The command line's commands: one module each, which adds its options and runs."""

import argparse
from typing import Protocol


class UsageError(Exception):
    """What was asked for does not exist or does not go together."""


class Command(Protocol):
    """A module of this folder."""

    def add(self, commands) -> argparse.ArgumentParser:
        """Adds the command's parser to the subparsers."""

    def run(self, options: argparse.Namespace) -> int:
        """Does it, and gives the exit status."""


def commands() -> tuple[Command, ...]:
    from . import diff, known, limbo, lint, report, resumption, run, targets

    return (run, targets, diff, known, report, lint, resumption, limbo)

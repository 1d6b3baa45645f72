"""The command line's options of the families of targets: added to a parser, and read from one text."""

import argparse
import shlex

from . import Settings, TargetError, families


def add_to(parser: argparse.ArgumentParser) -> tuple[str, ...]:
    """Lets the families add their options, and gives the names of these."""
    before = {action.dest for action in parser._actions}
    group = parser.add_argument_group("options of targets")
    for family in families():
        if hasattr(family, "add_options"):
            family.add_options(group)
    return tuple(action.dest for action in parser._actions if action.dest not in before)


def settings(options: argparse.Namespace, names: tuple[str, ...]) -> Settings:
    return Settings({name: getattr(options, name) for name in names})


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        raise TargetError(f"options of the target: {message}")


def read(text: str) -> Settings:
    """`--sni gw.example --dry-run` as settings. Raises TargetError."""
    parser = _Parser(add_help=False, allow_abbrev=False)
    names = add_to(parser)
    try:
        return settings(parser.parse_args(shlex.split(text)), names)
    except ValueError as error:
        raise TargetError(f"options of the target: {error}") from None

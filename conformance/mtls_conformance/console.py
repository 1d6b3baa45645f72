"""Where the commands print their tables: rich's console, as a program among others needs it."""

import os
import signal

import rich.console


class Console(rich.console.Console):
    def __init__(self, **options):
        environment = dict(os.environ)
        columns = environment.get("COLUMNS", "")
        if not (columns.isdecimal() and int(columns) > 0):  # rich would print nothing in 0 columns
            environment.pop("COLUMNS", None)
        super().__init__(_environ=environment, **options)

    def on_broken_pipe(self) -> None:
        """Ends a run as a signal does, with what was measured kept. Rich's own status would be 1, which says that
        something differs."""
        raise KeyboardInterrupt(signal.SIGPIPE)

"""Where the commands print their tables: rich's console, as a program among others needs it."""

import signal

import rich.console


class Console(rich.console.Console):
    def on_broken_pipe(self) -> None:
        """Ends a run as a signal does, with what was measured kept. Rich's own status would be 1, which says that
        something differs."""
        raise KeyboardInterrupt(signal.SIGPIPE)

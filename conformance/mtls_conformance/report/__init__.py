"""Reports of a run: one module a form, each a pure function of the results (and of the corpus, where the page shows
what is in a case)."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..corpus import Case
from ..results import Results, ResultsError, save, write_whole
from . import html, junit, markdown

FILES = ("results.json", "junit.xml", "summary.md", "report.html")


def make_folder(folder: Path):
    """Before a run that may take an hour: what cannot be written to is said first."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise ResultsError(f"{folder}: is a file; a report is a folder of files") from None
    except OSError as error:
        raise ResultsError(f"{folder}: the folder of the report cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ResultsError(f"{folder}: this user cannot write to it")


def write(results: Results, cases: Sequence[Case], folder: Path):
    """Writes all forms into a folder, which is made. Each file is there whole or not at all, results.json first."""
    save(results, folder)
    write_whole(folder / "junit.xml", lambda out: out.write(junit.document(results)))
    write_whole(folder / "summary.md", lambda out: out.write(markdown.document(results)))
    write_whole(folder / "report.html", lambda out: out.write(html.document(results, cases)))

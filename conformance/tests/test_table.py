"""The table of a run: every case, or of very many those that differ."""

import io

import pytest
from mtls_conformance import table
from project import base_cases
from report_samples import sample
from rich.console import Console

WORDS = {"NOT", "known", "CRASH", "HANG", "PROTOCOL"}


def rows(monkeypatch, long: int) -> tuple[dict[str, list[str]], str]:
    """The words of each row by its case, and the last line."""
    monkeypatch.setattr(table, "LONG", long)
    shown = io.StringIO()
    cases = base_cases()
    table.print_table(Console(width=400, highlight=False, file=shown), cases, sample(cases).runs)
    lines = shown.getvalue().splitlines()
    ids = {case.id for case in cases}
    return {words[0]: words for line in lines if (words := line.split()) and words[0] in ids}, lines[-1]


@pytest.fixture
def differing(monkeypatch) -> set[str]:
    found, _ = rows(monkeypatch, len(base_cases()))
    assert found.keys() == {case.id for case in base_cases() if len(case.id) <= 48}
    return {name for name, words in found.items() if WORDS & set(words[1:])}


def test_a_long_table_has_what_differs(differing, monkeypatch):
    found, last = rows(monkeypatch, len(base_cases()) - 1)
    assert differing and found.keys() == differing
    assert last.endswith(" more cases, of which nothing differs")
    assert len(base_cases()) - int(last.split()[0]) >= len(differing)

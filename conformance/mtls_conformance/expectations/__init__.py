"""Known differences: `<target>.yaml` beside this module, or a file of the user's own (conformance/README.md).

An entry names cases by glob, a stage and what the target answers, and says why, with a source. The list cannot rot:
an entry that matches no case of the suite, or whose cases no longer differ that way, fails the run, unless the target
is of another version than the one in which it was seen; then that is said."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import yaml

from ..compare import UNEXPLAINED, Known, Outcome, Verdict
from ..corpus import STAGES
from ..vocabulary import profiles, results

HERE = Path(__file__).parent
CAUSES = HERE / "causes.yaml"  # reasons that several targets share
RESULTS = {
    "upload": frozenset({"accepted", "rejected", "CRASH", "HANG", "PROTOCOL"}),
    "handshake": results() | {"CRASH", "HANG", "PROTOCOL"},
}


class ExpectationsError(Exception):
    """A file of known differences is not as it must be: place and fault, for a person."""


class _Loader(yaml.SafeLoader):
    """Takes no member twice."""

    def construct_mapping(self, node, deep=False):
        names = [key.value for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True, slots=True)
class Entry:
    place: str  # file and line, for people
    cases: tuple[str, ...]  # globs
    stage: str
    got: str
    reason: str
    cite: str
    seen: str
    suite: str  # the smallest that has its cases: base or full


@dataclass(frozen=True, slots=True)
class Expectations:
    profile: str
    entries: tuple[Entry, ...]

    def explain(self, verdict: Verdict, version: str) -> Verdict:
        """The verdict itself, or as a known difference."""
        entry = self._entry(verdict)
        if entry is None:
            return verdict
        known = Known(entry.reason, entry.cite, entry.seen, entry.seen == version)
        return replace(verdict, outcome=Outcome.KNOWN, known=known)

    def _entry(self, verdict: Verdict) -> Entry | None:
        if verdict.outcome not in UNEXPLAINED or verdict.profile != self.profile:
            return None
        word = said(verdict)
        for entry in self.entries:
            if (entry.stage, entry.got) == (verdict.stage, word):
                if any(_matches(verdict.case_id, glob) for glob in entry.cases):
                    return entry
        return None

    def outdated(self, verdicts: Iterable[Verdict], suite: str, all_asked: bool) -> list[tuple[Entry, str]]:
        """The globs of entries that explain none of these verdicts, each with what is the matter with it. Where not
        all cases were asked, those that match none of the asked are left alone."""
        by_stage: dict[str, dict[str, Verdict]] = {name: {} for name in STAGES}
        for verdict in verdicts:
            if verdict.profile == self.profile:
                by_stage[verdict.stage][verdict.case_id] = verdict
        found = []
        for entry in self.entries:
            for glob in entry.cases:
                of_stage = by_stage[entry.stage]
                ids = [glob] if glob in of_stage else [id for id in of_stage if _matches(id, glob)]
                if not ids:
                    if all_asked and (entry.suite == "base" or suite == "full"):
                        found.append((entry, f"{glob} matches no case of the suite"))
                elif not any(_is_explained(of_stage[id], entry) for id in ids):
                    now = of_stage[ids[0]]
                    found.append((entry, f"{glob} no longer differs so: {entry.stage} is {_now(now)}"))
        return found


def _matches(case_id: str, glob: str) -> bool:
    """An id without a variant (`upload/leaf-only`) stands for all its variants (`upload/leaf-only@crlf`), too."""
    return fnmatchcase(case_id, glob) or fnmatchcase(case_id.partition("@")[0], glob)


def said(verdict: Verdict) -> str:
    """The word of an answer that an entry's `got` is held against."""
    if verdict.outcome in (Outcome.CRASH, Outcome.HANG, Outcome.PROTOCOL) or verdict.got is None:
        return verdict.outcome.value
    return str(verdict.got.get("result"))


def _is_explained(verdict: Verdict, entry: Entry) -> bool:
    if verdict.outcome is not Outcome.KNOWN or verdict.known is None:
        return False
    return verdict.known.reason == entry.reason and (verdict.got is None or said(verdict) == entry.got)


def _now(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.SKIPPED:
        return f"skipped ({verdict.why})"
    return f"{said(verdict)}, {verdict.outcome.value}"


@cache
def of(name: str) -> Expectations | None:
    """The known differences of one of the project's targets; None if it has none."""
    path = HERE / f"{name}.yaml"
    return load(path) if path.is_file() else None


def load(path: Path) -> Expectations:
    """Reads a file of known differences. Raises ExpectationsError."""
    causes = _read_causes()
    value = _object(str(path), _read(path), {"profile", "seen", "differences"})
    if value["profile"] not in profiles():
        raise ExpectationsError(f"{path}: profile {value['profile']!r} is none of {', '.join(profiles())}")
    if not isinstance(value["differences"], list):
        raise ExpectationsError(f"{path}: differences: expected a list")
    seen = _text(str(path), value, "seen")
    entries = [_entry(f"{path.name}: entry {n}", item, seen, causes) for n, item in enumerate(value["differences"], 1)]
    return Expectations(value["profile"], tuple(entries))


def _entry(place: str, value: object, seen: str, causes: dict[str, dict]) -> Entry:
    value = _object(place, value, {"cases", "stage", "got"}, {"cause", "reason", "cite", "seen", "suite"})
    if "cause" in value:
        cause = causes.get(str(value["cause"]))
        if cause is None or "reason" in value or "cite" in value:
            raise ExpectationsError(f"{place}: expected a cause of {CAUSES.name}, or a reason with its cite")
    else:
        cause = {"reason": _text(place, value, "reason"), "cite": _text(place, value, "cite")}
    stage = _text(place, value, "stage")
    if stage not in STAGES:
        raise ExpectationsError(f"{place}: stage {stage!r} is none of {', '.join(STAGES)}")
    if _text(place, value, "got") not in RESULTS[stage]:
        raise ExpectationsError(f"{place}: got {value['got']!r} is no result of {stage}")
    cases = value["cases"]
    if not isinstance(cases, list) or not cases or not all(isinstance(glob, str) for glob in cases):
        raise ExpectationsError(f"{place}: cases: expected a list of ids or globs")
    suite = value.get("suite", "base")
    if suite not in ("base", "full"):
        raise ExpectationsError(f"{place}: suite: expected base or full")
    here = _text(place, value, "seen") if "seen" in value else seen
    return Entry(place, tuple(cases), stage, value["got"], cause["reason"], cause["cite"], here, suite)


@cache
def _read_causes() -> dict[str, dict]:
    causes = _read(CAUSES)
    for name, cause in causes.items():
        _object(f"{CAUSES.name}: {name}", cause, {"reason", "cite"})
    return causes


def _read(path: Path) -> object:
    try:
        return yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise ExpectationsError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ExpectationsError(f"{path}: {error}") from None


def _object(place: str, value: object, required: set[str], optional: set[str] = frozenset()) -> dict:
    if not isinstance(value, dict):
        raise ExpectationsError(f"{place}: expected members {', '.join(sorted(required))}")
    if missing := required - value.keys():
        raise ExpectationsError(f"{place}: lacks {', '.join(sorted(missing))}")
    if unknown := value.keys() - required - optional:
        raise ExpectationsError(f"{place}: has the unknown member {sorted(map(str, unknown))[0]}")
    return value


def _text(place: str, value: dict, member: str) -> str:
    text = value.get(member)
    if not isinstance(text, str) or not text.strip():
        raise ExpectationsError(f"{place}: {member}: expected a text")
    return " ".join(text.split())

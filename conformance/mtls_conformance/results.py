"""The results of a run as data, and as one JSON document (corpus/schema/results.schema.json).

The document is the same for the same answers, byte for byte, but for `started` and the members named `seconds`:
runs in the order asked, cases in the corpus's. It holds one case a line, so that two of them compare well."""

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from .compare import UNEXPLAINED, Known, Outcome, Verdict
from .corpus import Case

FORMAT = 1
STARTED = "1970-01-01T00:00:00Z"  # where nobody looked at a clock


class ResultsError(Exception):
    """Results cannot be read, or not be written: place and fault, for a person."""


@dataclass(frozen=True, slots=True)
class Suite:
    """What was asked. The digest is of the cases themselves, in whichever form they came."""

    name: str
    cases: int
    digest: str
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What one target said of the cases under one profile."""

    target: str
    kind: str  # "validator", "library", "server" or "service"
    version: str
    profile: str
    verdicts: tuple[Verdict, ...]
    ended: str = ""  # why it is not whole: "interrupted", or what was broken
    seconds: float = 0.0
    outdated: tuple[str, ...] = ()  # entries of expectations/<target>.yaml that no longer differ: they fail the run
    notes: tuple[str, ...] = ()  # about known differences seen in another version

    @property
    def id(self) -> str:
        return f"{self.target}:{self.profile}"

    def count(self, outcome: Outcome) -> int:
        return sum(verdict.outcome is outcome for verdict in self.verdicts)

    def skips(self) -> dict[str, int]:
        """Why what was not asked, the commonest first."""
        why = Counter(verdict.why for verdict in self.verdicts if verdict.outcome is Outcome.SKIPPED)
        return dict(sorted(why.items(), key=lambda item: (-item[1], item[0])))

    def by_case(self) -> dict[str, list[Verdict]]:
        grouped: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            grouped.setdefault(verdict.case_id, []).append(verdict)
        return grouped


@dataclass(frozen=True, slots=True)
class Results:
    suite: Suite
    tool: str  # version of this program
    runs: tuple[Run, ...]
    started: str = STARTED
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        return not any(run.ended for run in self.runs)

    @property
    def is_good(self) -> bool:
        """Whether all was asked and everything is as expected or known, and what is known still holds."""
        return self.complete and not self.unexplained() and not any(run.outdated for run in self.runs)

    def unexplained(self) -> list[Verdict]:
        return [verdict for run in self.runs for verdict in run.verdicts if verdict.outcome in UNEXPLAINED]

    def case_ids(self) -> list[str]:
        """Of all cases that any run has a verdict on, in the corpus's order."""
        asked: dict[str, None] = {}
        for run in self.runs:
            if not run.ended:
                asked.update(dict.fromkeys(verdict.case_id for verdict in run.verdicts))
        for run in self.runs:
            asked.update(dict.fromkeys(verdict.case_id for verdict in run.verdicts))
        return list(asked)


def merge(parts: list[tuple[str, Results]]) -> Results:
    """Runs of the same cases as one, in the order given. `parts` are named, for what goes wrong: ResultsError."""
    (first_name, first), *others = parts
    runs = {run.id: (first_name, run) for run in first.runs}
    for name, part in others:
        if (part.suite.digest, part.suite.only) != (first.suite.digest, first.suite.only):
            raise ResultsError(f"{name}: was asked of other cases than {first_name}")
        for run in part.runs:
            if run.id in runs:
                raise ResultsError(f"{name}: has a run of {run.target} under {run.profile}, as {runs[run.id][0]} has")
            runs[run.id] = (name, run)
    started = min(part.started for _, part in parts)
    return Results(
        first.suite, first.tool, tuple(run for _, run in runs.values()), started, sum(part.seconds for _, part in parts)
    )


def digest(cases: Iterable[Case]) -> str:
    """SHA-256 over inputs and expectations of the cases in their order."""
    whole = hashlib.sha256()
    for case in cases:
        client = case.client
        value = [case.id, case.time, sorted(case.tags), sorted(case.features), _text(case.bundle)]
        value.append(
            client
            and [
                *map(_text, (client.chain, client.key, client.ocsp_response)),
                client.verify_issuer_dn,
                client.passthrough,
                client.ocsp,
            ]
        )
        value.append(
            {profile: {name: stage.any_of for name, stage in stages.items()} for profile, stages in case.expect.items()}
        )
        whole.update(json.dumps(value, sort_keys=True).encode() + b"\n")
    return whole.hexdigest()


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def save(results: Results, folder: Path) -> Path:
    """Writes `folder`/results.json beside its place and renames it into it."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_whole(folder / "results.json", lambda out: write(results, out))


def write_whole(path: Path, fill) -> Path:
    """A file that is there whole or not at all."""
    if path.is_dir():
        raise ResultsError(f"{path}: is a folder; name a file")
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            fill(out)
        part.replace(path)
    except OSError as error:
        raise ResultsError(f"{path}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return path


def write(results: Results, out: TextIO):
    head = {
        "format": FORMAT,
        "tool": {"name": "mtls-conformance", "version": results.tool},
        "suite": {
            "name": results.suite.name,
            "cases": results.suite.cases,
            "sha256": results.suite.digest,
            "only": results.suite.only,
        },
        "started": results.started,
        "seconds": round(results.seconds, 3),
        "complete": results.complete,
        "runs": [_run_json(run) for run in results.runs],
    }
    out.write(json.dumps(head, indent=1, ensure_ascii=True)[:-2] + ',\n "cases": [')
    before = "\n"
    for case in _cases_json(results):
        out.write(before + "  " + json.dumps(case, ensure_ascii=True, separators=(", ", ": ")))
        before = ",\n"
    out.write("\n ]\n}\n")


def _run_json(run: Run) -> dict:
    counts = Counter(verdict.outcome for verdict in run.verdicts)
    return {
        "id": run.id,
        "target": run.target,
        "kind": run.kind,
        "version": run.version,
        "profile": run.profile,
        "ended": run.ended or None,
        "seconds": round(run.seconds, 3),
        "counts": {outcome.value: counts[outcome] for outcome in Outcome},
        "skipped": run.skips(),
        "outdated": list(run.outdated),
        "notes": list(run.notes),
    }


def _cases_json(results: Results) -> Iterator[dict]:
    grouped = [(run, run.by_case()) for run in results.runs]
    for case_id in results.case_ids():
        expected: dict[str, dict] = {}
        answers: dict[str, dict] = {}
        for run, verdicts in grouped:
            for verdict in verdicts.get(case_id, ()):
                if verdict.expected:
                    expected.setdefault(run.profile, {})[verdict.stage] = verdict.expected
                answers.setdefault(run.id, {})[verdict.stage] = _verdict_json(verdict)
        yield {"id": case_id, "expected": expected, "answers": answers}


def _verdict_json(verdict: Verdict) -> dict:
    value: dict = {"outcome": verdict.outcome.value}
    if verdict.got is not None:
        value["got"] = verdict.got
    if verdict.raw:
        value["raw"] = verdict.raw
    if verdict.why:
        value["why"] = verdict.why
    if verdict.known is not None:
        value["known"] = asdict(verdict.known)
    return value


def load(path: Path) -> Results:
    """Reads what `save` wrote: the file, or the folder that holds it. Raises ResultsError."""
    if path.is_dir():
        path = path / "results.json"
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultsError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{path}: is no JSON: {error}") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ResultsError(f"{path}: is no results.json of format {FORMAT}; mtls-conformance run --report writes one")
    try:
        return _read(value)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ResultsError(f"{path}: is not as corpus/schema/results.schema.json wants it: {error!r}") from None


def _read(value: dict) -> Results:
    verdicts: dict[str, list[Verdict]] = {run["id"]: [] for run in value["runs"]}
    names = {run["id"]: (run["target"], run["profile"]) for run in value["runs"]}
    for case in value["cases"]:
        expected = {
            (profile, stage): tuple(any_of)
            for profile, stages in case["expected"].items()
            for stage, any_of in stages.items()
        }
        for run_id, stages in case["answers"].items():
            target, profile = names[run_id]
            for stage, answer in stages.items():
                outcome = Outcome(answer["outcome"])
                alternatives = () if outcome is Outcome.SKIPPED else expected[profile, stage]
                raw, why = answer.get("raw", ""), answer.get("why", "")
                got = _got(answer.get("got"))
                known = Known(**answer["known"]) if "known" in answer else None
                verdicts[run_id].append(
                    Verdict(case["id"], target, profile, stage, outcome, alternatives, got, raw, why, known)
                )
    suite = value["suite"]
    runs = tuple(
        Run(
            run["target"],
            run["kind"],
            run["version"],
            run["profile"],
            tuple(verdicts[run["id"]]),
            run["ended"] or "",
            run["seconds"],
            tuple(run["outdated"]),
            tuple(run["notes"]),
        )
        for run in value["runs"]
    )
    return Results(
        Suite(suite["name"], suite["cases"], suite["sha256"], suite["only"]),
        value["tool"]["version"],
        runs,
        value["started"],
        value["seconds"],
    )


def _got(answer: dict | None) -> dict | None:
    if answer is None:
        return None
    return {member: tuple(value) if isinstance(value, list) else value for member, value in answer.items()}

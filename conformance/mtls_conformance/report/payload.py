"""What the page is given: a head with all that the matrix and its filters need, read when the page opens, and blocks
with what a case shows when it is opened, each read when one of its cases is."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from ..compare import Verdict
from ..corpus import STAGES, Case
from ..results import Results
from ..table import expected_of
from . import citations
from .difference import Mark, is_news, lets_in, mark
from .wording import printable

BLOCK = 64  # cases
ALL_FILES = 1000  # a suite of up to so many cases has the files of each inside, a larger one those of what differs
FILES_BYTES = 24 << 20  # and no more than this

PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
SHOWN_KEY = re.compile(rb"PRIVATE\s+KEY|EC PARAMETERS", re.IGNORECASE)


def pack(results: Results, cases: Sequence[Case]) -> tuple[dict, Iterator[list]]:
    """The head, and the blocks in their order. `cases` are those of the corpus that were asked."""
    rows = _Rows(results, cases)
    return rows.head(), rows.blocks()


class _Texts:
    """Texts by number: most stand for many cases."""

    def __init__(self):
        self.numbers: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


class _Rows:
    def __init__(self, results: Results, cases: Sequence[Case]):
        self.results = results
        by_id = {case.id: case for case in cases}
        self.ids = results.case_ids()
        self.cases = [by_id.get(case_id) for case_id in self.ids]
        self.runs = [run.by_case() for run in results.runs]
        self.spent = 0

    def verdicts(self, case_id: str) -> list[dict[str, Verdict]]:
        """For each run, the verdict of each stage."""
        return [{verdict.stage: verdict for verdict in run.get(case_id, ())} for run in self.runs]

    def head(self) -> dict:
        texts, tags = _Texts(), _Texts()
        profiles = list(dict.fromkeys(run.profile for run in self.results.runs))
        summaries, words, tagged, marks, splits, causes = [], [], [], [], [], []
        for case_id, case in zip(self.ids, self.cases):
            verdicts = self.verdicts(case_id)
            marks.append("".join(_mark(stages.get(stage)) for stages in verdicts for stage in STAGES))
            splits.append(sum(1 << bit for bit, stage in enumerate(STAGES) if _is_split(verdicts, stage)))
            summaries.append(texts(printable(case.summary) if case else ""))
            known = {v.known.reason: None for stages in verdicts for v in stages.values() if v.known}
            causes.append([texts(printable(reason)) for reason in known])
            expected = dict.fromkeys(filter(None, (expected_of(case, profile) for profile in profiles))) if case else ()
            words.append(texts(" / ".join(expected)))
            tagged.append([tags(printable(tag)) for tag in sorted(case.tags | case.features)] if case else [])
        return {
            "suite": {
                "name": printable(self.results.suite.name),
                "cases": self.results.suite.cases,
                "sha256": self.results.suite.digest,
                "only": self.results.suite.only and printable(self.results.suite.only),
            },
            "tool": self.results.tool,
            "started": self.results.started,
            "seconds": round(self.results.seconds, 1),
            "runs": [
                {
                    "id": printable(run.id),
                    "target": printable(run.target),
                    "kind": run.kind,
                    "version": printable(run.version),
                    "profile": run.profile,
                    "ended": printable(run.ended),
                    "seconds": round(run.seconds, 1),
                    "notes": [f"outdated: {printable(fault)}" for fault in run.outdated]
                    + list(map(printable, run.notes)),
                    "counts": Counter(map(mark, run.verdicts)),
                    "skipped": {printable(why): count for why, count in run.skips().items()},
                }
                for run in self.results.runs
            ],
            "block": BLOCK,
            "texts": list(texts.numbers),
            "tags": list(tags.numbers),
            "ids": [printable(case_id) for case_id in self.ids],
            "summaries": summaries,
            "expected": words,
            "tagged": tagged,
            "marks": marks,
            "splits": splits,
            "causes": causes,
        }

    def blocks(self) -> Iterator[list]:
        for start in range(0, len(self.ids), BLOCK):
            yield [self.detail(number) for number in range(start, min(start + BLOCK, len(self.ids)))]

    def detail(self, number: int) -> dict:
        case, verdicts = self.cases[number], self.verdicts(self.ids[number])
        value: dict = {"answers": [[_answer(stages.get(stage)) for stage in STAGES] for stages in verdicts]}
        if case is None:
            return value
        value |= {
            "time": printable(case.time),
            "cites": [[printable(cite), *map(printable, citations.look_up(cite))] for cite in case.cites],
            "expect": {
                profile: {
                    stage: {
                        "anyOf": [_shown(answer) for answer in of.any_of],
                        "basis": of.basis,
                        "note": printable(of.note or ""),
                    }
                    for stage, of in stages.items()
                }
                for profile, stages in case.expect.items()
            },
            "certificates": _certificates(case),
            "options": _options(case),
            "has": [name for name, content, _ in _files(case) if content is not None],
        }
        if len(self.ids) <= ALL_FILES or any(is_news(v) for stages in verdicts for v in stages.values()):
            value["files"] = self._packed(case)
        return value

    def _packed(self, case: Case) -> dict[str, str]:
        """The files of a case by their names; nothing with a private key in it, known to everybody though they are."""
        packed = {}
        for name, content, is_key in _files(case):
            if content is None or is_key or SHOWN_KEY.search(content) or self.spent + len(content) > FILES_BYTES:
                continue
            self.spent += len(content)
            packed[name] = base64.b64encode(content).decode()
        return packed


def _files(case: Case) -> list[tuple[str, bytes | None, bool]]:
    client = case.client
    return [
        ("bundle.pem", case.bundle, False),
        ("client.pem", client.chain if client else None, False),
        ("client.key", client.key if client else None, True),
        ("ocsp.der", client.ocsp_response if client else None, False),
    ]


def _options(case: Case) -> list[str]:
    if case.client is None:
        return []
    named = {
        "verifyClientCertIssuerDN": case.client.verify_issuer_dn,
        "Passthrough": case.client.passthrough,
        "OCSP": case.client.ocsp,
    }
    return [name for name, is_on in named.items() if is_on]


def _mark(verdict: Verdict | None) -> str:
    return (Mark.NONE if verdict is None else mark(verdict)).value


def _is_split(verdicts: list[dict[str, Verdict]], stage: str) -> bool:
    """Whether some targets let in and others do not."""
    said = (stages[stage].got for stages in verdicts if stage in stages)
    return len({lets_in(got) for got in said if got is not None and got.get("result") != "unsupported"}) > 1


def _answer(verdict: Verdict | None) -> list | int:
    if verdict is None:
        return 0
    known = verdict.known and {
        "reason": printable(verdict.known.reason),
        "cite": printable(verdict.known.cite),
        "seen": printable(verdict.known.seen),
    }
    value = [
        mark(verdict).value,
        verdict.got and _shown(verdict.got),
        printable(verdict.raw),
        printable(verdict.why),
        known,
    ]
    while value and not value[-1]:
        value.pop()
    return value


def _shown(answer: dict) -> dict:
    """An answer without what it does not state, its text as a display may show it."""
    shown = {}
    for member, value in answer.items():
        if isinstance(value, str):
            value = printable(value)
        elif isinstance(value, tuple):
            value = [printable(str(item)) for item in value]
        if value is not None:
            shown[member] = value
    return shown


def _certificates(case: Case) -> list[dict]:
    """The case's certificates, and in which of its two inputs each lies byte for byte."""
    uploaded, sent = _digests(case.bundle), _digests(case.client.chain if case.client else None)
    return [
        {
            "label": printable(str(certificate["label"])),
            "role": certificate["role"],
            "subject": printable(str(certificate["subject"])),
            "issuer": printable(str(certificate["issuer"])),
            "key": printable(str(certificate["key"])),
            "sha256": certificate["sha256"],
            "uploaded": certificate["sha256"] in uploaded,
            "sent": certificate["sha256"] in sent,
        }
        for certificate in case.certificates
    ]


@cache
def _digests(pem: bytes | None) -> frozenset[str]:
    found = set()
    for block in PEM.findall(pem or b""):
        try:
            found.add(hashlib.sha256(base64.b64decode(block, validate=False)).hexdigest())
        except ValueError:
            continue
    return frozenset(found)

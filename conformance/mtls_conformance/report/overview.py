"""The tables of docs/results.md: who was asked, and what each makes of a bad file of trusted CAs. A document of people
holds them between marks, which `fill` replaces."""

import re
from collections import Counter
from collections.abc import Callable

from ..compare import Outcome, Verdict
from ..results import Results, Run
from .difference import Mark, mark
from .markdown import cell
from .wording import brief

# The kinds of bad files, each by the case that shows it best.
BAD_FILES = {
    "upload/empty-file": "nothing",
    "upload/whitespace-only": "white space",
    "upload/text-without-delimiters": "text",
    "pem/html-page": "an HTML page (a failed download)",
    "pem/path-in-place-of-content": "the path of the file in place of its content",
    "upload/only-delimiters": "an empty BEGIN and END pair",
    "upload/good-then-empty-pair": "a root, then an empty pair",
    "upload/bad-base64": "a root whose base64 is damaged",
    "pem/good-then-bad-base64": "a root, then one whose base64 is damaged",
    "upload/truncated-der": "a root cut off",
    "pem/good-then-truncated-der": "a root, then one cut off",
    "upload/bytes-after-der": "a root with bytes after its DER",
    "upload/not-a-certificate": "DER that is no certificate",
    "upload/begin-without-end": "a BEGIN without its END",
    "upload/missing-end-before-next-begin": "two certificates, the END of the first missing",
    "upload/der": "binary DER",
    "pem/pkcs7": "PKCS#7",
    "upload/utf16le": "UTF-16",
    "upload/bom-utf8": "a root after a byte order mark",
    "upload/label-trusted-certificate": "a root labelled TRUSTED CERTIFICATE",
    "upload/label-unknown": "a root labelled CERT",
    "upload/private-key-alone": "a private key",
    "upload/private-key-pkcs8-before": "a private key, then a root",
    "upload/private-key-pkcs8-after": "a root, then a private key",
    "upload/crl-alone": "a CRL",
    "upload/crl-inside": "a root and a CRL",
    "upload/csr-inside": "a root and a signing request",
    "upload/leaf-only": "a leaf alone",
    "upload/intermediate-only": "an intermediate alone",
    "upload/self-signed-ca-false": "a self-signed certificate with CA:FALSE",
    "upload/two-roots": "two roots",
    "upload/root-twice": "one root twice",
    "upload/expired-root": "an expired root",
}
GATEWAY = "azure-appgw"
MARKS = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(document: str, results: Results) -> str:
    """The document with its tables as of these results. ValueError for a mark that no table has."""
    tables: dict[str, Callable[[Results], list[str]]] = {
        "targets": targets,
        "bad-files": bad_files,
        "bad-files-words": words,
        "counts": counts,
        "causes": causes,
    }

    def replace(found: re.Match) -> str:
        if found[2] not in tables:
            raise ValueError(f"there is no table {found[2]}")
        return found[1] + "\n" + "\n".join(tables[found[2]](results)) + "\n\n" + found[3]

    return MARKS.sub(replace, document)


def counts(results: Results) -> list[str]:
    kinds = Counter(run.kind for run in results.runs if run.profile != GATEWAY)
    verdicts = [verdict for run in results.runs for verdict in run.verdicts]
    asked = [verdict for verdict in verdicts if verdict.outcome is not Outcome.SKIPPED]
    return [
        f"{results.suite.cases} cases of the {results.suite.name} suite, {kinds['library']} libraries, {kinds['server']} "
        f"servers: {len(asked):,} answers, {len(verdicts) - len(asked):,} skipped and counted. "
        f"The cases have the digest `{results.suite.digest[:16]}`."
    ]


def targets(results: Results) -> list[str]:
    lines = [
        "| target | kind | version | as expected | lets in | refuses | other reason | crash | skipped |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for run in results.runs:
        marks = Counter(map(mark, run.verdicts))
        pairs = [
            (Mark.LETS_IN, Mark.KNOWN_LETS_IN),
            (Mark.REFUSES, Mark.KNOWN_REFUSES),
            (Mark.OTHER, Mark.KNOWN_OTHER),
            (Mark.CRASH, Mark.KNOWN_BROKEN, Mark.HANG, Mark.PROTOCOL),
        ]
        numbers = [marks[Mark.AS_EXPECTED], *(sum(marks[m] for m in pair) for pair in pairs), marks[Mark.SKIPPED]]
        name = cell(run.target) + (f", profile {run.profile}" if run.profile == GATEWAY else "")
        version = cell(run.version.removeprefix(run.target).strip())
        lines.append(f"| {name} | {run.kind} | {version} | {' | '.join(map(str, numbers))} |")
    return lines


def bad_files(results: Results) -> list[str]:
    """A row for each kind of file, a column for each target: whether its loading reports a success."""
    gateway, others = _columns(results)
    names = [cell(run.target) for run in others]
    lines = [f"| the file holds | the gateway | {' | '.join(names)} |", f"|---|---|{':-:|' * len(names)}"]
    asked = [(run, _uploads(run)) for run in others]
    for case_id, kind in BAD_FILES.items():
        cells = [_taken(uploads.get(case_id)) for _, uploads in asked]
        lines.append(f"| [{kind}](../corpus/base/{case_id}) | {_expected(gateway, case_id)} | {' | '.join(cells)} |")
    return lines


def words(results: Results) -> list[str]:
    """What those that refuse a kind of file say of it, and what some say that take it."""
    _, others = _columns(results)
    lines = ["| the file holds | target | | in its own words |", "|---|---|---|---|"]
    asked = [(run, _uploads(run)) for run in others if run.kind == "library"]
    for case_id, kind in BAD_FILES.items():
        said: dict[tuple[str, str], list[str]] = {}
        for run, uploads in asked:
            verdict = uploads.get(case_id)
            if verdict is not None and verdict.raw:
                said.setdefault((_taken(verdict), _short(verdict.raw)), []).append(run.target)
        for (taken, text), names in said.items():
            lines.append(f"| {kind} | {', '.join(names)} | {taken} | {cell(text)} |")
            kind = ""
    return lines


def causes(results: Results) -> list[str]:
    """Every known difference by its cause, those that concern most targets first."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for run in results.runs:
        for verdict in run.verdicts:
            if verdict.known is not None:
                found.setdefault((verdict.known.reason, verdict.known.cite), {}).setdefault(run.target, []).append(
                    verdict.case_id
                )
    lines = ["| what they do | by the text of | who (cases) | for instance |", "|---|---|---|---|"]
    for (reason, cite), who in sorted(
        found.items(), key=lambda item: (-len(item[1]), -sum(map(len, item[1].values())), item[0])
    ):
        names = ", ".join(f"{target} ({len(set(ids))})" for target, ids in who.items())
        shared = Counter(case_id for ids in who.values() for case_id in set(ids))
        example = min(shared, key=lambda case_id: (-shared[case_id], len(case_id), case_id))
        lines.append(f"| {cell(reason)} | {cell(cite)} | {names} | `{example}` |")
    return lines


def _columns(results: Results) -> tuple[Run | None, list[Run]]:
    gateway = next((run for run in results.runs if run.profile == GATEWAY), None)
    return gateway, [run for run in results.runs if run.profile != GATEWAY and run.kind != "validator"]


def _uploads(run: Run) -> dict[str, Verdict]:
    return {verdict.case_id: verdict for verdict in run.verdicts if verdict.stage == "upload"}


def _taken(verdict: Verdict | None) -> str:
    if verdict is None or (verdict.outcome is Outcome.SKIPPED and verdict.got is None):
        return ""
    if verdict.got is None:
        return verdict.outcome.value
    return {"accepted": "takes", "rejected": "\N{EN DASH}"}.get(verdict.got["result"], "")


def _expected(gateway: Run | None, case_id: str) -> str:
    verdict = _uploads(gateway).get(case_id) if gateway else None
    if verdict is None or not verdict.expected:
        return ""
    return cell(" or ".join(dict.fromkeys(brief("upload", one) for one in verdict.expected)))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 140 else text[:139] + "\N{HORIZONTAL ELLIPSIS}"

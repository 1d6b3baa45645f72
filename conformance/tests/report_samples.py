"""Results to make reports of: of real cases, with outcomes of every kind, and with texts that mean harm."""

from dataclasses import replace

from mtls_conformance.compare import Known, Outcome, Verdict
from mtls_conformance.corpus import STAGES, Case
from mtls_conformance.results import Results, Run, Suite, digest

# What breaks out of HTML, XML, Markdown, a terminal or a JavaScript string where somebody forgot to escape.
HOSTILE = "</script><script>window.owned = 1</script><img src=x onerror='window.owned=1'>\u202e\x1b[2J]]>&amp;|@all\x00\ud800 `${1}`"

OUTCOMES = (
    Outcome.AS_EXPECTED,
    Outcome.AS_EXPECTED,
    Outcome.DIFFERS,
    Outcome.AS_EXPECTED,
    Outcome.KNOWN,
    Outcome.SKIPPED,
    Outcome.CRASH,
    Outcome.HANG,
    Outcome.PROTOCOL,
    Outcome.DIFFERS,
)
OTHER = {
    "accepted": {"result": "rejected", "code": None},
    "rejected": {"result": "accepted"},
    "SUCCESS": {"result": "FAILED", "reason": ("expired", "not-trusted"), "sslClientVerify": None},
    "FAILED": {"result": "SUCCESS", "reason": None, "sslClientVerify": None},
}


def verdict(case: Case, target: str, stage: str, outcome: Outcome, raw: str) -> Verdict:
    of = case.stage("openssl", stage)
    if outcome is Outcome.SKIPPED or of is None:
        return Verdict(case.id, target, "openssl", stage, Outcome.SKIPPED, why="it cannot be asked: " + raw)
    one = Verdict(case.id, target, "openssl", stage, outcome, of.any_of, raw=raw)
    if outcome is Outcome.AS_EXPECTED:
        return replace(one, got=of.any_of[0])
    if outcome in (Outcome.DIFFERS, Outcome.KNOWN):
        got = OTHER.get(of.any_of[0]["result"], {"result": "ABORTED", "reason": None})
        known = Known("it says why: " + raw, "rfc5280#6.1", "0.9", False) if outcome is Outcome.KNOWN else None
        return replace(one, got=got, known=known)
    return one


def sample(cases: tuple[Case, ...], targets: int = 4, raw: str = "unable to get issuer certificate") -> Results:
    """Results over these cases: each kind of outcome at each target, in another place at each."""
    runs = []
    for number in range(targets):
        name = f"target-{number}"
        verdicts = tuple(
            verdict(case, name, stage, OUTCOMES[(at // 3 + number) % len(OUTCOMES)], raw)
            for at, case in enumerate(cases)
            for stage in STAGES
            if stage == "upload" or case.client is not None
        )
        runs.append(Run(name, "library", f"{name} 1.0", "openssl", verdicts, seconds=1.0))
    return Results(Suite("base", len(cases), digest(cases[:100])), "0.1.0", tuple(runs), "2030-01-01T00:00:00Z", 4.0)


def hostile(cases: tuple[Case, ...]) -> tuple[Results, tuple[Case, ...]]:
    """Harm in all that a target or a certificate can say, and in the corpus itself."""
    bad = []
    for case in cases:
        certificates = tuple({**one, "subject": f"CN={HOSTILE}", "label": HOSTILE} for one in case.certificates)
        bad.append(
            replace(
                case,
                summary=HOSTILE,
                cites=(HOSTILE, f"rfc5280#{HOSTILE}", "rfc5280#4.2"),
                tags=frozenset({HOSTILE}),
                certificates=certificates,
            )
        )
    results = sample(tuple(bad), raw=HOSTILE)
    runs = tuple(
        replace(run, version=HOSTILE, target=HOSTILE + run.target, ended=HOSTILE, notes=(HOSTILE,), outdated=(HOSTILE,))
        for run in results.runs
    )
    return replace(results, runs=runs, suite=replace(results.suite, name=HOSTILE, only=HOSTILE)), tuple(bad)

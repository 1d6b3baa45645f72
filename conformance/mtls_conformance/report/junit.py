"""JUnit's XML, as CI systems read it: a suite for each run, a test for each case and stage. A known difference is a
test that was skipped, with its reason; a crash, a hang or a protocol error is an error, not a failure."""

import re
from io import StringIO
from xml.sax.saxutils import escape, quoteattr

from ..compare import Outcome, Verdict
from ..results import Results, Run
from . import wording

ERRORS = frozenset({Outcome.CRASH, Outcome.HANG, Outcome.PROTOCOL})
# What XML 1.0 section 2.2 has no way to write.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(results: Results) -> str:
    out = StringIO()
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f"<testsuites name={_attribute('mtls-conformance ' + results.suite.name)} time={_seconds(results)}>\n")
    for run in results.runs:
        _suite(out, run, results.started)
    out.write("</testsuites>\n")
    return out.getvalue()


def _suite(out: StringIO, run: Run, started: str):
    counts = {
        "tests": len(run.verdicts) + len(run.outdated) + bool(run.ended),
        "failures": run.count(Outcome.DIFFERS) + len(run.outdated),
        "errors": sum(map(run.count, ERRORS)) + bool(run.ended),
        "skipped": run.count(Outcome.SKIPPED) + run.count(Outcome.KNOWN),
    }
    numbers = " ".join(f'{name}="{number}"' for name, number in counts.items())
    out.write(
        f" <testsuite name={_attribute(run.id)} {numbers} time={_seconds(run)} timestamp={_attribute(started[:-1])}>\n"
        f'  <properties><property name="version" value={_attribute(run.version)}/></properties>\n'
    )
    for verdict in run.verdicts:
        _test(out, run, verdict)
    for number, fault in enumerate(run.outdated, 1):
        out.write(f'  <testcase classname={_attribute(run.id)} name="known difference {number}" time="0">\n')
        out.write(f"   <failure message={_attribute(f'outdated: {fault}')}/>\n  </testcase>\n")
    if run.ended:
        out.write(f'  <testcase classname={_attribute(run.id)} name="the whole run" time="0">\n')
        out.write(f"   <error message={_attribute(run.ended)}/>\n  </testcase>\n")
    out.write(" </testsuite>\n")


def _test(out: StringIO, run: Run, verdict: Verdict):
    name = f"{verdict.case_id} {verdict.stage}"
    test = f'  <testcase classname={_attribute(run.id)} name={_attribute(name)} time="0"'
    body = _body(verdict)
    out.write(f"{test}>\n   {body}\n  </testcase>\n" if body else f"{test}/>\n")


def _body(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.AS_EXPECTED:
        return ""
    if verdict.outcome is Outcome.SKIPPED:
        return f"<skipped message={_attribute(verdict.why)}/>"
    if verdict.outcome is Outcome.KNOWN:
        known = verdict.known
        return f"<skipped message={_attribute(f'known difference: {known.reason} ({known.cite})' if known else '')}/>"
    kind = "error" if verdict.outcome in ERRORS else "failure"
    expected, got = wording.expected(verdict), wording.got(verdict)
    words = f"\nit says {wording.printable(verdict.raw)}" if verdict.raw else ""
    text = escape(_xml(f"expected {expected}\ngot {got}{words}"))
    message = _attribute(f"expected {expected}; got {got}")
    return f"<{kind} type={_attribute(verdict.outcome.value)} message={message}>{text}</{kind}>"


def _seconds(of: Results | Run) -> str:
    return f'"{of.seconds:.3f}"'


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)

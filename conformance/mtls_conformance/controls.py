"""Positive controls: whether a target can tell good from bad at all.

Before anything else a target is asked for the plain good client and for three that nobody lets in. One that fails the
good or lets in a bad one is a broken set-up: a wrong clock, a file that was not loaded, a verification that is off.
Under a profile that judges files alone it is asked for the good file, and for one that nobody takes."""

from collections.abc import Iterable
from functools import cache

from . import suites
from .compare import Answer, Outcome, Verdict, conforms
from .corpus import Case, pick
from .targets import Target, TargetError
from .vocabulary import judges_clients

GOOD = "handshake/leaf"
BAD = ("handshake/leaf-of-unknown-root", "handshake/expired", "handshake/signature-forged")
BAD_FILE = "upload/not-a-certificate"


class BrokenSetUp(TargetError):
    """A target answers so that its other answers mean nothing."""


@cache
def cases(profile: str) -> tuple[Case, ...]:
    return tuple(pick(suites.base(), (GOOD, *(BAD if judges_clients(profile) else (BAD_FILE,)))))


def check(target: Target, profile: str, jobs: int = 1) -> bool:
    """Raises BrokenSetUp. A control that the target cannot be asked is left out; False if no good or no bad one
    could be."""
    asked, stage = set(), "handshake" if judges_clients(profile) else "upload"
    asked_for = [case.id for case in cases(profile)]
    answers = sorted(
        target.answers(list(cases(profile)), profile, jobs), key=lambda answer: asked_for.index(answer.case_id)
    )  # of several that are wrong the same is told each time
    for answer in answers:
        judge(target.name, profile, answer)
        if stage not in answer.skipped:
            asked.add(answer.case_id == GOOD)
    return asked == {True, False}


def judge(name: str, profile: str, answer: Answer) -> None:
    (case,) = (case for case in cases(profile) if case.id == answer.case_id)
    is_good = case.id == GOOD
    for stage in ("upload", "handshake"):
        expected, got = case.stage(profile, stage), answer.stage(stage)
        if stage in answer.skipped or expected is None:
            continue
        result = (got or {}).get("result")
        words = f" It says: {answer.words(stage)}" if answer.words(stage) else ""
        if is_good and not conforms(expected, got, frozenset({"clientCertIssuerDN", "httpStatus"})):
            raise BrokenSetUp(
                f"{name}: broken set-up: {case.id}, a good certificate, gets {result} for its {stage}.{words}"
            )
        if not is_good and stage == "handshake" and result == "SUCCESS":
            raise BrokenSetUp(f"{name}: broken set-up: {case.id}, whom nobody may let in, gets {result}.{words}")
        if case.id == BAD_FILE and result == "accepted":
            raise BrokenSetUp(f"{name}: broken set-up: {case.id}, which is no certificate, is {result}.{words}")


def check_all(name: str, verdicts: Iterable[Verdict]) -> None:
    """The same of a whole run, for targets that cannot be asked for the controls: somebody who must get in does,
    and somebody who must not does not. Raises BrokenSetUp."""
    let_in = {True: [], False: []}  # who must get in, and who must not: whether each did
    for verdict in verdicts:
        if verdict.stage == "handshake" and verdict.outcome is not Outcome.SKIPPED and verdict.got is not None:
            must = {alternative["result"] for alternative in verdict.expected}
            if must <= {"SUCCESS"} or must <= {"FAILED"}:
                let_in["SUCCESS" in must].append(verdict.got.get("result") == "SUCCESS")
    if let_in[True] and let_in[False]:
        if not any(let_in[True]):
            raise BrokenSetUp(f"{name}: broken set-up: of {len(let_in[True])} clients who must be let in, none is")
        if all(let_in[False]):
            raise BrokenSetUp(f"{name}: broken set-up: of {len(let_in[False])} who must not be let in, all are")

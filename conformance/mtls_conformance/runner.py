"""Asks targets, holds their answers against the corpus and against what is known of them."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic

from . import controls, expectations
from .compare import Outcome, Verdict, judge
from .corpus import Case
from .expectations import Expectations
from .results import Run
from .targets import Target, TargetError

INTERRUPTED = "interrupted"


class Interrupted(KeyboardInterrupt):
    """A run that a signal ended: `runs` is what was measured."""

    def __init__(self, runs: list[Run], interrupt: KeyboardInterrupt):
        super().__init__(*interrupt.args)
        self.runs = runs


class Watch:
    """Who wants to hear of a run's progress. This one does nothing."""

    def begin(self, target: Target, version: str, profile: str, cases: int) -> None: ...

    def answered(self) -> None: ...

    def end(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be asked. `known` gives a target's known differences, or None."""

    cases: list[Case]
    jobs: int = 1
    suite: str = ""  # base, full, or another
    whole: bool = False  # these are all cases of a suite of the project's, so entries that match none are outdated
    known: Callable[[str], Expectations | None] = expectations.of
    is_controlled: bool = True  # positive controls first


@dataclass(slots=True)
class _Asked:
    """What a target has said so far of one profile."""

    target: Target
    version: str
    profile: str
    verdicts: list[Verdict] = field(default_factory=list)
    ended: str = ""
    outdated: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def run(self, order: dict[str, int]) -> Run:
        verdicts = sorted(self.verdicts, key=lambda verdict: order[verdict.case_id])
        return Run(
            self.target.name,
            self.target.kind,
            self.version,
            self.profile,
            tuple(verdicts),
            self.ended,
            self.seconds,
            tuple(self.outdated),
            tuple(self.notes),
        )


def run(plan: Plan, targets: list[Target], watch: Watch | None = None) -> list[Run]:
    """Every target under every profile that it answers for, in the order given; verdicts in the corpus's order. A
    target that breaks down, or a KeyboardInterrupt, ends its run, and `ended` says so. The interrupt ends all, as an
    Interrupted that has the runs so far."""
    runs: list[Run] = []
    for target in targets:
        try:
            _run(target, plan, watch or Watch(), runs)
        except KeyboardInterrupt as interrupt:
            raise Interrupted(runs, interrupt) from None
        finally:
            if hasattr(target, "close"):  # AsksOne
                target.close()
    return runs


def _run(target: Target, plan: Plan, watch: Watch, runs: list[Run]) -> None:
    """Adds to `runs` what one target says, also if an interrupt ends it."""
    try:
        if target.missing:
            raise TargetError(target.missing)
        version, profiles = target.version(), target.profiles
    except TargetError as error:
        runs.append(Run(target.name, target.kind, "", "", (), str(error)))
        return
    order = {case.id: number for number, case in enumerate(plan.cases)}
    for profile in profiles:
        asked = _Asked(target, version, profile)
        try:
            _ask(asked, plan, watch)
        except KeyboardInterrupt:
            asked.ended = INTERRUPTED
            raise
        finally:
            runs.append(asked.run(order))


def _ask(asked: _Asked, plan: Plan, watch: Watch) -> None:
    started = monotonic()
    known = plan.known(asked.target.name)
    try:
        watch.begin(asked.target, asked.version, asked.profile, len(plan.cases))
        controlled = not plan.is_controlled or controls.check(asked.target, asked.profile, plan.jobs)
        _collect(asked, plan, known, watch)
        if not controlled:
            controls.check_all(asked.target.name, asked.verdicts)
        if known is not None:
            _judge_known(asked, plan, known)
    except TargetError as error:
        asked.ended = str(error)
    finally:
        watch.end()
        asked.seconds = monotonic() - started


def _collect(asked: _Asked, plan: Plan, known: Expectations | None, watch: Watch) -> None:
    target, profile = asked.target, asked.profile
    left = {case.id: case for case in plan.cases}
    with closing(target.answers(plan.cases, profile, plan.jobs)) as answers:
        for answer in answers:
            case = left.pop(answer.case_id)
            verdicts = judge(case, target.name, profile, answer, target.silent)
            asked.verdicts += [known.explain(verdict, asked.version) if known else verdict for verdict in verdicts]
            watch.answered()
    if left:
        raise TargetError(f"{target.name} left out {len(left)} cases, such as {next(iter(left))}")


def _judge_known(asked: _Asked, plan: Plan, known: Expectations) -> None:
    """An entry that no longer differs is outdated; where it was seen in another version, that is a note."""
    others: dict[str, int] = {}
    for entry, fault in known.outdated(asked.verdicts, plan.suite, plan.whole):
        if entry.seen == asked.version:
            asked.outdated.append(f"{entry.place}: {fault}")
        else:
            others[entry.seen] = others.get(entry.seen, 0) + 1
    for verdict in asked.verdicts:
        if verdict.outcome is Outcome.KNOWN and not verdict.known.here:
            others.setdefault(verdict.known.seen, 0)
    for seen, gone in sorted(others.items()):
        differ = f", and {gone} of them no longer differ" if gone else ""
        asked.notes.append(f"known differences were seen in {seen}, this is {asked.version}{differ}")

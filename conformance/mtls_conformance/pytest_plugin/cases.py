"""One pytest item for each case and target. A worker of pytest-xdist has an adapter process of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .. import controls, expectations, suites, targets
from ..compare import UNEXPLAINED, Answer, Outcome, Verdict, judge
from ..corpus import Case, CorpusError, load
from ..expectations import Expectations, ExpectationsError
from ..programs import ProgramMissing
from ..table import brief, printable
from ..targets import options as target_options

FOR_PEOPLE = (targets.TargetError, CorpusError, ExpectationsError, ProgramMissing)


class Asked:
    """A target under one profile, started when its first case is asked and ended with the session."""

    def __init__(self, target: targets.Target, profile: str, known: Expectations | None):
        self.target = target
        self.profile = profile
        self.known = known
        self.version = target.version()
        self._stack = ExitStack()
        self._session: targets.Session | None = None
        self._batch: dict[str, Answer] | None = None

    def ask(self, case: Case, chosen: Callable[[], list[Case]]) -> Answer:
        """The answer to one case. A target that answers one alone only at a high price (a server) is asked for all
        that are `chosen` at once."""
        if not hasattr(self.target, "session"):
            if self._batch is None:
                self._batch = {answer.case_id: answer for answer in self.target.answers(chosen(), self.profile, 1)}
            return self._batch[case.id]
        if self._session is None:
            self._session = self._stack.enter_context(self.target.session(self.profile))
        return self._session.ask(case)

    def verdicts(self, case: Case, chosen: Callable[[], list[Case]]) -> list[Verdict]:
        answer = self.ask(case, chosen)
        found = judge(case, self.target.name, self.profile, answer, self.target.silent)
        return [self.known.explain(verdict, self.version) if self.known else verdict for verdict in found]

    def close(self) -> None:
        self._stack.close()
        if hasattr(self.target, "close"):  # targets.AsksOne
            self.target.close()


class Cases:
    """Adds the items to the session, and ends what they have started."""

    def __init__(self, config: pytest.Config):
        self.config = config
        self.asked: list[Asked] = []
        try:
            self.prepare(config)
        except FOR_PEOPLE as error:
            raise pytest.UsageError(f"mtls: {error}") from None

    def prepare(self, config: pytest.Config) -> None:
        self.suite = config.getoption("mtls_suite")
        self.cases = load(suites.find(self.suite), config.getoption("mtls_only"))
        given = config.getoption("mtls_expectations")
        settings = target_options.read(config.getoption("mtls_options"))
        is_first = not hasattr(config, "workerinput")  # workers of pytest-xdist come after, and many
        for name in dict.fromkeys(config.getoption("mtls_target")):
            target = targets.make(name, settings)
            if target.missing:
                raise targets.TargetError(target.missing)
            known = expectations.load(Path(given)) if given else expectations.of(target.name)
            for profile in target.profiles:
                if is_first:
                    controls.check(target, profile)
                self.asked.append(Asked(target, profile, known))

    def pytest_report_header(self) -> list[str]:
        return [
            f"mtls: {one.target.name} ({one.version}) under {one.profile}, {len(self.cases)} cases of {self.suite}"
            for one in self.asked
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        names = [one.target.name for one in self.asked]
        for one in self.asked:
            is_alone = names.count(one.target.name) == 1
            name = one.target.name if is_alone else f"{one.target.name}[{one.profile}]"
            items.extend(Target.from_parent(session, name=name, asked=one, cases=self.cases).collect())

    def pytest_sessionfinish(self) -> None:
        for one in self.asked:
            one.close()


class Target(pytest.Collector):
    def __init__(self, *, asked: Asked, cases: list[Case], **rest):
        super().__init__(nodeid=rest["name"], **rest)
        self.asked = asked
        self.cases = cases

    def collect(self) -> Iterator["CaseItem"]:
        for case in self.cases:
            yield CaseItem.from_parent(self, name=case.id, case=case)


class Differs(Exception):
    """What a failing test says."""


class CaseItem(pytest.Item):
    def __init__(self, *, case: Case, **rest):
        super().__init__(**rest)
        self.case = case
        for tag in sorted(case.tags):
            self.extra_keyword_matches.add(tag)

    def runtest(self) -> None:
        asked: Asked = self.parent.asked
        verdicts = asked.verdicts(self.case, self.siblings)
        wrong = [verdict for verdict in verdicts if verdict.outcome in UNEXPLAINED]
        if wrong:
            raise Differs("\n".join(self.told(wrong)))
        if gone := self.outdated(asked, verdicts):
            raise Differs(gone)
        for verdict in verdicts:
            if verdict.outcome is Outcome.KNOWN:
                pytest.xfail(f"known difference, {verdict.stage}: {verdict.known.reason} ({verdict.known.cite})")
        if all(verdict.outcome is Outcome.SKIPPED for verdict in verdicts):
            pytest.skip("; ".join(dict.fromkeys(verdict.why for verdict in verdicts)) or "nothing to compare")

    def siblings(self) -> list[Case]:
        """The cases that pytest has chosen of this target."""
        return [item.case for item in self.session.items if isinstance(item, CaseItem) and item.parent is self.parent]

    def outdated(self, asked: Asked, verdicts: list[Verdict]) -> str | None:
        """An entry that names this case, of this version of the target, and no longer differs."""
        if asked.known is not None:
            for entry, fault in asked.known.outdated(verdicts, "", False):
                if entry.seen == asked.version and self.case.id in entry.cases:
                    return f"{entry.place} is outdated: {fault}"
        return None

    def told(self, wrong: list[Verdict]) -> Iterator[str]:
        for verdict in wrong:
            expected = " or ".join(dict.fromkeys(_word(verdict.stage, one) for one in verdict.expected))
            yield f"{self.case.id}: {verdict.stage}, held against {verdict.profile}"
            yield f"  expected  {expected}"
            yield f"  got       {_word(verdict.stage, verdict.got) if verdict.got else verdict.outcome}"
            if verdict.raw:
                yield f"  it says   {printable(verdict.raw)}"
        yield f"  the case  {printable(self.case.summary)}"
        yield f"  cites     {', '.join(self.case.cites)}"
        yield f"  files     mtls-gen scenario {self.case.id} --out {self.case.id.rpartition('/')[2]}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style=None):
        if isinstance(excinfo.value, (Differs, pytest.xfail.Exception, *FOR_PEOPLE)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.parent.name} {self.case.id}"


def _word(stage: str, answer: dict) -> str:
    result, word = printable(str(answer.get("result"))), brief(stage, answer)
    return result if word == result else f"{result}, {word}"

"""A library, or somebody's own program, as a target: whatever speaks the adapter protocol (conformance/PROTOCOL.md)."""

import os
import queue
import shlex
import subprocess
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import checkout
from ..compare import Answer
from ..corpus import Case, as_question
from ..vocabulary import profiles, reasons
from . import Settings, TargetError
from .adapter import Adapter, AdapterBroken, Limits, Outcome
from .adapter import Answer as Said
from .protocol import Hello

REPOSITORY = checkout.root()
RECIPES = REPOSITORY / "conformance/adapters"
BUILT = REPOSITORY / "build/adapters"
MISSING = 77  # a recipe's exit status where a tool chain or a library is missing
CHECK_SECONDS = 60
ADDRESS_SPACE = {"openssl", "gnutls", "nss", "mbedtls", "wolfssl", "botan", "bearssl"}  # reserve no more than they use
ADDRESS_SPACE_BYTES = 2 << 30

# What an adapter may leave unsaid of its answer, and is not held against it.
MAY_BE_SILENT = frozenset({"code", "clientCertIssuerDN", "reason", "httpStatus"})


def names() -> list[str]:
    """The adapters that this project has recipes for."""
    return sorted(path.parent.name for path in RECIPES.glob("*/build.sh"))


def make(name: str, settings: Settings) -> "LibraryTarget":
    return LibraryTarget(name)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an adapter of this project stands on this machine. `missing` says what it lacks and what installs that."""

    name: str
    built: bool
    missing: str | None


def recipe(name: str) -> Recipe:
    built = (BUILT / name / "adapter").is_file()
    check = [RECIPES / name / "build.sh", "--check"]
    try:
        result = subprocess.run(check, capture_output=True, text=True, timeout=CHECK_SECONDS)
    except subprocess.TimeoutExpired:
        return Recipe(name, built, f"{name}: its build.sh --check did not end in {CHECK_SECONDS} seconds")
    return Recipe(name, built, result.stderr.strip() if result.returncode == MISSING else None)


def find(name: str) -> list[str]:
    """The command of an adapter of this project, or somebody's own: a path, with arguments if it has some."""
    if "/" in name:
        path, *arguments = [name] if Path(name).is_file() else shlex.split(name)
        return [os.path.abspath(path), *arguments]
    return [str(BUILT / name / "adapter")]


class LibraryTarget:
    kind = "library"
    silent = frozenset()

    def __init__(self, name: str, limits: Limits | None = None):
        self.recipe_name = None if "/" in name else name
        self.command = find(name)
        self.name = name if "/" not in name else Path(self.command[0]).name
        space = ADDRESS_SPACE_BYTES if name in ADDRESS_SPACE else None
        self.limits = limits or Limits(address_space_bytes=space)
        self._idle: list[Adapter] = []  # have started and wait for the next case: a JVM is not started twice
        weakref.finalize(self, _close_all, self._idle)  # of a target that nobody closes

    @property
    def missing(self) -> str | None:
        if self.recipe_name is None:
            return None if Path(self.command[0]).is_file() else f"there is no program {self.command[0]}"
        if Path(self.command[0]).is_file():
            return None
        lacks = recipe(self.recipe_name).missing
        return lacks or f"{self.name} is not built; to build it:\n    ci/build-adapters.sh {self.name}"

    @property
    def profiles(self) -> tuple[str, ...]:
        return (self.hello.profile,)

    def version(self) -> str:
        return f"{self.hello.name} {self.hello.version}"

    def _adapter(self) -> Adapter:
        if self._idle:
            return self._idle.pop()
        return Adapter(self.command, limits=self.limits, known_reasons=frozenset(reasons()))

    @cached_property
    def hello(self) -> Hello:
        adapter = self._adapter()
        try:
            hello = adapter.start()
        except AdapterBroken as error:
            raise TargetError(str(error)) from None
        if hello.profile not in profiles():
            adapter.close()
            known = ", ".join(profiles())
            raise TargetError(f"{self.command[0]}: greets with the profile {hello.profile!r}, which is none of {known}")
        self._idle.append(adapter)
        return hello

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        asked = []
        for case in cases:
            if why := self.cannot_ask(case):
                yield Answer(case.id, skipped={"upload": why, "handshake": why})
            else:
                asked.append(case)
        with _Crew(self._adapter, self._idle.append, asked, min(jobs, os.cpu_count() or 1)) as crew:
            for case, said in crew:
                yield _answer(case, said)

    def close(self) -> None:
        _close_all(self._idle)

    @contextmanager
    def session(self, profile: str) -> Iterator["_Session"]:
        self.hello  # noqa: B018 - it greets before it is asked
        with self._adapter() as adapter:
            yield _Session(self, adapter)

    def cannot_ask(self, case: Case) -> str | None:
        if lacking := sorted(case.features - self.hello.features):
            return f"{self.name} does not support {', '.join(lacking)}"
        if "clock" in case.tags and "clock" not in self.hello.features:
            return f"{self.name} takes no time"
        return None


@dataclass(frozen=True, slots=True)
class _Session:
    target: LibraryTarget
    adapter: Adapter

    def ask(self, case: Case) -> Answer:
        if why := self.target.cannot_ask(case):
            return Answer(case.id, skipped={"upload": why, "handshake": why})
        try:
            return _answer(case, self.adapter.ask(as_question(case)))
        except AdapterBroken as error:
            raise TargetError(str(error)) from None


def _close_all(adapters: list[Adapter]) -> None:
    while adapters:
        adapters.pop().close()


class _Crew:
    """Adapters at work, one a thread; iterating gives each case with what was said. Those that have no more to do go to
    `rest`; leaving it ends the others."""

    def __init__(self, make: Callable[[], Adapter], rest: Callable[[Adapter], None], cases: list[Case], size: int):
        self._todo: queue.SimpleQueue[Case] = queue.SimpleQueue()
        for case in cases:
            self._todo.put(case)
        self._left = len(cases)
        self._done: queue.SimpleQueue[tuple[Case, Said] | Exception] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._rest = rest
        workers = max(1, min(size, len(cases)))
        self._threads = [threading.Thread(target=self._work, args=(make(),), name="adapter") for _ in range(workers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def __iter__(self) -> Iterator[tuple[Case, Said]]:
        for _ in range(self._left):
            got = self._done.get()
            if isinstance(got, Exception):
                raise TargetError(str(got)) from got
            yield got

    def _work(self, adapter: Adapter):
        try:
            while not self._stop.is_set():
                try:
                    case = self._todo.get_nowait()
                except queue.Empty:
                    self._rest(adapter)
                    return
                self._done.put((case, adapter.ask(as_question(case), stop=self._stop.is_set)))
        except Exception as error:  # noqa: BLE001 - the reader of the queue must hear of it, whatever it is
            self._done.put(error)
        adapter.close()


def _answer(case: Case, said: Said) -> Answer:
    if said.outcome is not Outcome.ANSWER:
        got = {"result": said.outcome.value}
        return Answer(case.id, got, got, raw=said.detail)
    skipped, upload, handshake = {}, None, None
    stated = {"result"}
    if said.upload is not None:
        if said.upload["result"] == "unsupported":
            skipped["upload"] = "the adapter does not support this upload"
        upload = {member: value for member, value in said.upload.items() if member != "raw"}
        stated |= upload.keys()
        if upload["result"] == "rejected" and case.client is not None:
            skipped["handshake"] = "its upload was rejected"
    if said.handshake == "unsupported":
        skipped["handshake"] = f"the adapter does not support this: {said.raw or 'no reason given'}"
    elif said.handshake is not None:
        handshake = {"result": said.handshake, "reason": None, "sslClientVerify": said.ssl_client_verify}
        if said.reasons:
            handshake["reason"] = said.reasons[0] if len(said.reasons) == 1 else said.reasons
        if said.reasons or said.handshake != "FAILED":
            stated.add("reason")
        if said.http_status is not None:
            handshake["httpStatus"] = said.http_status
            stated.add("httpStatus")
    raw_upload = None if said.upload is None else str(said.upload.get("raw") or "")
    return Answer(case.id, upload, handshake, skipped, said.raw, raw_upload, MAY_BE_SILENT - stated)

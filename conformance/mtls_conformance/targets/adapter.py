"""The runner's side of the adapter protocol (conformance/PROTOCOL.md).

An adapter is somebody else's program: it may crash, hang, flood, lie and leave processes behind. Each of these costs
one case. One thread with one poll loop does it all, so no case can block on a pipe that the other side has filled.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import resource
import selectors
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..limits import limit
from .protocol import Hello, ProtocolError, encode, read_answer, read_hello, shown

MARK = "MTLS_CONFORMANCE_ADAPTER"  # in the environment of every process that an adapter starts
TICK_S = 0.05  # how often a waiting runner looks at the adapter's memory
CPU_SECONDS = 3600  # the kernel's own limit: ends an adapter that spins after its runner was killed


class AdapterBroken(Exception):
    """The adapter cannot be used at all: it does not start or does not greet as it must."""


class Outcome(StrEnum):
    ANSWER = "ANSWER"
    CRASH = "CRASH"
    HANG = "HANG"
    PROTOCOL = "PROTOCOL"


@dataclass(frozen=True)
class Limits:
    seconds_to_start: float = 60.0
    seconds_per_case: float = 10.0
    seconds_to_end: float = 2.0
    answer_bytes: int = 1 << 20
    stderr_bytes: int = 8192  # of its end, kept for people
    memory_bytes: int = 2 << 30  # resident, looked at while waiting
    address_space_bytes: int | None = None  # RLIMIT_AS; None for what reserves much more than it uses (JVM, Go, V8)


@dataclass(frozen=True)
class Answer:
    """What came back for one case. `detail` says what went wrong unless `outcome` is ANSWER."""

    id: str
    outcome: Outcome
    upload: Mapping[str, object] | None = None
    handshake: str | None = None
    reasons: tuple[str, ...] = ()
    raw: str = ""
    ssl_client_verify: str | None = None
    http_status: int | None = None
    detail: str = ""
    seconds: float = 0.0


def stripped(case: Mapping[str, object]) -> dict[str, object]:
    """The case as an adapter sees it: without what the corpus knows of the answer."""
    return {**case, "summary": "", "cites": [], "certificates": [], "expect": {}}


class Adapter:
    """One adapter program. `start` begins and greets; `ask` never raises for what the adapter does to a case."""

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        *,
        limits: Limits = Limits(),
        known_reasons: frozenset[str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.command = [os.fspath(part) for part in command]
        self.limits = limits
        self.known_reasons = known_reasons
        self.hello: Hello | None = None
        self.restarts = 0
        self._mark = uuid.uuid4().hex
        self._environment = {**(os.environ if environment is None else environment), MARK: self._mark}
        self._process: subprocess.Popen[bytes] | None = None
        self._selector: selectors.BaseSelector | None = None  # of its output and standard error, while it runs
        self._received = bytearray()
        self._stderr = bytearray()
        self._is_stopped: Callable[[], bool] = lambda: False

    def __enter__(self) -> Adapter:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- starting and ending

    def start(self) -> Hello:
        """Starts the program unless it runs, and reads its greeting. Raises AdapterBroken."""
        if self._process is not None:
            assert self.hello is not None
            return self.hello
        self._received.clear()
        self._stderr.clear()
        try:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                env=self._environment,
            )
        except OSError as error:
            remedy = "; chmod +x makes it a program" if isinstance(error, PermissionError) else ""
            raise AdapterBroken(f"{self.command[0]}: {error.strerror or error}{remedy}") from error
        try:
            self._limit(self._process.pid)
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                os.set_blocking(stream.fileno(), False)
            self._selector = selectors.DefaultSelector()
            for stream in (self._process.stdout, self._process.stderr):
                self._selector.register(stream, selectors.EVENT_READ)
            hello = read_hello(self._exchange(b"", self.limits.seconds_to_start))
            if self.hello is not None and hello != self.hello:
                raise ProtocolError("it greets otherwise after a restart")
        except (TimeoutError, EOFError, ProtocolError) as error:
            message = self._with_stderr(str(error))
            self._kill()
            raise AdapterBroken(f"{self.command[0]}: no greeting: {message}; conformance/PROTOCOL.md says what its first line has to be") from error
        except BaseException:
            self._kill()
            raise
        self.hello = hello
        return hello

    def close(self) -> None:
        """Ends the program: it may leave by itself at the end of its input; what is left of it is killed."""
        if self._process is None:
            return
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._wait_draining(self.limits.seconds_to_end)
        self._kill()

    def _wait_draining(self, seconds: float) -> None:
        """Waits for the end while emptying the pipes, on which the adapter may be blocked."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(self.command, seconds)
            for stream in (self._process.stdout, self._process.stderr):
                with contextlib.suppress(BlockingIOError):
                    os.read(stream.fileno(), 65536)
            time.sleep(0.002)

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self._kill_marked()
        process.wait()
        if self._selector is not None:
            self._selector.close()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                stream.close()

    def _kill_marked(self) -> None:
        """Kills what left the process group, by the mark in its environment (Linux; elsewhere the group must do)."""
        mark = f"{MARK}={self._mark}".encode()
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if mark in path.read_bytes().split(b"\0"):
                    os.kill(int(path.parent.name), signal.SIGKILL)

    def _limit(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            limit(resource.RLIMIT_CORE, 0, pid)
            limit(resource.RLIMIT_CPU, CPU_SECONDS, pid)
            if self.limits.address_space_bytes is not None:
                limit(resource.RLIMIT_AS, self.limits.address_space_bytes, pid)

    # -- cases

    def ask(self, case: Mapping[str, object], stop: Callable[[], bool] = lambda: False) -> Answer:
        """Puts one case. Raises AdapterBroken only if the program cannot be started (again). While it waits it asks
        `stop` now and then, and gives up as after the time limit when that says so."""
        case_id = str(case["id"])
        self._is_stopped = stop
        if self._process is None:
            self.start()
        started = time.monotonic()
        try:
            line = self._exchange(encode(stripped(case)), self.limits.seconds_per_case)
            answer = read_answer(case, line, self.known_reasons)
        except (TimeoutError, EOFError, MemoryError, ProtocolError) as error:
            outcome = {TimeoutError: Outcome.HANG, ProtocolError: Outcome.PROTOCOL}.get(type(error), Outcome.CRASH)
            detail = self._with_stderr(str(error))
            self._kill()
            self.restarts += 1
            return Answer(case_id, outcome, detail=detail, seconds=time.monotonic() - started)
        except BaseException:  # an interrupt: nothing may stay behind
            self._kill()
            raise
        return Answer(case_id, Outcome.ANSWER, seconds=time.monotonic() - started, **answer)

    def _exchange(self, message: bytes, seconds: float) -> bytes:
        """Sends `message` and gives the next line. TimeoutError, EOFError (it ended), MemoryError or ProtocolError."""
        process = self._process
        deadline = time.monotonic() + seconds
        if message and self._received:
            raise ProtocolError(f"it spoke before it was asked: {shown(self._received)}")
        unsent = self._send(memoryview(message))
        if unsent:
            self._selector.register(process.stdin, selectors.EVENT_WRITE)
        look_at = 0.0
        while True:
            end = self._received.find(b"\n")
            if end >= 0:
                line = bytes(self._received[:end])
                del self._received[: end + 1]
                if unsent:
                    raise ProtocolError("it answered before it had read the case")
                if self._received:
                    raise ProtocolError(f"a second line: {shown(self._received)}")
                return line
            if len(self._received) > self.limits.answer_bytes:
                raise ProtocolError(f"a line of more than {self.limits.answer_bytes} bytes")
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError(f"no answer within {seconds:g} s")
            if now >= look_at > 0:
                if self._is_stopped():
                    raise TimeoutError("the run was stopped")
                self._check_memory(process.pid)
                look_at = now + TICK_S
            ready = self._selector.select(min(deadline - now, TICK_S))
            if not ready and process.poll() is not None:
                raise EOFError(self._how_it_ended())  # a process that it left behind holds its output open
            look_at = look_at or now + TICK_S
            for key, _ in ready:
                if key.fileobj is process.stdin:
                    unsent = self._send(unsent)
                    if not unsent:
                        self._selector.unregister(process.stdin)
                else:
                    self._receive(key.fileobj)

    def _send(self, unsent: memoryview) -> memoryview:
        """Gives what the pipe has no room for."""
        if not unsent:
            return unsent
        try:
            return unsent[os.write(self._process.stdin.fileno(), unsent) :]
        except BlockingIOError:
            return unsent
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            return unsent[:0]  # it closed its input: what it writes, or its end, tells the rest

    def _receive(self, stream: object) -> None:
        try:
            data = os.read(stream.fileno(), 65536)
        except BlockingIOError:
            return
        if stream is self._process.stderr:
            if not data:
                self._selector.unregister(stream)
            self._stderr += data
            del self._stderr[: -self.limits.stderr_bytes]
        elif data:
            self._received += data
        else:
            raise EOFError(self._how_it_ended())

    def _how_it_ended(self) -> str:
        try:
            status = self._process.wait(timeout=self.limits.seconds_to_end)
        except subprocess.TimeoutExpired:
            return "it closed its output"
        if status < 0:
            with contextlib.suppress(ValueError):
                return f"it was ended by {signal.Signals(-status).name}"
            return f"it was ended by signal {-status}"
        return f"it exited with status {status}"

    def _check_memory(self, pid: int) -> None:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return
        if pages * resource.getpagesize() > self.limits.memory_bytes:
            raise MemoryError(f"it used more than {self.limits.memory_bytes >> 20} MiB of memory")

    def _with_stderr(self, message: str) -> str:
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._stderr += os.read(self._process.stderr.fileno(), 65536)
        text = codecs.decode(self._stderr[-self.limits.stderr_bytes :], "utf-8", "replace").strip()
        return f"{message}; standard error ends: {text}" if text else message

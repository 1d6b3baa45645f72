"""Every live server that this machine has: what it answers, and that one that is wrong, dies, stalls or floods its log
costs what it must and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from minica import CA, EXPIRED, LEAF, MiniCa

from mtls_conformance.compare import Outcome, judge
from mtls_conformance.corpus import Case, Client, Stage
from mtls_conformance.servers import LiveServer, Said, ServerError, Site, make_identity, servers
from mtls_conformance.targets import TargetError
from mtls_conformance.targets import server as server_target
from mtls_conformance.targets.server import ServerTarget

SERVERS = [
    pytest.param(server, marks=pytest.mark.skipif(bool(why := server.missing()), reason=why or ""), id=name)
    for name, server in servers().items()
]
SUCCESS = {"result": "SUCCESS", "reason": None, "sslClientVerify": "SUCCESS", "httpStatus": 200}
NONE = {"result": "NONE", "reason": None, "sslClientVerify": "NONE", "httpStatus": 400}
FOLDERS = "mtls-"


def failed(reason: str) -> dict:
    return {"result": "FAILED", "reason": reason, "sslClientVerify": "FAILED:any spelling", "httpStatus": 400}


@pytest.fixture(scope="module")
def ca(tmp_path_factory) -> MiniCa:
    ca = MiniCa(tmp_path_factory.mktemp("ca"))
    ca.root = ca.issue("root", None, CA)
    ca.other = ca.issue("other", None, CA)
    ca.good = ca.issue("good", ca.root, LEAF)
    return ca


def case_of(name, expected, bundle, issued=None, chain=None) -> Case:
    key = issued.key.read_bytes() if issued else None
    chain = chain if chain is not None or issued is None else issued.pem.encode()
    expect = {"upload": Stage(({"result": "accepted"},), "observed", None), "handshake": Stage((expected,), "observed", None)}
    return Case(
        id=f"test/{name}",
        summary=name,
        cites=(),
        tags=frozenset(),
        features=frozenset(),
        bundle=bundle,
        client=Client(chain, key, None, False, False, False),
        time="2030-01-01T00:00:00Z",
        certificates=(),
        expect={"openssl": expect},
    )


@pytest.fixture(scope="module")
def cases(ca) -> dict[str, Case]:
    root, other = ca.root.pem.encode(), ca.other.pem.encode()
    malformed = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    aborted = {"result": "ABORTED", "reason": None, "sslClientVerify": None}
    made = [
        case_of("good", SUCCESS, root, ca.good),
        case_of("expired", failed("expired"), root, ca.issue("expired", ca.root, LEAF, validity=EXPIRED)),
        case_of("for servers", failed("purpose-client-auth"), root, ca.issue("s", ca.root, ["extendedKeyUsage=serverAuth"])),
        case_of("stranger", failed("self-signed"), root, ca.issue("stranger", None, LEAF)),
        case_of("of another site", failed("issuer-not-found-leaf-only"), other, ca.good),
        case_of("none", NONE, root),
        case_of("empty list", NONE, root, ca.good, chain=b""),
        case_of("malformed", aborted, root, ca.good, chain=malformed),
    ]
    return {made_case.id: made_case for made_case in made}


def answers_of(target: ServerTarget, cases: dict[str, Case]) -> dict[str, dict]:
    return {
        answer.case_id.removeprefix("test/"): next(
            verdict
            for verdict in judge(cases[answer.case_id], target.name, "openssl", answer, target.silent)
            if verdict.stage == "handshake"
        )
        for answer in target.answers(list(cases.values()), "openssl", 2)
    }


@pytest.mark.parametrize("server", SERVERS)
def test_every_case_is_answered_as_expected(server, cases):
    found = answers_of(ServerTarget(server), cases)
    assert len(found) == len(cases)
    wrong = {name: verdict for name, verdict in found.items() if verdict.outcome is not Outcome.AS_EXPECTED}
    assert wrong == {}


@pytest.mark.parametrize("server", SERVERS)
def test_a_wrong_expectation_is_noticed(server, ca):
    root = ca.root.pem.encode()
    wrong = [
        case_of("good", failed("expired"), root, ca.good),
        case_of("expired", failed("not-yet-valid"), root, ca.issue("expired", ca.root, LEAF, validity=EXPIRED)),
        case_of("none", SUCCESS, root),
    ]
    found = answers_of(ServerTarget(server), {case.id: case for case in wrong})
    assert {verdict.outcome for verdict in found.values()} == {Outcome.DIFFERS}


@pytest.mark.parametrize("server", SERVERS)
def test_files_asked_together_are_answered_as_each_alone(server, tmp_path, ca):
    good = ca.root.pem
    empty_pair = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
    contents = {
        "good": good,
        "empty": "",
        "text": "no certificate\n",
        "good and delimiters": good + empty_pair,
        "delimiters and good": empty_pair + good,
        "twice": good + good,
    }
    files = [tmp_path / f"{number}.pem" for number, _ in enumerate(contents)]
    for file, content in zip(files, contents.values()):
        file.write_text(content)
    identity = make_identity(tmp_path)
    together = server.refusals(files, identity)
    assert together[files[0]] is None and together[files[-1]] is None
    refused = {file for file, words in together.items() if words is not None}
    assert all(together[file] for file in refused)
    assert refused == {file for file in files if server.refusals([file], identity)[file] is not None}
    reversed_order = server.refusals(list(reversed(files)), identity)
    assert refused == {file for file, words in reversed_order.items() if words is not None}


@pytest.mark.parametrize("server", SERVERS)
def test_its_version_is_asked_of_itself(server):
    assert server.version()[0].isdigit()


@pytest.mark.parametrize("server", SERVERS)
def test_a_port_in_use_is_told(server, ca):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"{server.name}: 127.0.0.1:{port}: Address already in use"):
            server({"a.test": Site(ca.root.certificate)}, port=port).__enter__()


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_cannot_start_is_told_with_its_words(server, tmp_path):
    with pytest.raises(ServerError, match=f"(?s){server.name} did not start: .*(nothere.pem|No trusted certificates)"):
        server({"a.test": Site(tmp_path / "nothere.pem")}).__enter__()


@pytest.mark.parametrize("server", SERVERS)
def test_nothing_is_left_behind(server, ca, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with server({"a.test": Site(ca.root.certificate)}) as running:
        group = os.getpgid(running.process.pid)
    assert not is_alive(group)
    assert list(tmp_path.glob(f"{FOLDERS}*")) == []


@pytest.fixture
def in_tmpdir(tmp_path, monkeypatch):
    def in_tmpdir(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv("TMPDIR", str(folder))
        monkeypatch.setattr("tempfile.tempdir", None)
        return folder

    return in_tmpdir


@pytest.mark.parametrize("name", ["a b;c", "it's {1} #2 %s", "x" * 130], ids=["space", "signs", "long"])
@pytest.mark.parametrize("server", SERVERS)
def test_it_answers_in_a_tmpdir_of_any_name(server, cases, ca, tmp_path, in_tmpdir, name):
    def refusals(folder: Path) -> dict[str, str | None]:
        files = [folder / "good.pem", folder / "text.pem", folder / "empty.pem"]
        for file, content in zip(files, (ca.root.pem, "no certificate\n", "")):
            file.write_text(content)
        return {file.name: words for file, words in server.refusals(files, make_identity(folder)).items()}

    elsewhere = refusals(tmp_path)
    folder = in_tmpdir(name)
    found = answers_of(ServerTarget(server), {case: cases[case] for case in ("test/good", "test/expired")})
    assert {verdict.outcome for verdict in found.values()} == {Outcome.AS_EXPECTED}
    assert refusals(folder) == elsewhere


@pytest.mark.parametrize("server", [server for server in SERVERS if server.values[0].unquotable])
def test_a_tmpdir_that_it_cannot_take_is_told(server, cases, in_tmpdir):
    for number, part in enumerate(server.unquotable):
        folder = in_tmpdir(f"{number} {part}HOME}}")
        with pytest.raises(TargetError, match="^TMPDIR is '.*', and .* takes no path with '.*': set another$"):
            answers_of(ServerTarget(server), cases)
        with pytest.raises(ServerError, match="^TMPDIR is "):
            server({"a.test": Site(folder / "trust.pem")}).__enter__()
        assert list(folder.iterdir()) == []


def is_alive(group: int) -> bool:
    """Whether a process of the group is there that is no zombie."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            return True
    return False


def test_a_missing_server_is_told_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setattr("mtls_conformance.servers.live.shutil.which", lambda *_, **__: None)
    for name, server in servers().items():
        if name not in ("go-server", "node-server"):
            assert "\n    apt-get install " in server.missing()
            assert ServerTarget(server).missing == server.missing()


# A server whose misdeeds the tests choose: a Python program behind the same shape as the real ones.
BAD_SERVER = """
import os, socket, ssl, sys, time
kind, port, certificate, key, log = sys.argv[1], int(sys.argv[2]), *sys.argv[3:6]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
names = []
context.sni_callback = lambda tls, name, _: names.append(name)
listener = socket.create_server(("127.0.0.1", port), backlog=64)
if kind == "never ready":
    time.sleep(60)
with open(log, "a", buffering=1) as log:
    while True:
        plain, peer = listener.accept()
        try:
            tls = context.wrap_socket(plain, server_side=True)
            text = tls.recv(4096).decode()
        except OSError:
            continue
        if not text:
            continue
        bad = "bad.test" in names[-1]
        if bad and kind == "dies":
            os.kill(os.getpid(), 9)
        if bad and kind == "stalls":
            time.sleep(60)
        if bad and kind == "floods":
            while True:
                log.write("x" * 65536)
        log.write(f"OK {peer[0]}:{peer[1]}\\n")
        tls.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
        tls.close()
"""


class BadServer(LiveServer):
    name = "bad"
    program_names = ("python3",)
    package = "python3"
    kind = "dies"
    log_bytes = 1 << 20
    seconds_to_start = 1
    bad_trust = b""

    def configure(self, identity, listen, fd):
        program = self.folder / "server.py"
        program.write_text(BAD_SERVER)
        return [sys.executable, program, self.kind, str(listen[1]), identity.certificate, identity.key, self.folder / "log"]

    def said(self, line):
        kind, _, peer = line.partition(" ")
        return (peer, Said("SUCCESS", kind)) if kind == "OK" else None

    @classmethod
    def version(cls):
        return "1"

    @classmethod
    def refused_among(cls, files, identity):
        return {}, files


def bad_server(kind: str) -> type[LiveServer]:
    return type("BadServer", (BadServer,), {"kind": kind})


@pytest.fixture
def eight(ca, monkeypatch) -> dict[str, Case]:
    """Eight good cases; the server does its worst to the client of the sixth."""
    root = ca.root.pem.encode()
    made = [case_of(f"{number}", SUCCESS, root + b"\n" * number, ca.good) for number in range(8)]
    digest = server_target._digest
    monkeypatch.setattr(server_target, "_digest", lambda b: "bad" if b == made[5].bundle else digest(b))
    return {case.id: case for case in made}


@pytest.mark.parametrize("kind, outcome", [("dies", Outcome.CRASH), ("stalls", Outcome.HANG)])
def test_a_server_that_dies_or_stalls_costs_that_case(eight, kind, outcome):
    before = threading.active_count()
    found = answers_of(ServerTarget(bad_server(kind), seconds=1.5), eight)
    assert len(found) == 8
    assert found["5"].outcome is outcome
    assert {found[name].outcome for name in found.keys() - {"5"}} == {Outcome.AS_EXPECTED}
    assert threading.active_count() <= before + 1


def test_a_server_that_floods_its_log_ends_the_run_with_a_message(eight):
    with pytest.raises(TargetError, match="floods its log"):
        answers_of(ServerTarget(bad_server("floods"), seconds=2), eight)


def test_a_server_that_is_never_ready_is_told(ca):
    with pytest.raises(ServerError, match="did not answer within 1 seconds"):
        bad_server("never ready")({"a.test": Site(ca.root.certificate)}).__enter__()


STARTER = """
import sys, time
from pathlib import Path
from mtls_conformance.servers import Site, servers
with servers()[sys.argv[1]]({"a.test": Site(Path(sys.argv[2]))}) as server:
    print(server.process.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("server", SERVERS)
def test_no_server_outlives_its_runner(server, ca, how, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, server.name, ca.root.certificate],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    group = int(process.stdout.readline())
    assert is_alive(group)
    process.send_signal(how)
    process.wait(15)
    deadline = time.monotonic() + 15
    while is_alive(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(group)


@pytest.mark.parametrize("server", SERVERS)
def test_a_run_that_is_broken_off_ends_its_server(server, cases, tmp_path, monkeypatch):
    """As an interrupt does it: what was answered is there, and the iterator is closed."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("mtls_conformance.targets.server.CALLS_UNDER_WAY", 1)
    started = []
    start = server._start
    monkeypatch.setattr(server, "_start", lambda self: (start(self), started.append(self))[0])
    answers = ServerTarget(server).answers(list(cases.values()), "openssl", 2)
    first = next(answers)
    assert first.case_id in cases and started
    answers.close()
    assert not any(is_alive(one.process.pid) for one in started)
    assert list(tmp_path.glob(f"{FOLDERS}*")) == []

"""A live nginx as a target: what it answers, and that a server or an expectation that is wrong is noticed."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest
from minica import CA, EXPIRED, LEAF, MiniCa

from mtls_conformance import client
from mtls_conformance.compare import Outcome, judge
from mtls_conformance.corpus import Case, Client, Stage
from mtls_conformance.servers import Identity, ServerError, Site, live, make_identity
from mtls_conformance.servers.nginx import Nginx
from mtls_conformance.targets.server import ServerTarget

SUCCESS = {"result": "SUCCESS", "reason": None, "sslClientVerify": "SUCCESS", "httpStatus": 200}
NONE = {"result": "NONE", "reason": None, "sslClientVerify": "NONE", "httpStatus": 400}


def failed(reason: str) -> dict:
    return {"result": "FAILED", "reason": reason, "sslClientVerify": "FAILED:any spelling", "httpStatus": 400}


@pytest.fixture(scope="module")
def ca(tmp_path_factory) -> MiniCa:
    return MiniCa(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def cases(ca) -> dict[str, Case]:
    root = ca.issue("root", None, CA)
    good, expired = ca.issue("good", root, LEAF), ca.issue("expired", root, LEAF, validity=EXPIRED)
    then = ca.issue("then", root, LEAF, validity=("20200101000000Z", "20300101000000Z"))
    bundle = root.pem.encode()

    def case(name, handshake=None, issued=None, bundle=bundle, upload="accepted", time="2030-01-01T00:00:00Z", tags=()):
        chain, key = (issued.pem.encode(), issued.key.read_bytes()) if issued else (None, None)
        expect = {"upload": Stage(({"result": upload, **({"code": None} if upload == "rejected" else {})},), "observed", None)}
        if handshake:
            expect["handshake"] = Stage((handshake,), "observed", None)
        return Case(
            id=f"test/{name}",
            summary=name,
            cites=(),
            tags=frozenset(tags),
            features=frozenset(),
            bundle=bundle,
            client=Client(chain, key, None, False, False, False) if handshake else None,
            time=time,
            certificates=(),
            expect={"openssl": expect},
        )

    made = [
        case("good", SUCCESS, good),
        case("expired", failed("expired"), expired),
        case("none", NONE),
        case("stranger", failed("self-signed"), ca.issue("stranger", None, LEAF)),
        case("refused", bundle=b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", upload="rejected"),
        case("second-before-the-end", SUCCESS, then, time="2029-12-31T23:59:59Z", tags=["clock"]),
        case("second-after-the-end", failed("expired"), then, time="2030-01-01T00:00:01Z", tags=["clock"]),
    ]
    return {made_case.id: made_case for made_case in made}


def verdicts(cases: dict[str, Case], target: ServerTarget | None = None) -> dict[tuple[str, str], Outcome]:
    target = target or ServerTarget(Nginx)
    return {
        (answer.case_id.removeprefix("test/"), verdict.stage): verdict.outcome
        for answer in target.answers(list(cases.values()), "openssl", 2)
        for verdict in judge(cases[answer.case_id], "nginx", "openssl", answer, target.silent)
    }


def test_every_case_is_answered_as_expected(cases):
    found = verdicts(cases)
    assert len(found) == 2 * len(cases) - 1
    assert set(found.values()) == {Outcome.AS_EXPECTED}


@pytest.mark.parametrize(
    "name, stage, wrong",
    [
        ("good", "handshake", failed("expired")),
        ("expired", "handshake", failed("not-yet-valid")),  # a flipped reason
        ("expired", "handshake", {**failed("expired"), "httpStatus": 200}),
        ("none", "handshake", SUCCESS),
        ("good", "upload", {"result": "rejected", "code": None}),  # a flipped upload
        ("refused", "upload", {"result": "accepted"}),
        ("second-after-the-end", "handshake", SUCCESS),
    ],
)
def test_a_wrong_expectation_is_noticed(cases, name, stage, wrong):
    case = cases[f"test/{name}"]
    expect = {**case.expect["openssl"], stage: Stage((wrong,), "observed", None)}
    found = verdicts({case.id: replace(case, expect={"openssl": expect})})
    assert found[name, stage] is Outcome.DIFFERS


@pytest.mark.parametrize(
    "verify, noticed",
    [
        ("off", {"good", "expired", "none", "stranger"}),
        ("optional", {"none"}),
        ("optional_no_ca", {"none", "stranger"}),
    ],
)
def test_a_server_that_lets_clients_through_is_noticed(cases, verify, noticed):
    asked = {case.id: case for case in cases.values() if "clock" not in case.tags}
    found = verdicts(asked, ServerTarget(Nginx, verify=verify))
    assert {name for (name, _), outcome in found.items() if outcome is Outcome.DIFFERS} == noticed


def test_what_nginx_cannot_be_asked_is_skipped_with_its_reason(cases):
    good = cases["test/good"]
    for change, why in [
        ({"passthrough": True}, "nginx has no passthrough mode"),
        ({"key": None}, "the client has no key"),
        ({"chain": b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"}, "no client can send this: a block"),
        ({"chain": b"", "key": b"no key"}, "no client can send this: GnuTLS: private key"),
    ]:
        (answer,) = ServerTarget(Nginx).answers([replace(good, client=replace(good.client, **change))], "openssl", 1)
        assert why in answer.skipped["handshake"] and answer.handshake is None
        assert answer.upload == {"result": "accepted"}


def test_one_refused_file_does_not_keep_the_rest_from_being_asked(cases):
    chosen = {case.id: case for case in cases.values() if case.id in ("test/refused", "test/good")}
    assert set(verdicts(chosen).values()) == {Outcome.AS_EXPECTED}


@pytest.mark.parametrize("order", [lambda names: names, reversed, sorted])
def test_files_asked_together_are_answered_as_each_alone(tmp_path, ca, order):
    good = (ca.folder / "root.pem").read_text()
    contents = {
        "good": good,
        "empty": "",
        "good with a longer name": good,
        "delimiters": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "good and delimiters": good + "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "twice": good + good,
        "bad base64": good.replace("M", "!", 1),
    }
    for name, content in contents.items():
        (tmp_path / f"{name.replace(' ', '-')}.pem").write_text(content)
    identity = make_identity(tmp_path)
    files = list(order([tmp_path / f"{name.replace(' ', '-')}.pem" for name in contents]))
    together = Nginx.refusals(files, identity)
    assert together == {file: Nginx.refusals([file], identity)[file] for file in files}
    taken = {file.stem for file, words in together.items() if words is None}
    assert taken == {"good", "good-with-a-longer-name", "twice"}


def test_a_configuration_that_fails_elsewhere_is_no_refusal(tmp_path, ca):
    no_identity = Identity(tmp_path / "none.pem", tmp_path / "none.key")
    with pytest.raises(ServerError, match="not at a trust file"):
        Nginx.refusals([ca.folder / "root.pem"], no_identity)


def test_a_server_that_does_not_start_is_told_with_its_words(tmp_path):
    with pytest.raises(ServerError, match="did not start: .*nothere.pem"):
        Nginx({"a.test": Site(tmp_path / "nothere.pem")}).__enter__()


def test_a_missing_nginx_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setattr(live.shutil, "which", lambda *_, **__: None)
    with pytest.raises(ServerError, match="(?s)no nginx on this machine.*apt-get install nginx"):
        Nginx.version()


def has_ended(pid: int) -> bool:
    """Whether the process ends within some seconds."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.02)
    return False


def wait_for_workers(master: int) -> list[int]:
    children = Path(f"/proc/{master}/task/{master}/children")
    deadline = time.monotonic() + 10
    while len(workers := children.read_text().split()) < os.cpu_count() and time.monotonic() < deadline:
        time.sleep(0.02)
    return [int(pid) for pid in workers]


def test_a_server_that_dies_costs_answers_and_nothing_else(ca):
    with Nginx({"a.test": Site(ca.folder / "root.pem")}) as server:
        context = client.context_for(None, None, "TLSv1.3")
        assert client.request(server.address, "a.test", "/", context).status == 400
        workers = wait_for_workers(server.process.pid)
        os.kill(server.process.pid, signal.SIGKILL)  # the master alone: its workers stay
    assert workers and all(has_ended(pid) for pid in workers)
    assert client.request(server.address, "a.test", "/", context).error


STARTER = """
import sys, time
from pathlib import Path
from mtls_conformance.servers import Site
from mtls_conformance.servers.nginx import Nginx
with Nginx({"a.test": Site(Path(sys.argv[1]))}) as server:
    print((server.folder / "nginx.pid").read_text().strip(), server.folder, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_its_tests(ca, how, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(STARTER), ca.folder / "root.pem"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    pid = int(process.stdout.readline().split()[0])
    os.kill(pid, 0)
    process.send_signal(how)
    process.wait(15)
    assert has_ended(pid)

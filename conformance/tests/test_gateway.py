"""A gateway that is there already: one nginx on loopback plays it."""

import json
import shlex
import socket
import ssl
import sys
import threading
from pathlib import Path

import pytest
from minica import CA, EXPIRED, LEAF, MiniCa
from test_servers import NONE, SUCCESS, case_of, failed

from mtls_conformance.compare import Outcome, judge
from mtls_conformance.servers import Site, make_identity
from mtls_conformance.servers.nginx import Nginx
from mtls_conformance.targets import Settings, TargetError, make
from mtls_conformance.targets.gateway import GatewayTarget, certificates

CONFORMANCE = Path(sys.executable).parent / "mtls-conformance"
SNI = "gateway.test"

pytestmark = pytest.mark.skipif(bool(Nginx.missing()), reason=str(Nginx.missing()))


@pytest.fixture(scope="module")
def ca(tmp_path_factory) -> MiniCa:
    ca = MiniCa(tmp_path_factory.mktemp("ca"))
    ca.root, ca.other = ca.issue("root", None, CA), ca.issue("other", None, CA)
    ca.good, ca.expired = ca.issue("good", ca.root, LEAF), ca.issue("expired", ca.root, LEAF, validity=EXPIRED)
    ca.stranger = ca.issue("stranger", None, LEAF)
    return ca


@pytest.fixture(scope="module")
def server(ca):
    with Nginx({SNI: Site(ca.root.certificate)}) as server:
        yield server


@pytest.fixture(scope="module")
def cases(ca):
    root = ca.root.pem.encode()
    made = [
        case_of("good", SUCCESS, root, ca.good),
        case_of("expired", failed("expired"), root, ca.expired),
        case_of("stranger", failed("self-signed"), root.replace(b"\n", b"\r\n"), ca.stranger),
        case_of("none", NONE, root),
        case_of("another file", failed("issuer-not-found-leaf-only"), ca.other.pem.encode(), ca.good),
        case_of("more in the file", SUCCESS, root + ca.other.pem.encode(), ca.good),
    ]
    return {case.id: case for case in made}


def target(server, **options) -> GatewayTarget:
    host, port = server.address
    return make(f"{host}:{port}", Settings({"sni": SNI, "gateway_profile": "openssl", **options}))


def verdicts(target, cases):
    answers = {answer.case_id: answer for answer in target.answers(list(cases.values()), "openssl", 2)}
    assert answers.keys() == cases.keys()
    return {
        name.removeprefix("test/"): next(
            verdict
            for verdict in judge(cases[name], target.name, "openssl", answer, target.silent)
            if verdict.stage == "handshake"
        )
        for name, answer in answers.items()
    }


def outcomes(found) -> dict[str, Outcome]:
    return {name: verdict.outcome for name, verdict in found.items()}


EXPECTED = dict.fromkeys(("good", "expired", "stranger", "none"), Outcome.AS_EXPECTED)
SKIPPED = dict.fromkeys(("another file", "more in the file"), Outcome.SKIPPED)


def test_only_cases_with_the_installed_file_are_asked(server, ca, cases):
    found = verdicts(target(server, trust_installed=ca.root.certificate), cases)
    assert outcomes(found) == EXPECTED | SKIPPED
    assert found["expired"].got["reason"] is None, "a status alone has no reason"
    assert "not the one that is installed" in found["another file"].why


def test_the_log_has_the_reason(server, ca, cases):
    log = server.folder / "log"
    found = verdicts(target(server, trust_installed=ca.root.certificate, access_log=log), cases)
    assert outcomes(found) == EXPECTED | SKIPPED
    assert found["expired"].got["reason"] == "expired" and found["stranger"].got["reason"] == "self-signed"


@pytest.mark.parametrize("with_log", [False, True])
def test_a_wrong_expectation_is_noticed(server, ca, with_log):
    root = ca.root.pem.encode()
    wrong = [case_of("good", failed("expired"), root, ca.good), case_of("expired", SUCCESS, root, ca.expired)]
    if with_log:
        wrong.append(case_of("reason", failed("not-yet-valid"), root, ca.expired))
    options = {"access_log": server.folder / "log"} if with_log else {}
    found = verdicts(target(server, trust_installed=ca.root.certificate, **options), {case.id: case for case in wrong})
    assert set(outcomes(found).values()) == {Outcome.DIFFERS}


@pytest.mark.parametrize("with_log", [False, True])
def test_answers_come_before_the_last_case_is_sent(server, ca, cases, with_log, monkeypatch):
    """So that an interrupt keeps them."""
    first_is_here, came_first = threading.Event(), []
    send = GatewayTarget._send

    def last_waits(self, folder, number, *others):
        if number == 3:
            came_first.append(first_is_here.wait(10))
        return send(self, folder, number, *others)

    monkeypatch.setattr(GatewayTarget, "_send", last_waits)
    asked = [cases[f"test/{name}"] for name in ("good", "expired", "none")]
    log = {"access_log": server.folder / "log"} if with_log else {}
    answers = target(server, trust_installed=ca.root.certificate, **log).answers(asked, "openssl", 1)
    assert next(answers).case_id == "test/good"
    first_is_here.set()
    assert [answer.case_id for answer in answers] == ["test/expired", "test/none"] and came_first == [True]


def test_no_case_for_the_installed_file_is_told_with_the_remedy(server, ca, cases, run, tmp_path):
    lonely = ca.issue("lonely", None, CA)
    with pytest.raises(TargetError, match="(?s)none of the 6 cases .*mtls-gen scenario"):
        verdicts(target(server, trust_installed=lonely.certificate), cases)


def test_the_command_line_asks_a_gateway(ca, run, tmp_path):
    """With a case of the corpus, as its bundle.pem stands in the tree."""
    bundle = Path(__file__).parents[2] / "corpus/base/handshake/leaf/bundle.pem"
    with Nginx({SNI: Site(bundle)}) as server:
        host, port = server.address
        command = [CONFORMANCE, "run", "--target", f"{host}:{port}", "--sni", SNI, "--trust-installed", bundle]
        command += ["--gateway-profile", "openssl", "--access-log", server.folder / "log", "--quiet"]
        result = run(*command, "--report", tmp_path / "out")
    assert result.returncode == 0, result.stdout + result.stderr
    (told,) = json.loads((tmp_path / "out/results.json").read_text())["runs"]
    assert told["counts"]["as expected"] == 1 and told["counts"]["differs"] == 0
    assert any("not the one that is installed" in why for why in told["skipped"])


INSTALL = """\
# Installs a trust file as somebody's own script would: the configuration is checked, and the server reads it again.
import os, shutil, signal, subprocess, sys, time
folder = "{folder}"
shutil.copy(sys.argv[1], "{trust}")
checked = subprocess.run(["{nginx}", "-t", "-p", folder, "-e", folder + "/t.log", "-c", folder + "/nginx.conf"],
    capture_output=True, text=True)
if checked.returncode != 0:
    print("RefusedByNginx", checked.stderr)
    sys.exit(1)
os.kill({pid}, signal.SIGHUP)
time.sleep(0.7)
"""


def test_a_command_installs_the_file_of_each_case(ca, cases, tmp_path):
    trust = tmp_path / "trust.pem"
    trust.write_text(ca.root.pem)
    refused = case_of("refused", SUCCESS, b"no certificate", ca.good)
    asked = {**cases, refused.id: refused}
    with Nginx({SNI: Site(trust)}) as server:
        script = tmp_path / "install.py"
        script.write_text(
            INSTALL.format(folder=server.folder, trust=trust, nginx=Nginx.program(), pid=server.process.pid)
        )
        gateway = target(server, install=shlex.join([sys.executable, str(script)]))
        answers = {answer.case_id: answer for answer in gateway.answers(list(asked.values()), "openssl", 2)}
        found = {
            name.removeprefix("test/"): {
                verdict.stage: verdict.outcome
                for verdict in judge(asked[name], gateway.name, "openssl", answer, gateway.silent)
            }
            for name, answer in answers.items()
        }
    assert found.pop("refused") == {"upload": Outcome.DIFFERS, "handshake": Outcome.SKIPPED}
    assert answers["test/refused"].upload == {"result": "rejected", "code": "RefusedByNginx"}
    both = {"upload": Outcome.AS_EXPECTED, "handshake": Outcome.AS_EXPECTED}
    assert found == dict.fromkeys(EXPECTED | SKIPPED, both)


@pytest.mark.parametrize(
    "options, message",
    [
        ({}, "expected one of --trust-installed FILE and --install CMD"),
        ({"trust_installed": Path("a"), "install": "b"}, "expected one of"),
        ({"trust_installed": Path("a"), "gateway_options": "crl"}, "'crl' is none of issuer-dn, passthrough, ocsp"),
    ],
)
def test_what_does_not_go_together_is_told(options, message):
    with pytest.raises(TargetError, match=message):
        make("127.0.0.1:1", Settings(options))


@pytest.mark.parametrize(
    "options, message",
    [
        ({"trust_installed": Path("/nothere")}, "/nothere: No such file"),
        ({"trust_installed": "{root}", "access_log": Path("/nothere")}, "/nothere: No such file"),
        ({"install": "/nothere/install"}, "/nothere/install: No such file"),
        ({"install": "false -x"}, None),
        ({"install": "sh -c 'echo no; exit 3'"}, "sh ended with status 3: no"),
    ],
)
def test_what_is_missing_is_told(server, ca, cases, options, message):
    options = {name: ca.root.certificate if value == "{root}" else value for name, value in options.items()}
    gateway = target(server, **options)
    if message is None:  # a refusal without a word is one
        assert all(answer.upload["result"] == "rejected" for answer in gateway.answers(list(cases.values()), "openssl", 1))
        return
    with pytest.raises(TargetError, match=message):
        list(gateway.answers(list(cases.values()), "openssl", 1))


def test_nobody_there_is_told(ca, cases):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        gateway = make(f"127.0.0.1:{taken.getsockname()[1]}", Settings({"trust_installed": ca.root.certificate}))
        with pytest.raises(TargetError, match="refused"):
            list(gateway.answers(list(cases.values()), "openssl", 1))


def test_a_gateway_that_speaks_one_version_is_asked_in_that(ca, cases, tmp_path):
    """It lets everybody in without a certificate, and that is noticed, too."""
    identity = make_identity(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.key)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as tls:
                    tls.recv(4096)
                    tls.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        options = {"trust_installed": ca.root.certificate, "gateway_profile": "openssl"}
        gateway = make(f"127.0.0.1:{listener.getsockname()[1]}", Settings(options))
        found = verdicts(gateway, cases)
        listener.shutdown(socket.SHUT_RDWR)
    assert outcomes(found) == {
        "good": Outcome.AS_EXPECTED,
        **dict.fromkeys(("expired", "stranger", "none"), Outcome.DIFFERS),
        **SKIPPED,
    }
    assert "TLSv1.3" not in found["good"].raw


def test_trust_files_are_the_same_by_their_certificates(ca):
    one = ca.root.pem.encode()
    assert certificates(one) == certificates(b"\n" + one.replace(b"\n", b"\r\n") + b"\n\n")
    assert certificates(one) != certificates(one + one) != certificates(ca.other.pem.encode())
    assert certificates(one + b"text") != certificates(one)

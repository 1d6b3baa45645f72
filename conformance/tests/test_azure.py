"""The Azure target against recorded shapes of the az command line (tests/fake_az.py): it has never met the service."""

import hashlib
import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from minica import CA, EXPIRED, LEAF, MiniCa
from test_servers import SUCCESS, case_of, failed

from mtls_conformance.compare import Outcome, judge
from mtls_conformance.corpus import Stage
from mtls_conformance.servers import Site
from mtls_conformance.servers.nginx import Nginx
from mtls_conformance.targets import Settings, TargetError, make

CONFORMANCE = Path(sys.executable).parent / "mtls-conformance"
FAKE = Path(__file__).parent / "fake_az.py"
NAMES = {"resource_group": "rg", "azure_gateway": "gw", "azure_ssl_profile": "mtls"}
NO_CA = "ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate"
BEFORE = {
    "name": "mtls",
    "trustedClientCertificates": [{"id": "/subscriptions/s/trustedClientCertificates/old"}],
    "clientAuthConfiguration": {"verifyClientCertIssuerDN": True},
}


@pytest.fixture(scope="module")
def ca(tmp_path_factory) -> MiniCa:
    ca = MiniCa(tmp_path_factory.mktemp("ca"))
    ca.root = ca.issue("root", None, CA)
    ca.good, ca.expired = ca.issue("good", ca.root, LEAF), ca.issue("expired", ca.root, LEAF, validity=EXPIRED)
    return ca


@pytest.fixture
def az(tmp_path, monkeypatch) -> Path:
    """The folder of a fake az that comes first on the PATH."""
    folder = tmp_path / "az"
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin/az"
    program.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, str(FAKE)])} \"$@\"\n")
    program.chmod(0o755)
    (folder / "state.json").write_text(json.dumps({"profile": BEFORE, "certificates": {}}))
    (folder / "refuse.json").write_text("{}")
    (folder / "calls.log").touch()
    monkeypatch.setenv("FAKE_AZ", str(folder))
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")
    return folder


def set_state(az: Path, **members):
    state = json.loads((az / "state.json").read_text())
    (az / "state.json").write_text(json.dumps(state | members))


def calls(az: Path) -> list[str]:
    return [" ".join(json.loads(line)[2:4]) for line in (az / "calls.log").read_text().splitlines()]


def upload_case(name: str, bundle: bytes, *expected: dict):
    case = case_of(name, SUCCESS, bundle)
    stage = Stage(expected or ({"result": "accepted", "clientCertIssuerDN": "CN=root, O=TEST"},), "documented", None)
    return replace(case, client=None, expect={"azure-appgw": {"upload": stage}})


def outcomes(target, cases) -> dict[tuple[str, str], Outcome]:
    by_id = {case.id: case for case in cases}
    return {
        (answer.case_id, verdict.stage): verdict.outcome
        for answer in target.answers(cases, "azure-appgw", 1)
        for verdict in judge(by_id[answer.case_id], target.name, "azure-appgw", answer, target.silent)
    }


def test_an_upload_is_made_read_and_undone(az, ca):
    leaf_only = ca.good.pem.encode()
    (az / "refuse.json").write_text(json.dumps({hashlib.sha256(leaf_only).hexdigest(): NO_CA}))
    cases = [
        upload_case("good", ca.root.pem.encode()),
        upload_case("leaf only", leaf_only, {"result": "rejected", "code": NO_CA}),
        upload_case("good again", ca.root.pem.encode() + b"\n"),
    ]
    found = outcomes(make("azure", Settings(NAMES)), cases)
    assert found == {(case.id, "upload"): Outcome.AS_EXPECTED for case in cases}
    assert calls(az) == [
        "ssl-profile show",
        "client-cert list",
        "client-cert add",
        "ssl-profile update",
        "wait --resource-group",
        "client-cert show",
        "client-cert update",
        "client-cert update",
        "ssl-profile update",
        "wait --resource-group",
        "client-cert show",
        "ssl-profile update",
        "client-cert remove",
    ]
    state = json.loads((az / "state.json").read_text())
    assert state["profile"] == BEFORE and state["certificates"] == {}


@pytest.mark.parametrize(
    "expected", [{"result": "accepted", "clientCertIssuerDN": "CN=other"}, {"result": "rejected", "code": NO_CA}]
)
def test_a_wrong_expectation_is_noticed(az, ca, expected):
    found = outcomes(make("azure", Settings(NAMES)), [upload_case("good", ca.root.pem.encode(), expected)])
    assert set(found.values()) == {Outcome.DIFFERS}


def test_handshakes_follow_the_upload(az, ca, tmp_path):
    trust = tmp_path / "trust.pem"
    trust.write_text(ca.root.pem)
    root = ca.root.pem.encode()
    cases = [case_of("good", SUCCESS, root, ca.good), case_of("expired", failed("expired"), root, ca.expired)]
    with Nginx({"gw.test": Site(trust)}) as server:
        set_state(az, trust=str(trust), nginx=server.process.pid)
        host, port = server.address
        options = {**NAMES, "azure_endpoint": f"{host}:{port}", "sni": "gw.test", "access_log": server.folder / "log"}
        target = make("azure", Settings(options))
        answers = {answer.case_id: answer for answer in target.answers(cases, "azure-appgw", 2)}
    assert answers["test/good"].handshake["result"] == "SUCCESS"
    assert answers["test/expired"].handshake["reason"] == "expired"
    assert all(answer.upload["result"] == "accepted" for answer in answers.values())
    assert calls(az).count("client-cert add") == 1, "cases with one file share an upload"


def test_what_the_service_cannot_be_asked_is_skipped(az, ca):
    good = case_of("good", SUCCESS, ca.root.pem.encode(), ca.good)
    for change, why in [({"passthrough": True}, "Passthrough"), ({"ocsp": True}, "responder is on loopback")]:
        case = replace(good, client=replace(good.client, **change))
        (answer,) = make("azure", Settings(NAMES)).answers([case], "azure-appgw", 1)
        assert why in answer.skipped["handshake"] and why in answer.skipped["upload"]
    (answer,) = make("azure", Settings(NAMES)).answers([good], "azure-appgw", 1)
    assert answer.skipped == {"handshake": "there is no --azure-endpoint"} and answer.upload["result"] == "accepted"


def test_a_gateway_that_is_busy_is_waited_for(az, ca):
    set_state(az, busy=1)
    assert set(outcomes(make("azure", Settings(NAMES)), [upload_case("good", ca.root.pem.encode())]).values()) == {
        Outcome.AS_EXPECTED
    }
    assert calls(az)[:3] == ["ssl-profile show", "wait --resource-group", "ssl-profile show"]


@pytest.mark.parametrize(
    "state, message",
    [
        ({"busy": 100}, "AnotherOperationInProgress"),
        ({"certificates": {"mtls-gauntlet": {"name": "mtls-gauntlet"}}}, "(?s)of another run.*client-cert remove"),
    ],
)
def test_a_gateway_that_is_not_ready_is_told(az, ca, state, message):
    set_state(az, **state)
    with pytest.raises(TargetError, match=message):
        outcomes(make("azure", Settings(NAMES)), [upload_case("good", ca.root.pem.encode())])


def test_another_error_of_the_service_ends_the_run_and_is_undone(az, ca):
    good, strange = ca.root.pem.encode(), ca.root.pem.encode() + b"\n"
    (az / "refuse.json").write_text(json.dumps({hashlib.sha256(strange).hexdigest(): "AuthorizationFailed"}))
    with pytest.raises(TargetError, match="AuthorizationFailed"):
        outcomes(make("azure", Settings(NAMES)), [upload_case("good", good), upload_case("strange", strange)])
    state = json.loads((az / "state.json").read_text())
    assert state["profile"] == BEFORE and state["certificates"] == {}


def test_an_interrupt_puts_the_profile_back(az, ca):
    answers = make("azure", Settings(NAMES)).answers(
        [upload_case("1", ca.root.pem.encode()), upload_case("2", ca.root.pem.encode() + b"\n")], "azure-appgw", 1
    )
    next(answers)
    assert json.loads((az / "state.json").read_text())["certificates"]
    answers.close()
    state = json.loads((az / "state.json").read_text())
    assert state["profile"] == BEFORE and state["certificates"] == {}


def test_a_dry_run_prints_the_calls_and_makes_none(run, az):
    command = [CONFORMANCE, "run", "--target", "azure", "--resource-group", "rg", "--azure-gateway", "my gw"]
    command += ["--azure-ssl-profile", "mtls", "--dry-run", "--only", "upload/root-only", "--quiet"]
    result = run(*command)
    expected = (
        "az network application-gateway client-cert update --resource-group rg --gateway-name 'my gw' --name mtls-gauntlet "
        "--data upload/root-only/bundle.pem"
    )
    assert expected.replace("update", "add", 1) in result.stdout or expected in result.stdout
    assert calls(az) == []
    assert "a dry run makes no calls" in result.stdout


def test_what_is_missing_is_told(monkeypatch, tmp_path):
    assert "--azure-gateway NAME" in make("azure", Settings({})).missing
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no az" in make("azure", Settings(NAMES)).missing
    assert make("azure", Settings({**NAMES, "dry_run": True})).missing is None


def test_the_help_says_that_it_has_never_met_the_service(run):
    assert "Never run against the service" in " ".join(run(CONFORMANCE, "run", "--help").stdout.split())

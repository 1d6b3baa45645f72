"""An answer conforms if it equals an alternative in every member that the alternative states, and not otherwise."""

import pytest

from mtls_conformance.compare import Answer, Outcome, conforms, judge
from mtls_conformance.corpus import Case, Client, Stage

EXPIRED = {"result": "FAILED", "reason": "expired", "sslClientVerify": "FAILED:certificate has expired"}
INVALID = {"result": "rejected", "code": "ApplicationGatewayTrustedClientCertificateInvalidData"}
NO_CA = {"result": "rejected", "code": "ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate"}


def stage(*any_of: dict) -> Stage:
    return Stage(any_of, "documented", None)


@pytest.mark.parametrize(
    "got, outcome",
    [
        (INVALID, True),
        (NO_CA, False),  # a flipped code
        ({"result": "accepted"}, False),
        ({"result": "rejected", "code": None}, False),
        ({"result": "rejected"}, False),
        (None, False),  # no answer at all
    ],
)
def test_the_code_of_an_upload(got, outcome):
    assert conforms(stage(INVALID), got) is outcome


def test_any_alternative_conforms_and_nothing_beside_them():
    either = stage(INVALID, NO_CA)
    assert conforms(either, INVALID) and conforms(either, NO_CA)
    assert not conforms(either, {"result": "accepted"})


@pytest.mark.parametrize(
    "change, outcome",
    [
        ({}, True),
        ({"sslClientVerify": "FAILED:another spelling"}, True),  # an aid, spellings differ
        ({"reason": "not-yet-valid"}, False),  # a flipped reason
        ({"result": "SUCCESS", "reason": None}, False),
        ({"httpStatus": 200}, False),
    ],
)
def test_a_handshake(change, outcome):
    expected = stage({**EXPIRED, "httpStatus": 400})
    assert conforms(expected, {**EXPIRED, "httpStatus": 400, **change}) is outcome


def test_what_an_alternative_does_not_state_is_free():
    assert conforms(stage(EXPIRED), {**EXPIRED, "httpStatus": 495})


def test_a_silent_target_is_not_asked_for_what_it_cannot_say():
    expected = stage({"result": "accepted", "clientCertIssuerDN": "CN=a"})
    assert not conforms(expected, {"result": "accepted"})
    assert conforms(expected, {"result": "accepted"}, frozenset({"clientCertIssuerDN"}))
    assert not conforms(expected, {"result": "rejected", "code": None}, frozenset({"clientCertIssuerDN"}))


CLIENT = Client(None, None, None, False, False, False)


def case(expect: dict) -> Case:
    empty = frozenset()
    return Case("a/b", "s", (), empty, empty, b"", CLIENT, "2030-01-01T00:00:00Z", (), expect)


def test_a_verdict_for_each_stage():
    expect = {"openssl": {"upload": stage({"result": "accepted"}), "handshake": stage(EXPIRED)}}
    answer = Answer("a/b", {"result": "accepted"}, {**EXPIRED, "reason": "revoked"})
    outcomes = {verdict.stage: verdict.outcome for verdict in judge(case(expect), "t", "openssl", answer)}
    assert outcomes == {"upload": Outcome.AS_EXPECTED, "handshake": Outcome.DIFFERS}


def test_an_expected_stage_without_an_answer_differs():
    expect = {"openssl": {"handshake": stage(EXPIRED)}}
    (verdict,) = [v for v in judge(case(expect), "t", "openssl", Answer("a/b")) if v.stage == "handshake"]
    assert verdict.outcome is Outcome.DIFFERS


def test_what_is_skipped_is_told_with_its_reason():
    expect = {"openssl": {"handshake": stage(EXPIRED)}}
    answer = Answer("a/b", skipped={"handshake": "has no key"})
    found = {v.stage: (v.outcome, v.why) for v in judge(case(expect), "t", "openssl", answer)}
    assert found["handshake"] == (Outcome.SKIPPED, "has no key")
    assert found["upload"] == (Outcome.SKIPPED, "no expectation under openssl")

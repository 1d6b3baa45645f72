"""What lines of servers' logs mean: each in the shape that the server of that name wrote here."""

import pytest

from mtls_conformance.servers import servers
from mtls_conformance.servers.go_words import said_of

PEER = "127.16.0.6:40000"
AH = "ERROR a.test [77] [127.16.0.6:40000] "
SUBJECT = "[subject: CN=x / issuer: CN=y / serial: 01 / notbefore: Jan  1 00:00:00 2020 GMT / notafter: x]"
GO = '{"level":"debug","logger":"http.stdlib","msg":"http: TLS handshake error from 127.16.0.6:40000: '


def said(name: str, *lines: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Client, result and reasons of what a fresh server of that name reads out of the lines."""
    server = servers()[name]({})
    found = []
    for line in lines:
        if one := server.said(line):
            server.log.setdefault(one[0], []).append(one[1])
            found.append((one[0], one[1].result, one[1].reasons))
    return found


@pytest.mark.parametrize(
    "name, lines, result, reasons",
    [
        ("nginx", [f"{PEER}\tTLSv1.3\t400\tFAILED:certificate has expired\t/1/TLSv1.3"], "FAILED", ("expired",)),
        ("nginx", [f"{PEER}\tTLSv1.3\t400\tNONE\t/"], "NONE", ()),
        ("haproxy", [f"VERDICT {PEER} TLSv1.3 200 1 0"], "SUCCESS", ()),
        ("haproxy", [f"VERDICT {PEER} TLSv1.3 200 0 0"], "NONE", ()),
        ("haproxy", [f"FAILED {PEER} 167772294 79 0 error:0A000086:SSL routines::certificate verify failed"], "FAILED", ("invalid-ca",)),
        ("haproxy", [f"FAILED {PEER} 109576198 0 7 error:06880006:asn1 encoding routines::EVP lib"], "FAILED", ("signature-invalid",)),
        ("haproxy", [f"FAILED {PEER} 167772359 0 0 error:0A0000C7:SSL routines::peer did not return a certificate"], "NONE", ()),
        ("haproxy", [f"FAILED {PEER} 109052025 0 0 error:06800079:asn1 encoding routines::field missing"], "ABORTED", ()),
        ("apache", [f"VERDICT {PEER} TLSv1.2 200 SUCCESS"], "SUCCESS", ()),
        ("apache", [AH + f"AH02276: Certificate Verification: Error (10): certificate has expired {SUBJECT}"], "FAILED", ("expired",)),
        (
            "apache",
            [AH + f"AH02276: Certificate Verification: Error (50): application verification failure {SUBJECT}"],
            "FAILED",
            ("ocsp-request-failed", "ocsp-status-unknown"),
        ),
        (
            "apache",
            [
                AH + "AH02008: SSL library error 1 in handshake (server a.test:443)",
                "ERROR a.test [77] SSL Library Error: error:0A0000C7:SSL routines::peer did not return a certificate -- No CAs?",
                "ERROR a.test [77] SSL Library Error: error:0A000086:SSL routines::another",
            ],
            "NONE",
            (),
        ),
        (
            "stunnel",
            [
                f"2026.11.23 17:37:57 LOG5[3]: Service [main] accepted connection from {PEER}",
                "2026.11.23 17:37:57 LOG4[3]: CERT: Pre-verification error: self-signed certificate",
                "2026.11.23 17:37:57 LOG3[3]: SSL_accept: ../ssl/x.c:1: error:0A000086:SSL routines::certificate verify failed",
            ],
            "FAILED",
            ("self-signed",),
        ),
        (
            "stunnel",
            [
                f"2026.11.23 17:37:57 LOG5[3]: Service [main] accepted connection from {PEER}",
                "2026.11.23 17:37:57 LOG6[3]: TLS accepted: previous session reused",
            ],
            "SUCCESS",
            (),
        ),
        ("go-server", [f"VERDICT {PEER} TLSv1.3"], "SUCCESS", ()),
        ("go-server", [f"http: TLS handshake error from {PEER}: tls: client didn't provide a certificate"], "NONE", ()),
        (
            "go-server",
            [f"http: TLS handshake error from {PEER}: tls: failed to verify certificate: x509: too many intermediates for path"],
            "FAILED",
            ("path-length-exceeded",),
        ),
        ("caddy", [GO + 'tls: failed to parse client certificate: x509: invalid version"}'], "ABORTED", ()),
        ("node-server", [f"FAILED {PEER} CERT_HAS_EXPIRED"], "FAILED", ("expired",)),
        ("node-server", [f"FAILED {PEER} UNSPECIFIED"], "FAILED", ()),
        ("node-server", [f"ABORTED {PEER} ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE 80: error"], "NONE", ()),
    ],
)
def test_a_line_is_read(name, lines, result, reasons):
    assert said(name, *lines) == [(PEER, result, reasons)]


def test_lighttpd_names_the_client_in_the_line_after():
    expired = "2026-11-23 17:35:41: (mod_openssl.c.1037) SSL: verify error:num=10:certificate has expired:depth=0:subject=CN = ex"
    failed = "2026-11-23 17:35:41: (mod_openssl.c.3275) SSL: 1 error:0A000086:SSL routines::certificate verify failed (127.16.0.6)"
    none = "2026-11-23 17:35:41: (mod_openssl.c.3275) SSL: 1 error:0A0000C7:SSL routines::peer did not return a certificate (127.16.0.7)"
    assert said("lighttpd", expired, failed, none, "VERDICT 127.16.0.8 200 SUCCESS TLSv1.3") == [
        ("127.16.0.6", "FAILED", ("expired",)),
        ("127.16.0.7", "NONE", ()),
        ("127.16.0.8", "SUCCESS", ()),
    ]


@pytest.mark.parametrize("name", servers())
@pytest.mark.parametrize(
    "line", ["", "VERDICT", "{", '{"msg": 1}', "FAILED", "LOG4[1]: x", "\x1b[31m", "ERROR a [1] [x] y", "[notice] started"]
)
def test_a_line_that_says_nothing_of_a_client_is_passed_over(name, line):
    try:
        assert said(name, line) == []
    except (ValueError, KeyError) as error:
        pytest.fail(f"{name} reads {line!r}: {error!r}")


def test_words_that_nobody_knows_equal_no_expectation():
    assert said_of("tls: failed to verify certificate: x509: out of cheese").reasons == ("unknown: x509: out of cheese",)
    assert said("node-server", f"FAILED {PEER} SOMETHING_NEW") == [(PEER, "FAILED", ("unknown: SOMETHING_NEW",))]
    assert said("haproxy", f"FAILED {PEER} 1 0 4711 x") == [(PEER, "FAILED", ("unknown: 4711",))]


def test_the_clock_of_a_run_is_no_part_of_its_words():
    words = "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time {} is after Z"
    assert said_of(words.format("2026-11-23T17:35:41Z")) == said_of(words.format("2027-01-01T00:00:00Z"))

"""Every root of Debian's ca-certificates, alone and all together, as an operator might upload them."""

import json
import re
from pathlib import Path

import pytest

FOLDER = Path("/usr/share/ca-certificates/mozilla")
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
ROOTS = sorted(FOLDER.glob("*.crt"))
TWO_ROOTS = "ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate"


def upload(run, mtls_validate, file: Path) -> tuple[int, dict]:
    result = run(mtls_validate, "upload", file, "--json")
    assert result.returncode in (0, 1), result.stderr
    return result.returncode, json.loads(result.stdout)


def test_there_are_roots_to_try():
    assert len(ROOTS) > 100, "ci/setup.sh installs ca-certificates"


@pytest.mark.parametrize("root", ROOTS, ids=lambda path: path.stem)
def test_a_root_alone_is_accepted_and_its_name_derived(root, mtls_validate, run):
    status, answer = upload(run, mtls_validate, root)
    assert (status, answer["result"], answer["code"]) == (0, "accepted", None)
    name = answer["clientCertIssuerDN"]
    # The same name as OpenSSL reads it, in the gateway's order; which spelling each type has is tested elsewhere.
    shown = run("openssl", "x509", "-in", root, "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb,utf8").stdout
    for value in re.findall(r"(?:^subject=|(?<!\\),)(?:CN|O|OU)=((?:\\.|[^,+\\])*)", shown.strip()):
        plain = re.sub(r"\\(.)", r"\1", value)
        assert plain in name.replace('""', '"'), f"{plain!r} is not in {name!r}"


def test_the_whole_bundle_has_too_many_roots(mtls_validate, run):
    status, answer = upload(run, mtls_validate, BUNDLE)
    assert (status, answer["result"], answer["code"]) == (1, "rejected", TWO_ROOTS)


def test_two_of_them_have_too_many_roots(mtls_validate, run, tmp_path):
    both = tmp_path / "two.pem"
    both.write_bytes(ROOTS[0].read_bytes() + ROOTS[1].read_bytes())
    status, answer = upload(run, mtls_validate, both)
    assert (status, answer["code"]) == (1, TWO_ROOTS)

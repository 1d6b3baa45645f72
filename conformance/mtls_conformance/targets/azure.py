"""Azure Application Gateway itself, driven by the `az` command line: upload, wait, read the error code, shake hands.

It has never been run against the service: its calls are those of the command line's own documentation and tests
(github.com/Azure/azure-cli, network), and its tests answer them in their recorded shapes."""

import contextlib
import json
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..compare import Answer
from ..corpus import Case
from ..vocabulary import upload_codes
from . import Settings, TargetError, is_address
from .gateway import GatewayTarget, run_bounded

NAME = "azure"
CERTIFICATE = "mtls-gauntlet"  # the trusted client certificate that is ours, in the gateway's list
PROFILE = "azure-appgw"
SECONDS_A_CALL = 1800
ATTEMPTS = 5
COME_AGAIN = {"AnotherOperationInProgress", "RetryableError", "TooManyRequests", "OperationNotAllowed"}
CODE = re.compile(r"^Code: (\w+)$|^(?:ERROR: )?\((\w+)\)", re.M)
USAGE = (
    "azure needs a gateway of yours, in which an SSL profile that a listener uses may be changed:\n"
    "    mtls-conformance run --target azure --resource-group RG --azure-gateway NAME --azure-ssl-profile NAME --dry-run"
)


def add_options(group) -> None:
    group.add_argument("--resource-group", metavar="NAME", help="azure: the gateway's")
    group.add_argument(
        "--azure-gateway",
        metavar="NAME",
        help="azure: the application gateway, driven by the az command line, which has to be logged in. Never run against the "
        "service so far: look at --dry-run first. An upload takes about a minute, so choose with --only",
    )
    group.add_argument(
        "--azure-ssl-profile", metavar="NAME", help="azure: the SSL profile to change; it is put back in the end"
    )
    group.add_argument(
        "--azure-endpoint", metavar="HOST:PORT", help="azure: the listener, for the handshakes; else only uploads are asked"
    )
    group.add_argument("--dry-run", action="store_true", help="azure: print the calls, make none")


def names() -> list[str]:
    return [NAME]


def make(name: str, settings: Settings) -> "AzureTarget":
    return AzureTarget(settings.options)


class AzureTarget(GatewayTarget):
    kind = "service"
    profiles = (PROFILE,)
    silent = frozenset()

    def __init__(self, options: Mapping[str, object]):
        self.name = NAME
        self.dry_run = bool(options.get("dry_run"))
        self.group, self.gateway, self.ssl_profile = (
            str(options.get(name) or "") for name in ("resource_group", "azure_gateway", "azure_ssl_profile")
        )
        self.endpoint = str(options.get("azure_endpoint") or "")
        if self.endpoint:
            if not is_address(self.endpoint):
                raise TargetError(f"--azure-endpoint: expected HOST:PORT, not {self.endpoint!r}")
            handshakes = {name: options.get(name) for name in ("sni", "access_log", "gateway_options")}
            host, _, port = self.endpoint.rpartition(":")
            super().__init__(self.name, (host.strip("[]"), int(port)), {**handshakes, "install": "az"})
        self.profiles = (PROFILE,)

    @property
    def missing(self) -> str | None:
        if not (self.group and self.gateway and self.ssl_profile):
            return USAGE
        if not self.dry_run and shutil.which("az") is None:
            return "there is no az, the command line of Azure, on this machine:\n    pip install azure-cli"
        return None

    def version(self) -> str:
        if self.dry_run:
            return "dry run"
        result = run_bounded(["az", "version", "--output", "json"], 120)
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return f"by azure-cli {json.loads(result.stdout)['azure-cli']}"
        raise TargetError(f"az version failed: {result.stderr.strip()}")

    def answers(self, cases: list[Case], profile: str, jobs: int) -> Iterator[Answer]:
        az = _Az(self.group, self.gateway, self.ssl_profile, self.dry_run)
        for answer in self._install_and_ask(az, cases, jobs):
            if self.dry_run:
                why = "a dry run makes no calls"
                yield Answer(answer.case_id, skipped={"upload": why, "handshake": why})
                continue
            # What the service does not tell of an accepted file is not held against it.
            told = (answer.upload or {}).get("clientCertIssuerDN")
            silent = answer.silent if told else answer.silent | {"clientCertIssuerDN"}
            yield Answer(
                answer.case_id, answer.upload, answer.handshake, answer.skipped, answer.raw, answer.raw_upload, silent
            )

    def _cannot_ask(self, case: Case) -> str | None:
        if case.client is None:
            return "the case has no client"
        if not self.endpoint:
            return "there is no --azure-endpoint"
        if case.client.chain is not None and case.client.key is None:
            return "the client has no key"
        if "clock" in case.tags:
            return "the service takes no time"
        return None


class _Az:
    """The calls. What was in the SSL profile before comes back in the end."""

    def __init__(self, group: str, gateway: str, ssl_profile: str, dry_run: bool):
        self.of_gateway = ["--resource-group", group, "--gateway-name", gateway]
        self.whole_gateway = ["--resource-group", group, "--name", gateway]
        self.ssl_profile = ssl_profile
        self.dry_run = dry_run
        self.before: dict | None = None
        self.is_there = False  # our certificate, in the gateway's list
        self.is_changed = False  # the SSL profile

    def cannot_ask(self, case: Case) -> str | None:
        if case.client is not None and case.client.passthrough:
            return "the az command line sets no Passthrough"
        if case.client is not None and case.client.ocsp:
            return "the case's OCSP responder is on loopback, where the service cannot ask it"
        return None

    def key(self, case: Case) -> object:
        return case.bundle, case.client is not None and case.client.verify_issuer_dn

    def install(self, case: Case) -> tuple[dict, str]:
        if self.before is None:
            self._remember()
        verb = "update" if self.is_there else "add"
        with tempfile.TemporaryDirectory(prefix="mtls-bundle-") as folder:
            path = Path(folder) / "bundle.cer"
            path.write_bytes(case.bundle)
            data = f"{case.id}/bundle.pem" if self.dry_run else str(path)
            code, words = self._try("client-cert", verb, *self.of_gateway, "--name", CERTIFICATE, "--data", data)
        if code in upload_codes():
            return {"result": "rejected", "code": code}, words
        if code is not None:
            raise TargetError(f"azure: the upload failed with {code}: {words}")
        self.is_there = True
        dn = str(case.client is not None and case.client.verify_issuer_dn)
        self.is_changed = True
        self._profile(CERTIFICATE, dn)
        self._call("wait", *self.whole_gateway, "--updated")
        shown = self._call("client-cert", "show", *self.of_gateway, "--name", CERTIFICATE)
        upload = {"result": "accepted"}
        if issuer := shown.get("clientCertIssuerDN") or shown.get("clientCertIssuerDn"):
            upload["clientCertIssuerDN"] = issuer
        return upload, words

    def close(self) -> None:
        """Also of what an interrupt left half done."""
        if self.is_changed:
            before = self.before or {}
            trusted = [one["id"] for one in before.get("trustedClientCertificates") or []]
            configuration = before.get("clientAuthConfiguration") or {}
            dn = configuration.get("verifyClientCertIssuerDN", configuration.get("verifyClientCertIssuerDn", False))
            self._profile(*(trusted or ["[]"]), str(bool(dn)))
            self.is_changed = False
        if self.is_there:
            self._call("client-cert", "remove", *self.of_gateway, "--name", CERTIFICATE)
            self.is_there = False

    def _remember(self):
        self.before = self._call("ssl-profile", "show", *self.of_gateway, "--name", self.ssl_profile)
        listed = self._call("client-cert", "list", *self.of_gateway)
        if any(one.get("name") == CERTIFICATE for one in listed or []):
            raise TargetError(
                f"azure: the gateway has a trusted client certificate named {CERTIFICATE}, of another run or one that was "
                "killed. Remove it:\n    " + shlex.join(self._command("client-cert", "remove", *self.of_gateway, "--name", CERTIFICATE))
            )

    def _profile(self, *trusted_and_dn: str):
        *trusted, dn = trusted_and_dn
        words = ["--trusted-client-certificates", *trusted, "--client-auth-configuration", dn]
        self._call("ssl-profile", "update", *self.of_gateway, "--name", self.ssl_profile, *words)

    @staticmethod
    def _command(*words: str) -> list[str]:
        return ["az", "network", "application-gateway", *words]

    def _call(self, *words: str):
        code, said = self._try(*words)
        if code is not None:
            raise TargetError(f"azure: {shlex.join(self._command(*words))}: {code}: {said}")
        if not said.strip():
            return {}
        try:
            return json.loads(said)
        except ValueError:
            raise TargetError(f"azure: {shlex.join(self._command(*words))} wrote no JSON: {said[:200]}") from None

    def _try(self, *words: str) -> tuple[str | None, str]:
        """The error code and its words, or None and what the call wrote."""
        command = [*self._command(*words), "--output", "json", "--only-show-errors"]
        if self.dry_run:
            print(shlex.join(command))
            return None, ""
        for attempt in range(ATTEMPTS):
            result = run_bounded(command, SECONDS_A_CALL)
            if result.returncode == 0:
                return None, result.stdout
            said = result.stderr.strip()
            found = CODE.search(said)
            code = (found[1] or found[2]) if found else None
            if code is None:
                raise TargetError(f"azure: {shlex.join(command)}: {said or 'it failed without a word'}")
            if code not in COME_AGAIN or attempt == ATTEMPTS - 1:
                return code, said
            run_bounded([*self._command("wait", *self.whole_gateway), "--updated"], SECONDS_A_CALL)
        raise AssertionError("unreachable")

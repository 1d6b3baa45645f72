"""Stands in for the az command line in the tests of the Azure target: the calls that the target makes, answered in the
shapes that the service's own tests have recorded. The gateway behind it is a folder, and an nginx that reads its file.

FAKE_AZ names the folder: state.json, calls.log, and refuse.json, which says what to answer to a file by its SHA-256."""

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

folder = Path(os.environ["FAKE_AZ"])
words = sys.argv[1:]
with (folder / "calls.log").open("a") as log:
    log.write(json.dumps(words) + "\n")
state = json.loads((folder / "state.json").read_text())


def option(name: str) -> str:
    return words[words.index(name) + 1]


def fail(code: str, message: str):
    print(f"ERROR: ({code}) {message}\nCode: {code}\nMessage: {message}", file=sys.stderr)
    sys.exit(1)


def save(answer=None):
    (folder / "state.json").write_text(json.dumps(state))
    if answer is not None:
        print(json.dumps(answer))
    sys.exit(0)


if words[0] == "version":
    save({"azure-cli": "2.64.0", "azure-cli-core": "2.64.0"})
command = " ".join(words[2:4]) if words[2] != "wait" else "wait"
if state.get("busy"):
    if command == "wait":
        state["busy"] -= 1
        save()
    fail("AnotherOperationInProgress", "Another operation on this or dependent resource is in progress.")
if command == "ssl-profile show":
    save(state["profile"])
if command == "client-cert list":
    save(list(state["certificates"].values()))
if command in ("client-cert add", "client-cert update"):
    name, data = option("--name"), Path(option("--data")).read_bytes()
    if (command == "client-cert add") == (name in state["certificates"]):
        fail("InvalidRequest", f"{command} of {name}")
    refusals = json.loads((folder / "refuse.json").read_text())
    if code := refusals.get(hashlib.sha256(data).hexdigest()):
        fail(code, "Data for certificate is not as it must be.")
    state["certificates"][name] = {"name": name, "provisioningState": "Succeeded", "clientCertIssuerDN": "CN=root, O=TEST"}
    if state.get("trust"):
        (Path(state["trust"])).write_bytes(data)
        os.kill(state["nginx"], signal.SIGHUP)
        time.sleep(0.7)
    save({"name": "gateway", "trustedClientCertificates": list(state["certificates"].values())})
if command == "client-cert show":
    save(state["certificates"][option("--name")])
if command == "client-cert remove":
    del state["certificates"][option("--name")]
    save()
if command == "ssl-profile update":
    trusted = option("--trusted-client-certificates")
    state["profile"] = {
        "name": option("--name"),
        "trustedClientCertificates": [] if trusted == "[]" else [{"id": trusted}],
        "clientAuthConfiguration": {"verifyClientCertIssuerDN": option("--client-auth-configuration") == "True"},
    }
    save(state["profile"])
if command == "wait":
    save()
fail("InvalidArgument", f"the fake az does not know {command}")

"""A harness of x509-limbo's kind, over the openssl command; what it does wrong is told by its first argument."""

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

how = sys.argv[1] if len(sys.argv) > 1 else "well"


def verify(case: dict) -> dict:
    if case["validation_kind"] != "CLIENT":
        return {"id": case["id"], "actual_result": "SKIPPED", "context": "servers are not for this harness"}
    with tempfile.TemporaryDirectory() as name:
        files = {"trusted": case["trusted_certs"], "sent": case["untrusted_intermediates"], "peer": [case["peer_certificate"]]}
        for file, certificates in files.items():
            (Path(name) / file).write_text("\n".join(certificates) + "\n")
        at = int(datetime.fromisoformat(case["validation_time"]).timestamp())
        command = ["openssl", "verify", "-purpose", "sslclient", "-auth_level", "2", "-verify_depth", "10"]
        command += ["-attime", str(at), "-no-CApath", "-no-CAstore", "-CAfile", f"{name}/trusted"]
        if case["untrusted_intermediates"]:
            command += ["-untrusted", f"{name}/sent"]
        result = subprocess.run([*command, f"{name}/peer"], capture_output=True, text=True)
    actual = "SUCCESS" if result.returncode == 0 else "FAILURE"
    return {"id": case["id"], "actual_result": actual, "context": result.stderr.strip()[:200] or None}


suite = json.load(sys.stdin)
if how == "no JSON" and suite["testcases"]:
    print("no results")
    sys.exit(0)
if how == "fails" and suite["testcases"]:
    sys.exit("a fault of mine")
if how == "hangs" and suite["testcases"]:
    time.sleep(60)
results = [verify(case) for case in suite["testcases"]]
if how == "leaves one out":
    results = results[1:]
if how == "lets all in":
    results = [{**one, "actual_result": "SUCCESS"} for one in results]
if how == "knows a hang" and results:
    results[0]["actual_result"] = "HANG"
json.dump({"version": 1, "harness": "openssl-verify", "results": results}, sys.stdout)

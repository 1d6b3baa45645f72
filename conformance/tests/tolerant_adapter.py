#!/usr/bin/env python3
"""Passes cases on to mtls-validate serve, but lets in whom its first argument names; with a second, it logs its process
there. `crash` in place of an id ends it at handshake/expired-ca."""

import json
import os
import subprocess
import sys

lets_in = sys.argv[1] if len(sys.argv) > 1 else ""
if len(sys.argv) > 2:
    with open(sys.argv[2], "a", encoding="utf-8") as log:
        log.write(f"{os.getpid()}\n")
command = [os.environ["MTLS_VALIDATE"], "serve", "--profile", "openssl"]
validator = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
hello = json.loads(validator.stdout.readline())
print(json.dumps({**hello, "name": "tolerant", "version": "1", "features": ["clock"]}), flush=True)
for line in sys.stdin:
    validator.stdin.write(line)
    validator.stdin.flush()
    answer = json.loads(validator.stdout.readline())
    if answer["id"] == "handshake/expired-ca" and lets_in == "crash":
        sys.exit("out of luck")
    if answer["id"] == lets_in:
        answer |= {"handshake": "SUCCESS", "reason": None, "raw": "fine with me"}
        answer.pop("sslClientVerify", None)
        answer.pop("httpStatus", None)
    print(json.dumps(answer), flush=True)

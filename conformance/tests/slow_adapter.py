"""Passes cases on to mtls-validate serve, slowly, and logs which: slow_adapter.py MTLS-VALIDATE LOG."""

import subprocess
import sys
import time

validator = subprocess.Popen(
    [sys.argv[1], "serve", "--profile", "openssl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
)
print(validator.stdout.readline(), end="", flush=True)
with open(sys.argv[2], "a", encoding="utf-8") as log:
    for line in sys.stdin:
        log.write(line[:60] + "\n")
        log.flush()
        time.sleep(0.03)
        validator.stdin.write(line)
        validator.stdin.flush()
        print(validator.stdout.readline(), end="", flush=True)

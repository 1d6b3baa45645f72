"""An adapter in forty lines, and what a bad one does: its argument names a misbehaviour, which cases tagged `bad` bring out.

The implementation under test is this sentence: a client that sends a chain is let in.
"""

import json
import os
import subprocess
import sys
import time

misbehaviour = sys.argv[1] if len(sys.argv) > 1 else "none"


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def answer(case):
    result = {"id": case["id"], "raw": ""}
    if "bundle" in case:
        result["upload"] = {"result": "accepted", "raw": ""}
    if "client" in case:
        result["handshake"] = "SUCCESS" if "chain" in case["client"] else "NONE"
        if misbehaviour == "refuses-all":
            result["handshake"] = "FAILED"
    return result


def misbehave(case):
    good = answer(case)
    if misbehaviour == "exit":
        sys.exit(3)
    elif misbehaviour == "segfault":
        sys.stderr.write("about to write to address 0\n")
        sys.stderr.flush()
        os.kill(os.getpid(), 11)
    elif misbehaviour == "hang":
        time.sleep(3600)
    elif misbehaviour == "spin":
        while True:
            pass
    elif misbehaviour == "close-output":
        os.close(1)
        time.sleep(3600)
    elif misbehaviour == "flood-line":
        while True:
            os.write(1, b"x" * 65536)
    elif misbehaviour == "flood-lines":
        while True:  # several lines at a time, so that the first is never read alone
            os.write(1, (json.dumps(good) + "\n").encode() * 8)
    elif misbehaviour == "flood-stderr":
        while True:
            os.write(2, b"x" * 65536)
    elif misbehaviour == "chatty-stderr":  # allowed
        os.write(2, b"a warning\n" * 50000)
        say(good)
    elif misbehaviour == "eat-memory":
        kept = []
        while True:
            kept.append(b"x" * (16 << 20))
    elif misbehaviour == "orphan":  # leaves its session, and holds the output open
        subprocess.Popen(["sleep", "3600"], start_new_session=True)
        sys.exit(0)
    elif misbehaviour == "wrong-id":
        say({**good, "id": "another/case"})
    elif misbehaviour == "not-json":
        print("SUCCESS", flush=True)
    elif misbehaviour == "deep-json":
        print("[" * 200000, flush=True)
    elif misbehaviour == "nan":
        print(json.dumps({**good, "httpStatus": float("nan")}), flush=True)
    elif misbehaviour == "not-utf8":
        os.write(1, b'{"id": "\xff"}\n')
    elif misbehaviour == "half-surrogate":
        say({**good, "raw": "\ud800"})
    elif misbehaviour == "twice":
        print('{"id": "a", "id": "a", "raw": ""}', flush=True)
    elif misbehaviour == "second-line":
        os.write(1, (json.dumps(good) + "\n" + json.dumps(good) + "\n").encode())
    elif misbehaviour == "unknown-member":
        say({**good, "verdict": "SUCCESS"})
    elif misbehaviour == "unknown-result":
        say({**good, "handshake": "OK"})
    elif misbehaviour == "unknown-reason":
        say({**good, "handshake": "FAILED", "reason": "because"})
    elif misbehaviour == "reason-of-success":
        say({**good, "reason": "expired"})
    elif misbehaviour == "no-upload":
        say({"id": case["id"], "raw": "", "handshake": "SUCCESS"})
    elif misbehaviour == "handshake-after-rejection":
        say({**good, "upload": {"result": "rejected"}})
    else:
        say(good)


if misbehaviour == "no-greeting":
    time.sleep(3600)
if misbehaviour == "wrong-protocol":
    say({"protocol": 2, "name": "fake", "version": "1", "features": []})
if misbehaviour == "dies-at-once":
    sys.exit("the library was not found")
hello = {"protocol": 1, "name": "fake", "version": "1", "features": ["clock"]}
say({**hello, "profile": "nobody's"} if misbehaviour == "unknown-profile" else hello)
for line in sys.stdin:
    case = json.loads(line)
    if "bad" in case["tags"]:
        misbehave(case)
    elif misbehaviour == "reads-expect" and case["expect"]:
        sys.exit(4)
    else:
        say(answer(case))

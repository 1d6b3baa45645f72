"""How many handshakes a second the runner has with a live server: every client of the base suite whose trust file is
taken, over TLS 1.2 and 1.3, each on a connection of its own; starting the server and asking for refusals not counted.

    .venv/bin/python ci/bench/handshakes.py [SERVER]...     nginx if none is named"""

import os
import sys
import time

from mtls_conformance import client, suites
from mtls_conformance.corpus import load
from mtls_conformance.servers import servers
from mtls_conformance.targets import server as target


def measure(name: str) -> None:
    cases = [case for case in load(suites.base()) if case.client and not case.client.ocsp and "clock" not in case.tags]
    spent = {"seconds": 0.0, "calls": 0}
    send_all = target._Instance._send_all

    def timed(self, server, calls):
        began = time.perf_counter()
        sent = send_all(self, server, calls)
        spent["seconds"] += time.perf_counter() - began
        spent["calls"] += len(calls)
        return sent

    target._Instance._send_all = timed
    try:
        began, jobs = time.perf_counter(), os.cpu_count() or 1
        for _ in target.ServerTarget(servers()[name]).answers(cases, "openssl", jobs):
            pass
    finally:
        target._Instance._send_all = send_all
    handshakes = spent["calls"] * len(client.VERSIONS)
    print(
        f"{name} {servers()[name].version()}: {handshakes} handshakes in {spent['seconds']:.2f} s, "
        f"{handshakes / spent['seconds']:.0f} a second, {jobs} jobs; {time.perf_counter() - began:.1f} s with all around them"
    )


for name in sys.argv[1:] or ["nginx"]:
    measure(name)

"""The limits that programs of others get hold wherever they are started, and never go above those of the run itself."""

import resource
import sys

import pytest

SHOW = "; import resource; print(*resource.getrlimit(resource.RLIMIT_{kind}))"
PLACES = {
    "server": ("FSIZE", 256 << 20, "from mtls_conformance.servers.live import LiveServer; LiveServer({})._in_child()"),
    "harness": ("FSIZE", 1 << 30, "from mtls_conformance.targets import harness; harness._limit()"),
    "adapter, time": (
        "CPU",
        3600,
        "import os; from mtls_conformance.targets.adapter import Adapter; Adapter([])._limit(os.getpid())",
    ),
    "adapter, memory": (
        "AS",
        8 << 30,
        "import os; from mtls_conformance.targets.adapter import Adapter, Limits; "
        "Adapter([], limits=Limits(address_space_bytes=8 << 30))._limit(os.getpid())",
    ),
}


@pytest.mark.parametrize("share", [1, 4])
@pytest.mark.parametrize("place", PLACES)
def test_a_limit_is_no_higher_than_the_hard_one_of_the_run(run, place, share):
    kind, wanted, code = PLACES[place]
    number = getattr(resource, f"RLIMIT_{kind}")
    if wanted > resource.getrlimit(number)[1] != resource.RLIM_INFINITY:
        pytest.skip("a limit of this run is lower")
    bound = wanted // share

    def lower():
        if share != 1:
            resource.setrlimit(number, (bound, bound))

    result = run(sys.executable, "-c", code + SHOW.format(kind=kind), preexec_fn=lower)
    assert (result.stdout, result.stderr) == (f"{bound} {bound}\n", "")

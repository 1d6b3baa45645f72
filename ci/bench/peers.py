"""Ours against what else a user would take, on this machine, in one run: what `ci/bench.sh --peers` prints.

The contenders of a piece of work take turns, round by round, so that a busy moment meets all of them. The output is
Markdown: the median of the rounds, their range, and the ratio of the medians, ours over theirs.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "ci/bench/peers"
OUT = ROOT / "build/bench"
TOOLS = ROOT / "build/release/bin"
NEWEST = ROOT / "build/repro/newest"
CHAIN = ["--trust", f"{OUT}/fixture/bundle.pem", "--cert", f"{OUT}/fixture/client.pem"]
DEBIAN_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")

SCENARIO = """\
summary: A chain that all contenders accept.
cites: [rfc5280#6.1]
certificates:
  root: {ca: true}
  int: {ca: true, issuer: root}
  leaf: {issuer: int, san: [{dns: client.example}]}
upload: [root]
client: {chain: [leaf, int]}
expect:
  openssl:
    upload: {result: accepted, basis: inferred}
    handshake: {result: SUCCESS, basis: inferred}
"""

IN_PROCESS = {
    "create": "Issue a client certificate (P-256, DER and PEM), keys at hand",
    "create-with-key": "Issue one with a new P-256 key",
    "parse": "Parse a certificate (Debian's roots, DER)",
    "verify": "Verify a client's chain of two under a root, from PEM; the root is loaded before",
}
BY_COMMAND = {
    "verify": "Verify that chain by command, one process a chain",
    "fixtures": "Make client certificates with new keys by command, PEM files",
}


@dataclass
class Contender:
    name: str
    program: list[str] | None = None  # takes WORK SECONDS FOLDER, prints pieces a second
    works: tuple[str, ...] = ()
    commands: dict[str, tuple[list[str], int]] = field(default_factory=dict)  # of BY_COMMAND, and its pieces


def output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def version(*command: str | Path) -> str:
    return re.search(r"\d+(\.\d+)+\w*", output(*command))[0]


def quietly(*command: str | Path, folder: Path = ROOT, **environment: str):
    subprocess.run(command, cwd=folder, env=os.environ | environment, check=True, stdout=sys.stderr)


def ours() -> list[Contender]:
    peer = str(TOOLS / "mtls-bench-peer")
    shell_loop = f"""set -e; cd {OUT}; rm -rf loop; mkdir loop; cd loop
        for i in $(seq 20); do
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $i.key -subj "/CN=leaf-$i" \\
                -addext keyUsage=critical,digitalSignature -addext extendedKeyUsage=clientAuth -out $i.csr
            openssl x509 -req -in $i.csr -CA {OUT}/fixture/ca.pem -CAkey {OUT}/fixture/ca.key -days 30 \\
                -copy_extensions copy -out $i.pem
        done 2>/dev/null"""
    openssl = version("openssl", "version")
    base = len(list((ROOT / "corpus/base").rglob("*.pem")))
    return [
        Contender(
            "mtls-gauntlet",
            [peer, "ours"],
            tuple(IN_PROCESS),
            {
                "verify": ([str(TOOLS / "mtls-validate"), "client", "--profile", "openssl", *CHAIN], 1),
                "fixtures": (["sh", "-c", f"{TOOLS}/mtls-gen corpus --out {OUT}/base 2>/dev/null"], base),
            },
        ),
        Contender(f"libcrypto {openssl}, X509 objects", [peer, "libcrypto"], tuple(IN_PROCESS)),
        Contender(
            f"openssl {openssl}, command",
            commands={
                "verify": (
                    ["openssl", "verify", "-purpose", "sslclient", "-CAfile", CHAIN[1], "-untrusted", CHAIN[3], CHAIN[3]],
                    1,
                ),
                "fixtures": (["sh", "-c", shell_loop], 20),
            },
        ),
    ]


def ours_with_the_newest_openssl() -> list[Contender]:
    """Only where ci/repro.sh has built it, which takes minutes."""
    if not (NEWEST / "CMakeCache.txt").exists():
        print("peers: the newest OpenSSL 3.x is left out; ci/repro.sh builds it", file=sys.stderr)
        return []
    quietly("cmake", "--build", NEWEST, "--target", "mtls-bench-peer", "mtls-validate")
    newest = re.search(r"OpenSSL ([\d.]+)", output(NEWEST / "bin/mtls-validate", "--version"))[1]
    verify = [str(NEWEST / "bin/mtls-validate"), "client", "--profile", "openssl", *CHAIN]
    peer = [str(NEWEST / "bin/mtls-bench-peer"), "ours"]
    return [Contender(f"mtls-gauntlet, built with OpenSSL {newest}", peer, ("verify",), {"verify": (verify, 1)})]


def go() -> list[Contender]:
    quietly("go", "build", "-o", OUT / "go-peer", ".", folder=PEERS / "go")
    return [Contender(f"Go {version('go', 'version')}, crypto/x509", [str(OUT / "go-peer")], tuple(IN_PROCESS))]


def rust() -> list[Contender]:
    quietly("cargo", "build", "--release", "--locked", folder=PEERS / "rust", CARGO_TARGET_DIR=str(OUT / "rust"))
    lock = (PEERS / "rust/Cargo.lock").read_text()
    webpki = re.search(r'name = "rustls-webpki"\nversion = "([^"]+)"', lock)[1]
    return [Contender(f"rustls-webpki {webpki}", [str(OUT / "rust/release/rust-peer")], ("parse", "verify"))]


def python() -> list[Contender]:
    """In an environment of its own, from the pinned packages."""
    venv = OUT / "python"
    pins = PEERS / "requirements.txt"
    done = venv / "complete"
    if not done.exists() or done.read_text() != pins.read_text():
        shutil.rmtree(venv, ignore_errors=True)
        quietly(sys.executable, "-m", "venv", venv)
        quietly(venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", pins)
        done.write_text(pins.read_text())
    interpreter, script = str(venv / "bin/python"), str(PEERS / "peer.py")

    def named(package: str) -> str:
        return f"{package} {output(interpreter, '-c', f'from importlib.metadata import version as v; print(v({package!r}))').strip()}"

    return [
        Contender(f"Python {named('cryptography')}", [interpreter, script, "cryptography"], tuple(IN_PROCESS)),
        Contender(f"Python {named('trustme')}", [interpreter, script, "trustme"], ("create-with-key",)),
    ]


def gnutls() -> list[Contender]:
    chain = f"certtool --verify --load-ca-certificate {OUT}/fixture/bundle.pem --infile {OUT}/fixture/client.pem"
    return [Contender(f"GnuTLS {version('certtool', '--version')}, certtool", commands={"verify": (chain.split(), 1)})]


def contenders() -> list[Contender]:
    found = ours() + ours_with_the_newest_openssl()
    for program, package, make in [
        ("go", "golang-go", go),
        ("cargo", "cargo", rust),
        (sys.executable, "python3-venv", python),
        ("certtool", "gnutls-bin", gnutls),
    ]:
        if shutil.which(program):
            found += make()
        else:
            print(f"peers: {program} is left out; apt-get install {package}", file=sys.stderr)
    return found


def prepare():
    """The files that the contenders read: Debian's roots, a good chain, and a CA for the openssl command."""
    quietly("cmake", "--preset", "release")
    quietly("cmake", "--build", "--preset", "release", "--target", "mtls-bench-peer", "mtls-gen", "mtls-validate")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "chain.yaml").write_text(SCENARIO)
    shutil.rmtree(OUT / "fixture", ignore_errors=True)
    quietly(TOOLS / "mtls-gen", "scenario", OUT / "chain.yaml", "--out", OUT / "fixture")
    shutil.copy(DEBIAN_ROOTS, OUT / "fixture/roots.pem")
    quietly(
        *"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -addext".split(),
        *"basicConstraints=critical,CA:TRUE -subj /CN=ca-TEST-DO-NOT-TRUST".split(),
        *("-keyout", OUT / "fixture/ca.key", "-out", OUT / "fixture/ca.pem"),
    )


def rate_in_process(contender: Contender, work: str, seconds: float) -> float:
    return float(output(*contender.program, work, str(seconds), OUT / "fixture"))


def rate_by_command(contender: Contender, work: str, seconds: float) -> float:
    command, pieces = contender.commands[work]
    start, runs = time.perf_counter(), 0
    while (took := time.perf_counter() - start) < seconds:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        runs += 1
    return runs * pieces / took


def table(title: str, takers: list[Contender], rounds: int, measure) -> str:
    rates: dict[str, list[float]] = {taker.name: [] for taker in takers}
    for _ in range(rounds):
        for taker in takers:
            rates[taker.name].append(measure(taker))
    best = statistics.median(rates[takers[0].name])
    lines = [f"### {title}", "", "| | a second, median | range | ours / theirs |", "|---|---:|---:|---:|"]
    for name, values in rates.items():
        median = statistics.median(values)
        ratio = "" if name == takers[0].name else f"{best / median:.2f}"
        lines.append(f"| {name} | {median:,.0f} | {min(values):,.0f} to {max(values):,.0f} | {ratio} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each contender in each round")
    options = parser.parse_args()
    prepare()
    all_of_them = contenders()
    print(f"{options.rounds} rounds of {options.seconds:g} s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.\n")
    for work, title in IN_PROCESS.items():
        takers = [c for c in all_of_them if work in c.works]
        print(table(title, takers, options.rounds, lambda c, w=work: rate_in_process(c, w, options.seconds)), flush=True)
    for work, title in BY_COMMAND.items():
        takers = [c for c in all_of_them if work in c.commands]
        print(table(title, takers, options.rounds, lambda c, w=work: rate_by_command(c, w, options.seconds)), flush=True)


if __name__ == "__main__":
    main()

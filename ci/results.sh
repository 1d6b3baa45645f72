#!/usr/bin/env bash
# Asks every target that this machine can run for the base suite, and writes what is published of it: the tables of
# docs/results.md and the page docs/results.html. What a machine lacks is said and left out:
# ci/adapters-setup.sh, ci/build-adapters.sh and ci/servers-setup.sh install and build it.
#
#   ci/results.sh            runs, then writes
#   ci/results.sh DIR...     writes from the results.json in each DIR (they are merged), without a run
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$#" -eq 0 ]; then
    status=0
    rm -f build/results/results.json # what is published is of this run
    .venv/bin/mtls-conformance run --target all --quiet --report build/results >build/results.log || status=$?
    # 1: something differs, which is what is to be shown.
    [ "$status" -le 1 ] || { tail -n 5 build/results.log >&2; exit "$status"; }
    set -- build/results
fi
.venv/bin/python - "$@" <<'END'
import sys
from pathlib import Path

from mtls_conformance import results, suites
from mtls_conformance.corpus import load
from mtls_conformance.report import html, overview

found = results.merge([(name, results.load(Path(name))) for name in sys.argv[1:]])
if not found.complete:
    sys.exit(f"{sys.argv[1]}: the run was not finished: " + "; ".join(f"{run.target}: {run.ended}" for run in found.runs if run.ended))
page = Path("docs/results.md")
results.write_whole(page, lambda out, text=overview.fill(page.read_text(encoding="utf-8"), found): out.write(text))
cases = load(suites.base())
results.write_whole(Path("docs/results.html"), lambda out: out.write(html.document(found, cases)))
print(f"docs/results.md, docs/results.html: {len(found.runs)} runs, {found.suite.cases} cases")
END

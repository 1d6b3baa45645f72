#!/usr/bin/env bash
# The mutation score of the corpus: small wrong changes to validator/, one at a time, in a copy of the tree. Each must
# show in `mtls-validate corpus` over the base suite: an expectation fails under one of the profiles.
#
#   ci/mutation.sh [--only GLOB]... [--jobs N] [--fuzz SECONDS]
#                             the table of ci/mutants/*.mutants; with --fuzz the fuzz targets of its group try what the
#                             corpus leaves alive, so many seconds each. They must find nothing in the unchanged copy
#                             first, and what they find in a mutant must pass there
#   ci/mutation.sh --check    whether each of them still applies; builds nothing
#
# Exit 1 if one no longer applies or does not build, if the score is under 95 %, if a survivor has no explanation or
# an explained one no longer survives, or if a control fails: the unchanged copy must pass, and a fatal change must not.
# Exit 2 if the fuzz targets find something in the unchanged copy.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 ci/mutation.py "$@"

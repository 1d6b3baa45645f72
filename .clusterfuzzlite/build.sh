#!/bin/bash -eu
# One recipe for both: ci/oss-fuzz/build.sh.
exec "$SRC/mtls-gauntlet/ci/oss-fuzz/build.sh"

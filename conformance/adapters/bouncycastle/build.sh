#!/usr/bin/env bash
exec "$(dirname "$0")/../build_java.sh" bouncycastle BouncyCastle "$@"

#!/usr/bin/env bash
exec "$(dirname "$0")/../build_java.sh" java-pkix JavaPkix gson-2.11.0.jar "$@"

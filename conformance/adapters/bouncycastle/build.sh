#!/usr/bin/env bash
jars='bcprov-jdk18on-1.81.jar bcutil-jdk18on-1.81.jar bctls-jdk18on-1.81.jar gson-2.11.0.jar'
exec "$(dirname "$0")/../build_java.sh" bouncycastle BouncyCastle "$jars" "$@"

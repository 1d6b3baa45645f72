#!/usr/bin/env bash
# Builds one Java adapter; conformance/adapters/<name>/build.sh calls it.
#
#   build_java.sh NAME CLASS [--check]
#
# With --check nothing is built. Exit status 77: something is missing, and the last line says what installs it.
set -euo pipefail
name=$1 class=$2
cd "$(dirname "$0")"

missing() {
    printf '%s: %s is missing; to install it:\n    apt-get install %s\n' "$name" "$1" "$2" >&2
    exit 77
}

version=$(javac -version 2>&1 || true)
if ! [[ $version =~ ^javac\ ([0-9]+) ]] || [ "${BASH_REMATCH[1]}" -lt 17 ]; then
    missing 'a JDK of version 17 or later' openjdk-17-jdk-headless
fi
command -v mvn >/dev/null || missing Maven maven
[ "${3:-}" != --check ] || exit 0

# The jars are those that jars.sha256 names, or the build ends here.
out=$PWD/../../build/adapters
jars=$out/java-jars
if ! (cd "$jars" 2>/dev/null && sha256sum --quiet --strict --check "$OLDPWD/java/jars.sha256" >/dev/null 2>&1); then
    mvn --batch-mode --quiet --file java/pom.xml \
        org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies -DoutputDirectory="$jars"
    (cd "$jars" && sha256sum --quiet --strict --check "$OLDPWD/java/jars.sha256")
fi

mkdir -p "$out/$name/classes"
javac -Xlint:all,-classfile -Werror --release 17 -cp "$jars/*" -d "$out/$name/classes" java/*.java "$name"/*.java
# A run is short: code compiled once and quickly beats code compiled well (measured: 2.7 s of processor to 4.6).
cat >"$out/$name/adapter" <<END
#!/bin/sh
here=\$(dirname "\$0")
exec java -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -cp "\$here/classes:\$here/../java-jars/*" $class
END
chmod +x "$out/$name/adapter"

#!/usr/bin/env bash
# Builds one Java adapter; conformance/adapters/<name>/build.sh calls it.
#
#   build_java.sh NAME CLASS JARS [--check]
#
# JARS names those of java/jars.sha256 that it needs. With --check nothing is built. Exit status 77: something is
# missing, and the last line says what installs it.
set -euo pipefail
name=$1 class=$2
read -ra needs <<<"$3"
cd "$(dirname "$0")"
# Java opens no file whose path has letters that the locale lacks, and not by a relative path either.
export LC_ALL=C.UTF-8

missing() {
    printf '%s: %s is missing; to install it:\n    apt-get install %s\n' "$name" "$1" "$2" >&2
    exit 77
}

version=$(javac -version 2>&1 || true)
if ! [[ $version =~ ^javac\ ([0-9]+) ]] || [ "${BASH_REMATCH[1]}" -lt 17 ]; then
    missing 'a JDK of version 17 or later' openjdk-17-jdk-headless
fi
command -v mvn >/dev/null || missing Maven maven
command -v python3 >/dev/null || missing Python python3
[ "${4:-}" != --check ] || exit 0

# The jars are those that jars.sha256 names, or the build ends here.
out=$PWD/../../build/adapters
jars=$out/java-jars
if ! (cd "$jars" 2>/dev/null && sha256sum --quiet --strict --check "$OLDPWD/java/jars.sha256" >/dev/null 2>&1); then
    mvn --batch-mode --quiet --file java/pom.xml \
        org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies -DoutputDirectory="$jars"
    (cd "$jars" && sha256sum --quiet --strict --check "$OLDPWD/java/jars.sha256")
fi

# One jar without the signatures of its parts: the JVM would check them anew for each class, and shares no class that
# has one.
rm -rf "${out:?}/$name"
mkdir -p "$out/$name/classes"
cd "$out/$name/classes"
for jar in "${needs[@]}"; do
    jar --extract --file "$jars/$jar"
done
rm -rf META-INF/*.SF META-INF/*.RSA META-INF/*.DSA META-INF/MANIFEST.MF
cd "$OLDPWD"
javac -Xlint:all,-classfile -Werror --release 17 -cp "$out/$name/classes" -d "$out/$name/classes" java/*.java "$name"/*.java
printf 'Multi-Release: true\n' >"$out/$name/manifest"
jar --create --file "$out/$name/adapter.jar" --manifest "$out/$name/manifest" -C "$out/$name/classes" .
rm -r "$out/$name/classes" "$out/$name/manifest"

# A run is short: code compiled once and quickly beats code compiled well (measured: 2.7 s of processor to 4.6), and
# classes come ready from an archive, unless the JVM is another. What it says of itself is not for standard output.
flags=(-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xlog:disable -XX:+DisplayVMOutputToStderr)
cat >"$out/$name/adapter" <<END
#!/bin/sh
here=\$(dirname "\$0")
LC_ALL=C.UTF-8 exec java ${flags[*]} -Xshare:auto -XX:SharedArchiveFile="\$here/classes.jsa" -cp "\$here/adapter.jar" $class
END
chmod +x "$out/$name/adapter"

# The archive holds the classes that the base suite needs.
PYTHONPATH=$PWD/.. python3 - <<'END' |
import json
from pathlib import Path

from mtls_conformance.corpus import as_question, load

for case in load(Path("../../corpus/base")):
    print(json.dumps(as_question(case)))
END
    java "${flags[@]}" -XX:ArchiveClassesAtExit="$out/$name/classes.jsa" -cp "$out/$name/adapter.jar" "$class" >/dev/null

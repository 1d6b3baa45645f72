"""The scripts around the fuzzers: what they refuse, and what they do not pass over.

The machine is made to look otherwise by programs of the same names, first on the PATH."""

import pytest


@pytest.mark.parametrize("script, arguments", [("fuzz.sh", ["pem"]), ("fuzz-smoke.sh", []), ("fuzz-eval.sh", ["--seconds"])])
def test_no_seconds_are_refused_since_to_libfuzzer_they_are_no_limit(run_script, script, arguments):
    result = run_script(script, *arguments, "0", clang="exit 9", cmake="exit 9")
    assert result.returncode == 2


def test_an_instrumented_libcrypto_that_is_not_built_ends_the_evaluation(run_script):
    result = run_script("fuzz-eval.sh", "--instrumented", clang="exit 9", cmake="exit 9", flock='[ "$1" != --wait ]')
    assert result.returncode == 2
    assert "another build does not end" in result.stderr
    assert "no instrumented libcrypto was built" in result.stderr

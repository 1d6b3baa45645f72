"""Every header compiles alone, so that the order of includes never matters; public ones also as C++."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLIC = sorted((ROOT / "include").rglob("*.h"))
PRIVATE = sorted(p for part in ("core", "gen", "validator", "fuzz") for p in (ROOT / part).rglob("*.h"))


def compile_alone(header: Path, compiler: str, standard: str, language: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [compiler, f"-std={standard}", "-x", language, "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wpedantic"]
        + ["-D_POSIX_C_SOURCE=200809L", f"-I{ROOT}", f"-I{ROOT / 'include'}", "-"],
        input=f'#include "{header}"\n',
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("header", PUBLIC + PRIVATE, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_header_compiles_alone(header):
    result = compile_alone(header, "gcc", "c17", "c")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("header", PUBLIC, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_public_header_compiles_in_other_peoples_programs(header):
    for compiler, standard, language in [("clang", "c17", "c"), ("g++", "c++17", "c++"), ("gcc", "c99", "c")]:
        result = compile_alone(header, compiler, standard, language)
        assert result.returncode == 0, result.stderr


def test_a_header_that_leans_on_another_is_found(tmp_path):
    header = tmp_path / "leans.h"
    header.write_text("size_t length_of(const char *text);\n")
    assert compile_alone(header, "gcc", "c17", "c").returncode != 0

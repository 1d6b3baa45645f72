"""The check of the layers finds what it is there to find."""

import shutil
from pathlib import Path

import layers
import pytest

ROOT = Path(__file__).parents[2]


def test_the_tree_keeps_its_layers():
    broken, count = layers.check_tree(ROOT)
    assert broken == []
    assert count > 20


PLANTED = [
    ("gen/planted.c", '#include "validator/upload.h"', "gen/ must not know validator/"),
    ("validator/planted.c", '#include "gen/der.h"', "validator/ must not know gen/"),
    ("validator/tests/planted.c", '  #  include "gen/der.h" /* why not */', "validator/ must not know gen/"),
    ("core/planted.h", '#include "gen/der.h"', "core/ must not know gen/"),
    ("gen/planted.c", '#include "fuzz/replay.h"', "gen/ must not know fuzz/"),
    ("core/case_planted.c", "#include <openssl/x509.h>", "core/ does not stand on openssl"),
    ("core/status.c", "#include <jansson.h>", "status stands on libc alone"),
    ("core/bytes.c", '#include "core/case.h"', "bytes stands below the cases"),
    ("gen/planted.c", "#include <cmocka.h>", "gen/ does not stand on cmocka"),
    ("gen/planted.c", '#include "../validator/upload.h"', "includes are relative to the root, without .."),
    ("gen/planted.c", "#include ANYTHING", "an include names its file as it is"),
    ("gen/planted.c", "#include <mtls/validate.h>", "gen/ must not know validator/"),
]


@pytest.mark.parametrize("path, line, reason", PLANTED, ids=[f"{p}-{n}" for n, (p, _, _) in enumerate(PLANTED)])
def test_a_planted_include_is_found(tmp_path, path, line, reason):
    for file in (
        "validator/upload.h",
        "gen/der.h",
        "fuzz/replay.h",
        "core/case.h",
        "include/mtls/bytes.h",
        "include/mtls/validate.h",
        path,
    ):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / path).write_text(f"/* a comment\n * of two lines */\n{line}\n")
    assert layers.check_tree(tmp_path)[0] == [f"{path}:3: {found_name(line)}: {reason}"]


def found_name(line: str) -> str:
    return line.split("include", 1)[1].split("/*")[0].strip().strip('<>"')


def test_what_is_allowed_is_not_found(tmp_path):
    shutil.copytree(ROOT / "include", tmp_path / "include")
    (tmp_path / "gen" / "tests").mkdir(parents=True)
    (tmp_path / "gen" / "tests" / "test_a.c").write_text(
        '#include <cmocka.h>\n#include <stdio.h>\n#include <mtls/bytes.h>\n// #include "validator/a.h"\n'
        "/*\n#include <curl.h>\n*/\n#include <openssl/evp.h>\n"
    )
    assert layers.check_tree(tmp_path)[0] == []

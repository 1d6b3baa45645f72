"""ci/tidy.py looks again at what has changed and at that alone, and a finding stays one."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLEAN = "int half(int value);\n"
FAULTY = "static inline int half(int value) {\n    if (value > 0)\n        return value / 2;\n    return 0;\n}\n"

pytestmark = pytest.mark.skipif(shutil.which("clang-tidy") is None, reason="there is no clang-tidy")


class Project:
    """Two files; one.c includes core/outer.h, which includes core/inner.h."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.write("ci/tidy.py", (ROOT / "ci/tidy.py").read_text())
        self.write(".clang-tidy", (ROOT / ".clang-tidy").read_text())
        self.write("core/inner.h", CLEAN)
        self.write("core/outer.h", '#include "core/inner.h"\n')
        self.write("core/one.c", '#include "core/outer.h"\nint one(void);\nint one(void) { return half(2); }\n')
        self.write("core/two.c", "int two(void);\nint two(void) { return 2; }\n")
        self.compiled()

    def write(self, name: str, text: str):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def compiled(self, *flags: str):
        """As CMake tells it. one.c is in two programs, with the same flags."""
        entries = [
            {
                "directory": str(self.folder),
                "command": " ".join(["cc", f"-I{self.folder}", *flags, "-o", f"{number}.o", "-c", str(file)]),
                "file": str(file),
            }
            for number, file in enumerate(self.folder / "core" / name for name in ("one.c", "two.c", "one.c"))
        ]
        self.write("build/release/compile_commands.json", json.dumps(entries))

    def tidy(self) -> tuple[int, str]:
        result = subprocess.run(
            ["python3", "ci/tidy.py", "core/one.c", "core/two.c"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return result.returncode, result.stdout


@pytest.fixture
def project(tmp_path) -> Project:
    made = Project(tmp_path)
    assert made.tidy() == (0, "2 compilations: 2 looked at, 0 with findings\n")
    return made


UNCHANGED = (0, "2 compilations: 0 looked at, 0 with findings\n")
ONE = (0, "2 compilations: 1 looked at, 0 with findings\n")
BOTH = (0, "2 compilations: 2 looked at, 0 with findings\n")


def test_what_is_unchanged_is_not_looked_at_again(project):
    assert project.tidy() == UNCHANGED


def test_a_header_makes_those_be_looked_at_that_include_it(project):
    project.write("core/inner.h", CLEAN + "/* Half of it. */\n")
    assert project.tidy() == ONE
    assert project.tidy() == UNCHANGED


def test_a_finding_is_never_kept_as_clean(project):
    project.write("core/inner.h", FAULTY)
    for _ in range(2):
        status, said = project.tidy()
        assert status == 1 and said.endswith("2 compilations: 1 looked at, 1 with findings\n")
        assert "core/inner.h:2:" in said and "readability-braces-around-statements" in said
    project.write("core/inner.h", CLEAN)
    assert project.tidy() == UNCHANGED


def test_an_include_that_is_missing_is_a_finding(project):
    project.write("core/two.c", '#include "core/nowhere.h"\n')
    status, said = project.tidy()
    assert status == 1 and "'core/nowhere.h' file not found" in said


def test_the_checks_and_the_flags_count_too(project):
    project.write(".clang-tidy", (ROOT / ".clang-tidy").read_text().replace("  cert-*,\n", ""))
    assert project.tidy() == BOTH
    project.compiled("-DNDEBUG")
    assert project.tidy() == BOTH
    project.write("core/new.h", "")
    assert project.tidy() == UNCHANGED


def test_a_file_that_the_build_leaves_out_has_its_neighbours_flags(project):
    project.write("core/two.c", '#include "core/inner.h"\nint two(void);\nint two(void) { return half(4); }\n')
    entries = json.loads((project.folder / "build/release/compile_commands.json").read_text())
    kept = [entry for entry in entries if not entry["file"].endswith("two.c")]
    project.write("build/release/compile_commands.json", json.dumps(kept))
    assert project.tidy() == ONE

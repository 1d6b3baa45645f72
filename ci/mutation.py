"""What ci/mutation.sh does. Needs Python's standard library alone."""

import argparse
import fnmatch
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = ROOT / "ci/mutants"
WORK = ROOT / "build/mutation"
CORPUS = ROOT / "corpus/base"
PROFILES = ("azure-appgw", "openssl", "rfc5280")
FINDINGS = WORK / "findings"
FUZZERS = {  # those that run what the mutants of a group change
    "pem": ("pem-oracle", "upload"),
    **dict.fromkeys(("certificate", "der", "extension", "name", "signature"), ("certificate-oracle", "upload-oracle")),
    "upload": ("upload-oracle",),
    "chain": ("client-oracle",),
    "ocsp": ("ocsp",),
    "letter": ("certificate-oracle", "upload-oracle"),
}
LEAST_MUTANTS, LEAST_SCORE = 40, 0.95
CORPUS_SECONDS, BUILD_SECONDS = 120, 1200
CONTROL = "control"  # the file whose mutants prove that a kill is seen; they count for nothing else
OPEN = "open"  # the file of changes that no text calls wrong: they are shown, and do not count
UNCOUNTED = (CONTROL, OPEN)


class Mistake(Exception):
    """Something is wrong with the list of mutants, or with what they are made of."""

    status = 1


class FuzzControl(Mistake):
    """The fuzz targets find something without any mutant."""

    status = 2


@dataclass
class Mutant:
    """One wrong change: in `file`, the one place that reads `old` reads `new`."""

    id: str
    group: str
    place: str
    file: str = ""
    breaks: str = ""
    alive: str = ""  # why nothing in the corpus can tell
    old: str = ""
    new: str = ""

    def apply(self, tree: Path) -> str:
        """Gives the text that the file had."""
        text = (tree / self.file).read_text()
        if text.count(self.old) != 1:
            raise Mistake(f"{self.place}: {self.id} no longer applies: {self.file} has its old text "
                          f"{text.count(self.old)} times, where it must have it once")  # fmt: skip
        (tree / self.file).write_text(text.replace(self.old, self.new))
        return text


def read_mutants(path: Path) -> list[Mutant]:
    """The file's mutants. The form is told in ci/mutants/README.md."""
    mutants, part, started = [], "", False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        place = f"{path.relative_to(path.parents[1])}:{number}"
        word, _, rest = line.partition(" ")
        if line.startswith("|"):
            if part not in ("old", "new"):
                raise Mistake(f"{place}: a line of text belongs under 'old' or 'new'")
            before = getattr(mutants[-1], part)
            setattr(mutants[-1], part, f"{before}\n{line[1:]}" if started else line[1:])
            started = True
            continue
        part = ""
        if not line or line.startswith("#"):
            continue
        if word == "mutant" and re.fullmatch(r"[a-z0-9-]+", rest):
            mutants.append(Mutant(rest, path.stem, place))
        elif mutants and word in ("file", "breaks", "alive") and rest:
            setattr(mutants[-1], word, rest)
        elif mutants and line in ("old", "new"):
            part, started = line, False
        else:
            raise Mistake(f"{place}: expected mutant ID, file PATH, breaks TEXT, alive TEXT, old, new or a |line")
    for mutant in mutants:
        if not (mutant.file and mutant.breaks and mutant.old) or mutant.old == mutant.new:
            raise Mistake(f"{mutant.place}: {mutant.id} needs file, breaks, old, and a new that is another text")
        if not mutant.file.startswith("validator/") or not (ROOT / mutant.file).is_file():
            raise Mistake(f"{mutant.place}: {mutant.id}: {mutant.file} is no file of validator/")
    return mutants


def read_all(folder: Path) -> list[Mutant]:
    mutants = [mutant for path in sorted(folder.glob("*.mutants")) for mutant in read_mutants(path)]
    ids = [mutant.id for mutant in mutants]
    for name in {name for name in ids if ids.count(name) > 1}:
        raise Mistake(f"two mutants are called {name}")
    return mutants


def check_all(mutants: list[Mutant]) -> None:
    """Each applies, by itself."""
    with tempfile.TemporaryDirectory() as folder:
        for mutant in mutants:
            copy = Path(folder) / mutant.file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / mutant.file, copy)
            mutant.apply(Path(folder))


def run(*command, seconds: float) -> subprocess.CompletedProcess:
    """Its output is text; a program that does not end in time has the status None."""
    try:
        return subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=seconds)  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(late.cmd, None, "")


class Place:
    """A copy of the tree and a build of it, for one mutant at a time."""

    def __init__(self, number: int):
        self.tree, self.build, self.fuzz = (WORK / f"{number}/{part}" for part in ("tree", "build", "fuzz"))
        files = run("git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", seconds=60)
        tracked = [name for name in files.stdout.split("\0") if name and not name.startswith("corpus/base/")]
        for stale in self.tree.rglob("*"):
            if stale.is_file() and str(stale.relative_to(self.tree)) not in set(tracked):
                stale.unlink()
        for name in tracked:
            self.copy(name)
        self.configure(self.build, "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_TESTING=OFF")
        self.compile(self.build, "mtls-validate")

    def copy(self, name: str) -> None:
        """A file that is the same already keeps its time, so that it is not compiled again."""
        source, target = ROOT / name, self.tree / name
        if not source.is_file() or (target.is_file() and target.read_bytes() == source.read_bytes()):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)

    def configure(self, build: Path, *options: str) -> None:
        # A wrong change may leave something unused: -w, so that it builds all the same.
        made = run("cmake", "-G", "Ninja", "-S", self.tree, "-B", build, "-DCMAKE_C_FLAGS=-w", *options,
                   seconds=BUILD_SECONDS)  # fmt: skip
        if made.returncode != 0:
            raise Mistake(f"cmake fails in the copy:\n{made.stdout}")

    def compile(self, build: Path, *targets: str) -> None:
        made = run("cmake", "--build", build, "-j", "1", "--target", *targets, seconds=BUILD_SECONDS)
        if made.returncode != 0:
            raise Mistake("it does not build:\n" + "\n".join(made.stdout.splitlines()[-20:]))

    def ask_corpus(self) -> tuple[str, str]:
        """'corpus' if an expectation fails, and which; empty if none does."""
        for profile in PROFILES:
            said = run(self.build / "bin/mtls-validate", "corpus", CORPUS, "--profile", profile, "--json",
                       seconds=CORPUS_SECONDS)  # fmt: skip
            try:
                results = json.loads(said.stdout)["results"]
            except ValueError:
                return "corpus", f"{'hang' if said.returncode is None else 'crash or error'} under {profile}"
            failed = [result["id"] for result in results if result["asExpected"] is False]
            if failed:
                return "corpus", f"{len(failed)} under {profile}: {failed[0]}"
        return "", ""

    def compile_fuzzers(self, names: Iterable[str]) -> Path:
        """Gives the folder of the programs."""
        self.configure(self.fuzz, "-DCMAKE_C_COMPILER=clang", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                       "-DBUILD_TESTING=OFF", "-DMTLS_FUZZ_ENGINE=libfuzzer",
                       "-DMTLS_SANITIZE=address,undefined")  # fmt: skip
        self.compile(self.fuzz, *(f"fuzz-{name}" for name in names))
        return self.fuzz / "fuzz"

    def judge(self, mutant: Mutant, fuzzers: "Fuzzers | None") -> tuple[str, str]:
        """A word for the table, and what is known beside it."""
        text = mutant.apply(self.tree)
        try:
            try:
                self.compile(self.build, "mtls-validate")
            except Mistake as mistake:
                return "does not build", str(mistake)
            word, by = self.ask_corpus()
            if word or not fuzzers or mutant.group in UNCOUNTED:
                return (word, by) if word else ("alive", mutant.alive or "no explanation")
            return fuzzers.ask(self, mutant)
        finally:
            (self.tree / mutant.file).write_text(text)


class Fuzzers:
    """Fuzz targets, beside which stand those of the unchanged copy: what they find as well is no mutant's."""

    def __init__(self, place: Place, names: Iterable[str], seconds: int):
        self.names, self.seconds, self.unchanged = sorted(names), seconds, WORK / "unchanged"
        self.seeds = place.build / "fuzz/seeds"
        place.compile(place.build, "fuzz-seeds")
        programs = place.compile_fuzzers(self.names)
        for folder in (self.unchanged, FINDINGS):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        for name in self.names:
            shutil.copy(programs / name, self.unchanged)

    def find(self, program: Path, finding: Path) -> bool:
        """Whether the target finds something; the input is kept as `finding`."""
        target = program.name.removesuffix("-oracle")
        with tempfile.TemporaryDirectory() as grown:
            said = run(program, "-seed=1", f"-max_total_time={self.seconds}", "-max_len=32768", "-timeout=60",
                       f"-exact_artifact_path={finding}", grown, self.seeds / target,
                       ROOT / "fuzz/regressions" / target, seconds=10 * self.seconds + 120)  # fmt: skip
        if said.returncode is None or (said.returncode != 0 and not finding.is_file()):
            how = "does not end" if said.returncode is None else "fails without an input"
            raise Mistake("\n".join([f"{program.name} {how}:", *said.stdout.splitlines()[-20:]]))
        return said.returncode != 0

    def passes(self, program: Path, finding: Path) -> bool:
        return run(program, "-timeout=60", finding, seconds=180).returncode == 0

    def check_unchanged(self, jobs: int) -> None:
        """The control: the same seeds, seconds and random numbers, and no mutant."""
        with ThreadPoolExecutor(jobs) as pool:
            found = pool.map(lambda name: self.find(self.unchanged / name, FINDINGS / f"unchanged-{name}"), self.names)
            blamed = [name for name, is_found in zip(self.names, found) if is_found]
        if blamed:
            raise FuzzControl(f"without any mutant {', '.join(blamed)} found something, so that no mutant can be "
                              f"blamed: see {FINDINGS}/unchanged-*, and mend or explain it first")  # fmt: skip

    def ask(self, place: Place, mutant: Mutant) -> tuple[str, str]:
        """The fuzz target that finds the mutant, by an input that passes without it."""
        programs, more = place.compile_fuzzers(FUZZERS[mutant.group]), mutant.alive or "no explanation"
        for name in FUZZERS[mutant.group]:
            finding = FINDINGS / f"{mutant.id}-{name}"
            if not self.find(programs / name, finding):
                continue
            if not self.passes(self.unchanged / name, finding):
                more += f" ({finding.name} is found without the mutant, too)"
            elif self.passes(programs / name, finding):
                more += f" ({finding.name} passes when it is replayed)"
            else:
                return "fuzzing", name
        return "alive", more


def judge_all(mutants: list[Mutant], jobs: int, fuzz_seconds: int) -> dict[str, tuple[str, str]]:
    """By the id of each mutant. One line is printed as soon as one is judged."""
    verdicts: dict[str, tuple[str, str]] = {}
    with ThreadPoolExecutor(jobs) as pool:
        places: Queue[Place] = Queue()
        for place in pool.map(Place, range(jobs)):
            word, trouble = place.ask_corpus()
            if word:
                raise Mistake(f"the unchanged copy fails: {trouble}")
            places.put(place)
        fuzzers = None
        if fuzz_seconds > 0:
            names = {name for mutant in mutants if mutant.group not in UNCOUNTED for name in FUZZERS[mutant.group]}
            fuzzers = Fuzzers(place, names, fuzz_seconds)
            fuzzers.check_unchanged(jobs)

        def judge(mutant: Mutant) -> None:
            place = places.get()
            try:
                verdicts[mutant.id] = place.judge(mutant, fuzzers)
            finally:
                places.put(place)
            word, more = verdicts[mutant.id]
            print(f"[{len(verdicts):3}/{len(mutants)}] {mutant.group:12} {mutant.id:42} {word:14} "
                  f"{more.splitlines()[0]}", flush=True)  # fmt: skip

        # Those of one file follow each other: what is compiled anew is little.
        list(pool.map(judge, sorted(mutants, key=lambda mutant: mutant.file)))
    return verdicts


def find_faults(mutants: list[Mutant], verdicts: dict[str, tuple[str, str]], counted: list[Mutant]) -> list[str]:
    faults = []
    for mutant in mutants:
        word, more = verdicts[mutant.id]
        if word == "does not build":
            faults.append(f"{mutant.id} does not build, so that it is no mutant: {more}")
        elif mutant.group == CONTROL and word != "corpus":
            faults.append(f"the control {mutant.id} is not killed: nothing that is said here can be relied on")
        elif word != "corpus" and not mutant.alive:
            faults.append(f"{mutant.id} survives the corpus: write a scenario, or an 'alive' line that says why none can")
        elif word == "corpus" and mutant.alive:
            faults.append(f"{mutant.id} is said to survive and is killed ({more}): take its 'alive' line out")
    killed = sum(verdicts[mutant.id][0] == "corpus" for mutant in counted)
    if len(counted) >= LEAST_MUTANTS and killed < LEAST_SCORE * len(counted):
        faults.append(f"the corpus kills {killed} of {len(counted)}, which is under {LEAST_SCORE:.0%}")
    return faults


def print_table(mutants: list[Mutant], counted: list[Mutant], verdicts: dict[str, tuple[str, str]]) -> None:
    columns = ("corpus", "fuzzing", "alive")
    print(f"\n{'':14}" + "".join(f"{name:>10}" for name in ("mutants", *columns)))
    groups = sorted({mutant.group for mutant in counted})
    for group in [*groups, "all"]:
        words = [verdicts[mutant.id][0] for mutant in counted if group in (mutant.group, "all")]
        print(f"{group:14}{len(words):10}" + "".join(f"{words.count(name):10}" for name in columns))
    killed = sum(verdicts[mutant.id][0] == "corpus" for mutant in counted)
    open_ones = sum(mutant.group == OPEN for mutant in mutants)
    print(f"\nthe corpus kills {killed} of {len(counted)}, {killed / max(1, len(counted)):.1%}; beside them "
          f"{open_ones} changes of a choice that the texts leave open")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="ci/mutation.sh", description="The mutation score of the corpus.")
    parser.add_argument("--check", action="store_true", help="only look whether each mutant applies")
    parser.add_argument("--only", metavar="GLOB", action="append", help="these mutants alone; may come again")
    parser.add_argument("--jobs", metavar="N", type=int, default=2, help="so many side by side (default 2)")
    parser.add_argument("--fuzz", metavar="SECONDS", type=int, default=0, help="fuzz what the corpus leaves alive")
    parser.add_argument("--mutants", metavar="FOLDER", type=Path, default=MUTANTS, help="another list of mutants")
    options = parser.parse_args()
    started = time.monotonic()
    try:
        mutants = read_all(options.mutants)
        check_all(mutants)
        counted = [mutant for mutant in mutants if mutant.group not in UNCOUNTED]
        if options.check:
            print(f"{len(counted)} mutants apply, and {len(mutants) - len(counted)} for control or of a choice")
            return 0
        controls = sum(mutant.group == CONTROL for mutant in mutants)
        if controls == 0 or len(counted) < LEAST_MUTANTS:
            raise Mistake(f"there are {len(counted)} mutants, of {LEAST_MUTANTS} at least, and {controls} for control")
        globs = options.only or ["*"]
        mutants = [mutant for mutant in mutants
                   if mutant.group == CONTROL or any(fnmatch.fnmatch(mutant.id, glob) for glob in globs)]  # fmt: skip
        counted = [mutant for mutant in counted if mutant in mutants]
        if options.fuzz > 0 and (strange := {mutant.group for mutant in counted} - FUZZERS.keys()):
            raise Mistake(f"FUZZERS in ci/mutation.py does not say which fuzz targets run {', '.join(sorted(strange))}")
        verdicts = judge_all(mutants, options.jobs, options.fuzz)
    except Mistake as mistake:
        print(f"mutation: {mistake}", file=sys.stderr)
        return mistake.status
    print_table(mutants, counted, verdicts)
    faults = find_faults(mutants, verdicts, counted)
    for fault in faults:
        print(f"mutation: {fault}", file=sys.stderr)
    print(f"took {time.monotonic() - started:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

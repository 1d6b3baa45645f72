"""Reads a corpus, in the tree form or as JSON lines, and believes nothing that it reads (docs/case-format.md)."""

import base64
import binascii
import gc
import hashlib
import json
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from . import vocabulary

FORMAT = 1
STAGES = ("upload", "handshake")
FILES = {"bundle": "bundle.pem", "chain": "client.pem", "key": "client.key", "ocspResponse": "ocsp.der"}
TEXTS = {"chain", "key"}  # inline these are the text itself, the others base64


class CorpusError(Exception):
    """What was read is no corpus: place and fault, for a person."""


@dataclass(frozen=True, slots=True)
class Client:
    chain: bytes | None  # None: no certificate is presented
    key: bytes | None
    ocsp_response: bytes | None
    verify_issuer_dn: bool
    passthrough: bool
    ocsp: bool


@dataclass(frozen=True, slots=True)
class Stage:
    any_of: tuple[dict, ...]
    basis: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    summary: str
    cites: tuple[str, ...]
    tags: frozenset[str]
    features: frozenset[str]
    bundle: bytes | None  # None: nothing is uploaded
    client: Client | None
    time: str
    certificates: tuple[dict, ...]
    expect: dict[str, dict[str, Stage]]  # profile -> stage name -> expectation

    def stage(self, profile: str, name: str) -> Stage | None:
        return self.expect.get(profile, {}).get(name)


class _Reader:
    """Reads one case's JSON; `folder` is where its files lie, None where it must be self-contained."""

    def __init__(self, place: str, folder: Path | None):
        self.place = place
        self.folder = folder

    def fail(self, path: str, what: str):
        raise CorpusError(f"{self.place}: {path}: {what}")

    def object(self, path: str, value: Any, required: set[str], optional: set[str] = frozenset()) -> dict:
        if not isinstance(value, dict):
            self.fail(path, "expected an object")
        for member in value.keys() - required - optional:
            self.fail(path, f"has the unknown member {member!r}")
        for member in required - value.keys():
            self.fail(path, f"lacks {member!r}")
        return value

    def typed(self, path: str, value: Any, kind: type, name: str) -> Any:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(path, f"expected {name}")
        return value

    def text(self, path: str, value: Any) -> str:
        return self.typed(path, value, str, "a text")

    def word(self, path: str, value: Any, allowed) -> str:
        if self.text(path, value) not in allowed:
            self.fail(path, f"{value!r} is none of its words")
        return value

    def texts(self, path: str, value: Any) -> tuple[str, ...]:
        return tuple(self.text(path, item) for item in self.typed(path, value, list, "an array of texts"))

    def input(self, path: str, member: str, value: Any) -> bytes:
        if isinstance(value, dict):
            name = self.object(path, value, {"file"})["file"]
            if name != FILES[member]:
                self.fail(path, f"names {name!r} where the form has {FILES[member]!r}")
            if self.folder is None:
                self.fail(path, "names a file, but this case has to be self-contained")
            try:
                return (self.folder / name).read_bytes()
            except OSError as error:
                self.fail(path, f"{name}: {error.strerror}")
        text = self.text(path, value)
        try:
            return text.encode() if member in TEXTS else base64.b64decode(text, validate=True)
        except (binascii.Error, UnicodeEncodeError):
            self.fail(path, "is not base64" if member not in TEXTS else "is not Unicode")

    def client(self, value: Any) -> Client:
        value = self.object("client", value, {"options"}, {"chain", "key", "ocspResponse"})
        names = {"verifyClientCertIssuerDN", "verifyClientAuthMode", "verifyClientRevocation"}
        options = self.object("client.options", value["options"], names)
        inputs = {m: self.input(f"client.{m}", m, value[m]) for m in ("chain", "key", "ocspResponse") if m in value}
        mode = self.word("client.options", options["verifyClientAuthMode"], ("Strict", "Passthrough"))
        revocation = self.word("client.options", options["verifyClientRevocation"], ("None", "OCSP"))
        return Client(
            chain=inputs.get("chain"),
            key=inputs.get("key"),
            ocsp_response=inputs.get("ocspResponse"),
            verify_issuer_dn=self.typed(
                "client.options", options["verifyClientCertIssuerDN"], bool, "true or false"
            ),
            passthrough=mode == "Passthrough",
            ocsp=revocation == "OCSP",
        )

    def upload(self, path: str, value: Any) -> dict:
        rejected = isinstance(value, dict) and value.get("result") == "rejected"
        value = self.object(
            path, value, {"result", "code"} if rejected else {"result"}, set() if rejected else {"clientCertIssuerDN"}
        )
        self.word(path, value["result"], ("accepted", "rejected"))
        if value.get("code") is not None:
            self.word(path, value["code"], vocabulary.upload_codes())
        if "clientCertIssuerDN" in value:
            self.text(path, value["clientCertIssuerDN"])
        return value

    def handshake(self, path: str, value: Any) -> dict:
        value = self.object(path, value, {"result", "reason", "sslClientVerify"}, {"httpStatus"})
        self.word(path, value["result"], vocabulary.results())
        if value["reason"] is not None:
            self.word(path, value["reason"], vocabulary.reasons())
        if (value["reason"] is not None) != (value["result"] == "FAILED"):
            self.fail(path, "a reason goes with FAILED, and only with it")
        if value["sslClientVerify"] is not None or value["result"] != "ABORTED":
            self.text(path, value["sslClientVerify"])
        if not 100 <= self.typed(path, value.get("httpStatus", 100), int, "an HTTP status") <= 599:
            self.fail(path, "expected an HTTP status")
        return value

    def expectation(self, path: str, name: str, value: Any) -> Stage:
        value = self.object(path, value, {"anyOf", "basis"}, {"note"})
        read = self.upload if name == "upload" else self.handshake
        any_of = self.typed(path, value["anyOf"], list, "an array of alternatives")
        if not any_of:
            self.fail(path, "anyOf is empty")
        return Stage(
            any_of=tuple(read(f"{path}.anyOf[{i}]", item) for i, item in enumerate(any_of)),
            basis=self.word(path, value["basis"], vocabulary.bases()),
            note=None if "note" not in value else self.text(path, value["note"]),
        )

    def case(self, value: Any) -> Case:
        required = {"id", "summary", "cites", "tags", "features", "time", "certificates", "expect"}
        value = self.object("the case", value, required, {"bundle", "client"})
        self.place = f"{self.place}: {self.text('id', value['id'])}"
        members = {"label", "role", "subject", "issuer", "key", "sha256"}
        certificates = self.typed("certificates", value["certificates"], list, "an array")
        expect = {}
        for profile, stages in self.typed("expect", value["expect"], dict, "an object").items():
            self.word("expect", profile, vocabulary.profiles())
            self.object(f"expect.{profile}", stages, set(), set(STAGES))
            expect[profile] = {
                name: self.expectation(f"expect.{profile}.{name}", name, item) for name, item in stages.items()
            }
        return Case(
            id=value["id"],
            summary=self.text("summary", value["summary"]),
            cites=self.texts("cites", value["cites"]),
            tags=frozenset(self.texts("tags", value["tags"])),
            features=frozenset(self.texts("features", value["features"])),
            bundle=self.input("bundle", "bundle", value["bundle"]) if "bundle" in value else None,
            client=self.client(value["client"]) if "client" in value else None,
            time=self.text("time", value["time"]),
            certificates=tuple(self.object("certificates", item, members) for item in certificates),
            expect=expect,
        )


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _load_json(place: str, text: bytes) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{place}: {error}") from None


def _read_lines(path: Path) -> Iterator[Case]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            place = f"{path}:{number}"
            yield _Reader(place, None).case(_load_json(place, line))


def _read_tree(path: Path) -> Iterator[Case]:
    manifest_file = path / "manifest.json"
    if not manifest_file.is_file():
        raise CorpusError(f"{path}: is no corpus: it has no manifest.json; mtls-gen corpus writes one")
    reader = _Reader(str(manifest_file), None)
    manifest = reader.object(
        "the manifest",
        _load_json(str(manifest_file), manifest_file.read_bytes()),
        {"corpusFormat", "seed", "suite", "cases", "files"},
    )
    if manifest["corpusFormat"] != FORMAT:
        raise CorpusError(f"{manifest_file}: is of format {manifest['corpusFormat']!r}, this program reads {FORMAT}")
    files = reader.typed("files", manifest["files"], dict, "an object")
    present = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()} - {"manifest.json"}
    for name in sorted(present ^ files.keys()):
        raise CorpusError(f"{path}: {name} is {'not in the manifest' if name in present else 'missing'}")
    for name, digest in files.items():
        if hashlib.sha256((path / name).read_bytes()).hexdigest() != digest:
            raise CorpusError(f"{path / name}: is not the file that the manifest describes (its SHA-256 differs)")
    cases = [path / name for name in files if name.endswith("/case.json")]
    if len(cases) != manifest["cases"]:
        raise CorpusError(f"{manifest_file}: counts {manifest['cases']!r} cases, there are {len(cases)}")
    for file in cases:
        case = _Reader(str(file), file.parent).case(_load_json(str(file), file.read_bytes()))
        if file.parent.relative_to(path).as_posix() != case.id:
            raise CorpusError(f"{file}: has the id {case.id!r}, which is not its folder")
        yield case


def _read_limbo(path: Path) -> list[Case]:
    """A suite in x509-limbo's form: what of it is for servers that authenticate clients. The rest is counted."""
    from . import limbo  # which stands on this module

    cases, left = limbo.for_clients(limbo.read(path))
    for why, count in left.most_common():
        print(f"{path}: {count} cases left out: {why}", file=sys.stderr)
    return cases


def load(path: Path, only: str | None = None) -> list[Case]:
    """The cases of a corpus (tree, jsonl, or limbo where its name ends in .json), in its order; with `only`, those
    whose id matches the glob. Raises CorpusError."""
    collects = gc.isenabled()
    gc.disable()  # nothing that is read is garbage, and looking for some takes a quarter of the time
    try:
        if path.suffix == ".json" and path.is_file():
            cases = _read_limbo(path)
        else:
            cases = list(_read_tree(path) if path.is_dir() else _read_lines(path))
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}") from None
    finally:
        if collects:
            gc.enable()
    seen = set()
    for case in cases:
        if case.id in seen:
            raise CorpusError(f"{path}: {case.id} is there twice")
        seen.add(case.id)
    chosen = [case for case in cases if only is None or fnmatchcase(case.id, only)]
    if not chosen:
        raise CorpusError(f"{path}: no case" + (f" matches {only}" if only and cases else ""))
    return chosen


def as_question(case: Case) -> dict:
    """The jsonl form of a case, without what the corpus knows of the answer."""
    value = {
        "id": case.id,
        "summary": "",
        "cites": [],
        "tags": sorted(case.tags),
        "features": sorted(case.features),
        "time": case.time,
        "certificates": [],
        "expect": {},
    }
    if case.bundle is not None:
        value["bundle"] = base64.b64encode(case.bundle).decode()
    if case.client is not None:
        client = value["client"] = {
            "options": {
                "verifyClientCertIssuerDN": case.client.verify_issuer_dn,
                "verifyClientAuthMode": "Passthrough" if case.client.passthrough else "Strict",
                "verifyClientRevocation": "OCSP" if case.client.ocsp else "None",
            }
        }
        if case.client.chain is not None:
            client["chain"] = case.client.chain.decode("utf-8", "replace")
        if case.client.key is not None:
            client["key"] = case.client.key.decode("utf-8", "replace")
        if case.client.ocsp_response is not None:
            client["ocspResponse"] = base64.b64encode(case.client.ocsp_response).decode()
    return value


def load_folder(folder: Path) -> Case:
    """The case of one folder of the tree form. Raises CorpusError."""
    file = folder / "case.json"
    try:
        return _Reader(str(file), folder).case(_load_json(str(file), file.read_bytes()))
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None


def load_one(path: Path, case_id: str) -> Case | None:
    """One case of a corpus, without reading the others; None if it is not there."""
    if path.is_dir():
        is_id = all(part not in ("", ".", "..") for part in case_id.split("/"))
        return load_folder(path / case_id) if is_id and (path / case_id / "case.json").is_file() else None
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if case_id.encode() in line:
                place = f"{path}:{number}"
                value = _load_json(place, line)
                if isinstance(value, dict) and value.get("id") == case_id:
                    return _Reader(place, None).case(value)
    return None


def ids(path: Path) -> list[str]:
    """The ids of a corpus's cases."""
    if path.is_dir():
        return sorted(file.parent.relative_to(path).as_posix() for file in path.rglob("case.json"))
    with path.open("rb") as lines:
        return [_load_json(str(path), line)["id"] for line in lines]


def pick(path: Path, ids: Collection[str]) -> list[Case]:
    """The cases of these ids, in the order given, without a look at the others. Raises CorpusError."""
    if path.is_dir():
        files = [path / case_id / "case.json" for case_id in ids]
        try:
            return [_Reader(str(file), file.parent).case(_load_json(str(file), file.read_bytes())) for file in files]
        except OSError as error:
            raise CorpusError(f"{error.filename}: {error.strerror}") from None
    found = {case.id: case for case in _read_lines(path) if case.id in ids}
    if missing := sorted(set(ids) - found.keys()):
        raise CorpusError(f"{path}: lacks {missing[0]}")
    return [found[case_id] for case_id in ids]

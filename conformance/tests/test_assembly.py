"""How the uploaded file is put together from its parts: every key of the mapping form, to the byte."""

import base64
import json

import pytest

HEAD = {
    "summary": "A file.",
    "cites": ["rfc7468#2"],
    "certificates": {"root": {"ca": True}, "int": {"ca": True, "issuer": "root"}},
    "expect": {"openssl": {"upload": {"result": "accepted", "basis": "observed"}}},
}


@pytest.fixture
def bundle(run, mtls_gen, tmp_path):
    def make(upload, *options) -> bytes:
        (tmp_path / "file.yaml").write_text(json.dumps({**HEAD, "upload": upload}))
        made = run(mtls_gen, "scenario", tmp_path / "file.yaml", "--out", tmp_path / "out", *options)
        assert made.returncode == 0, made.stderr
        return (tmp_path / "out" / "bundle.pem").read_bytes()

    return make


@pytest.fixture
def pem(bundle) -> dict[str, bytes]:
    return {label: bundle([label]) for label in ("root", "int")}


def crlf(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")


FILES = {
    "as it is": ({}, lambda root, inter: root + inter),
    "repeat 1": ({"repeat": 1}, lambda root, inter: root + inter),
    "repeat 3": ({"repeat": 3}, lambda root, inter: (root + inter) * 3),
    "no final line end": ({"final-eol": False}, lambda root, inter: (root + inter)[:-1]),
    "a final line end": ({"final-eol": True}, lambda root, inter: root + inter),
    "no final CRLF": ({"final-eol": False, "eol": "crlf"}, lambda root, inter: crlf(root + inter)[:-2]),
    "no final CR": ({"final-eol": False, "eol": "cr"}, lambda root, inter: (root + inter)[:-1].replace(b"\n", b"\r")),
    "repeated, no final line end": ({"final-eol": False, "repeat": 2}, lambda root, inter: ((root + inter) * 2)[:-1]),
    "repeated in CRLF": ({"eol": "crlf", "repeat": 2}, lambda root, inter: crlf((root + inter) * 2)),
    "prepend and append": ({"prepend": "00ff", "append": "0d"}, lambda root, inter: b"\0\xff" + root + inter + b"\r"),
    "BOM after what is prepended": ({"prepend": "00", "bom": "utf8"}, lambda root, inter: b"\0\xef\xbb\xbf" + root + inter),
    "UTF-16": ({"encoding": "utf16be", "bom": "utf16be"}, lambda root, inter: (b"\xfe\xff" + (root + inter).decode().encode("utf-16-be"))),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_file_as_a_whole(bundle, pem, name):
    keys, expected = FILES[name]
    assert bundle({"parts": ["root", "int"], **keys}) == expected(pem["root"], pem["int"])


def test_a_file_of_no_parts_has_no_line_end_to_lose(bundle):
    assert bundle({"parts": [], "final-eol": False, "repeat": 2}) == b""
    assert bundle({"parts": [{"text": "\r\n"}], "final-eol": False}) == b""


@pytest.mark.parametrize("size", [4000, 4001, 4063, 4064, 4065, 4128])
@pytest.mark.parametrize("eol, end", [("lf", b"\n"), ("crlf", b"\r\n")])
def test_padding_is_comment_lines_up_to_the_byte(bundle, pem, size, eol, end):
    file = bundle({"parts": ["root"], "pad-to": size, "eol": eol})
    root = pem["root"].replace(b"\n", end)
    assert len(file) == size and file.startswith(root)
    lines = file[len(root) :].split(end)
    assert lines[-1] == b"" and all(set(line) == {ord("#")} for line in lines[:-1])


@pytest.mark.parametrize(
    "choice, change",
    [("final-eol=none", lambda text: text[:-1]), ("final-eol=two", lambda text: text + b"\n"),
     ("eol=crlf", crlf), ("eol=cr", lambda text: text.replace(b"\n", b"\r")),
     ("width=none", None)],
)  # fmt: skip
def test_a_variant_changes_the_file_as_it_says(bundle, pem, choice, change):
    file = bundle(["root", "int"], "--set", choice)
    if change is not None:
        assert file == change(pem["root"] + pem["int"])
    else:
        lines = file.decode().splitlines()
        assert len(lines) == 6
        assert base64.b64decode(lines[1]) == base64.b64decode("".join(pem["root"].decode().splitlines()[1:-1]))


def test_the_order_of_final_line_ends_and_repetition_with_a_variant(bundle, pem):
    file = bundle({"parts": ["root"], "repeat": 2}, "--set", "final-eol=two", "--set", "eol=crlf")
    assert file == crlf(pem["root"] * 2) + b"\r\n"

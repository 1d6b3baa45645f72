"""The page: one file that asks no network, with the data packed inside and the program in page/*.js.

Data never is markup: it goes in as base64 of gzip, and the program puts text into the page as text alone. The content
security policy names the hash of the one script and the one style sheet, so nothing else could run."""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from importlib import resources

from ..corpus import Case
from ..results import Results
from . import payload

SCRIPTS = ("unpack.js", "marks.js", "model.js", "grid.js", "chain.js", "detail.js", "filters.js", "main.js")


def document(results: Results, cases: Sequence[Case]) -> str:
    page = resources.files(__package__) / "page"

    def source(name: str) -> str:
        return (page / name).read_text(encoding="utf-8")

    style = source("page.css")
    script = '"use strict";\n' + "\n".join(map(source, SCRIPTS))
    assert "</" not in script, "a script that could end its element"
    head, blocks = payload.pack(results, cases)
    data = [_block("head", head), *(_block(f"block-{number}", block) for number, block in enumerate(blocks))]
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    whole = source("page.html")
    for name, value in {"policy": policy, "style": style, "data": "\n".join(data), "script": script}.items():
        before, _, after = whole.partition(f"@{name}@")
        whole = before + value + after
    return whole


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _block(name: str, value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    packed = base64.b64encode(gzip.compress(text, 6, mtime=0)).decode()
    return f'<script type="application/octet-stream" id="{name}">{packed}</script>'

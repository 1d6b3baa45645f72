"""What pyproject.toml cannot say: the wheel takes the base suite and the schemas along, which lie outside this folder."""

import base64
import json
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CORPUS = Path(__file__).parent.absolute().parent / "corpus"
TEXTS = {"chain", "key"}  # inline these are the text itself, the others base64 (docs/case-format.md)


def inlined(folder: Path) -> str:
    """A case of the tree form as a line of the jsonl form."""
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    for holder in (case, case.get("client", {})):
        for member, value in holder.items():
            if isinstance(value, dict) and value.keys() == {"file"}:
                content = (folder / value["file"]).read_bytes()
                holder[member] = content.decode() if member in TEXTS else base64.b64encode(content).decode()
    return json.dumps(case, separators=(",", ":")) + "\n"


class WithCorpus(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return  # there the checkout itself is used
        out = Path(self.build_lib) / "mtls_conformance"
        if (CORPUS / "base/manifest.json").is_file():
            manifest = json.loads((CORPUS / "base/manifest.json").read_text(encoding="utf-8"))
            folders = [CORPUS / "base" / name for name in manifest["files"] if name.endswith("/case.json")]
            (out / "corpus").mkdir(parents=True, exist_ok=True)
            with (out / "corpus/base.jsonl").open("w", encoding="utf-8") as lines:
                lines.writelines(inlined(folder.parent) for folder in folders)
        (out / "schema").mkdir(parents=True, exist_ok=True)
        for schema in sorted((CORPUS / "schema").glob("*.json")):
            self.copy_file(str(schema), str(out / "schema" / schema.name))


setup(cmdclass={"build_py": WithCorpus})

"""Caddy with `require_and_verify`: a client that fails gets an alert; the debug log has the words of Go's net/http."""

import json
import re
import tempfile
from pathlib import Path

from .go_words import HANDSHAKE_ERROR, said_of
from .live import Identity, LiveServer, Said, ServerError, Site, run_once

PROTOCOLS = {0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


class Caddy(LiveServer):
    name = "caddy"
    program_names = ("caddy",)
    package = "caddy"
    log_names = ("output",)

    @classmethod
    def version(cls) -> str:
        result = run_once([cls.program(), "version"])
        built = run_once([cls.program(), "build-info"]).stdout
        go = re.search(r"^go\s+go(\S+)|\bgo(1\.[\d.]+)", built, re.M)
        return ", ".join([result.stdout.split()[0].lstrip("v"), *([f"Go {go[1] or go[2]}"] if go else [])])

    def environment(self, fd: int | None) -> dict[str, str]:
        return super().environment(fd) | {"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}

    def configure(self, identity: Identity, listen: tuple[str, int], fd: int | None) -> list[str | Path]:
        config = _write(self.folder, identity, self.sites, f"{listen[0]}:{listen[1]}", self.resume)
        return [self.program(), "run", "--config", config]

    def said(self, line: str) -> tuple[str, Said] | None:
        if not line.startswith("{"):
            return None
        try:
            entry = json.loads(line)
        except ValueError:
            return None
        if match := HANDSHAKE_ERROR.fullmatch(str(entry.get("msg", ""))):
            return match[1], said_of(match[2])
        request = entry.get("request")
        if not isinstance(request, dict) or "tls" not in request:
            return None
        peer = f"{request['remote_ip']}:{request['remote_port']}"
        protocol = PROTOCOLS.get(request["tls"].get("version"))
        return peer, Said("SUCCESS", str(protocol), protocol=protocol, status=entry.get("status"))

    @classmethod
    def refused_among(cls, files: list[Path], identity: Identity) -> tuple[dict[Path, str], list[Path]]:
        """`caddy validate` goes as far as loading them, in order, and stops at the first that it refuses."""
        sites = {f"n{number}.test": Site(file) for number, file in enumerate(files)}
        with tempfile.TemporaryDirectory(prefix="mtls-caddy-t-") as name:
            config = _write(Path(name), identity, sites, "127.0.0.1:1", resume=False)
            result = run_once([cls.program(), "validate", "--config", config], env={"HOME": name, "XDG_DATA_HOME": name})
        if result.returncode == 0:
            return {}, files
        words = result.stderr.strip().rpartition("Error: ")[2]
        for at, file in enumerate(files):
            if str(file) in words:
                return {file: words.replace(str(file), file.name)}, files[:at]
        raise ServerError(f"caddy validate failed, but not at a trust file: {words[-2000:]}")


def _write(folder: Path, identity: Identity, sites: dict[str, Site], listen: str, resume: bool) -> Path:
    # The certificate has none of the names, so it is chosen by its tag.
    chosen = {"certificate_selection": {"any_tag": ["own"]}, "protocol_min": "tls1.2"}
    policies = [
        {
            "match": {"sni": [name]},
            "client_authentication": {
                "trusted_ca_certs_pem_files": [str(site.trust)],
                "mode": "require_and_verify",
            },
            **chosen,
        }
        for name, site in sites.items()
    ]
    server = {
        "listen": [listen],
        "automatic_https": {"disable": True},
        "logs": {},
        "protocols": ["h1"],
        "routes": [{"handle": [{"handler": "static_response", "status_code": 200}]}],
        "tls_connection_policies": [*policies, chosen],
    }
    own = {"certificate": str(identity.certificate), "key": str(identity.key), "tags": ["own"]}
    log = {"level": "DEBUG", "writer": {"output": "stderr"}, "encoder": {"format": "json"}}
    value = {
        "admin": {"disabled": True},
        "logging": {"logs": {"default": {**log, "include": ["http.stdlib", "http.log.access"]}}},
        "apps": {
            "http": {"servers": {"gauntlet": server}},
            "tls": {"certificates": {"load_files": [own]}, "session_tickets": {"disabled": not resume}},
        },
    }
    config = folder / "caddy.json"
    config.write_text(json.dumps(value))
    return config

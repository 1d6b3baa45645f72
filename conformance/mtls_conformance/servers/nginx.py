"""nginx lets OpenSSL's verification go on after an error and answers 400 itself, so $ssl_client_verify has the
verdict, and it is the error that came last."""

import os
import re
import signal
import tempfile
from pathlib import Path

from ..vocabulary import handshake_of
from .live import VERIFY_DEPTH, Identity, LiveServer, Said, ServerError, Site, run_once

HTTP = """\
{user}worker_processes {workers};
pid "{folder}/nginx.pid";
error_log "{folder}/error.log" warn;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path "{folder}/body";
    proxy_temp_path "{folder}/proxy";
    fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi";
    scgi_temp_path "{folder}/scgi";
    server_names_hash_bucket_size 128;
    server_names_hash_max_size 65536;
    log_format verdict escape=none "$remote_addr:$remote_port\\t$ssl_protocol\\t$status\\t$ssl_client_verify\\t$request_uri";
    access_log "{folder}/log" verdict;
    ssl_certificate "{identity.certificate}";
    ssl_certificate_key "{identity.key}";
    ssl_protocols TLSv1.2 TLSv1.3;
{resume}
{servers}
}}
"""

SERVER = """\
    server {{
        listen {listen} ssl;
        server_name {name};
        ssl_client_certificate "{site.trust}";
        ssl_verify_client {verify};
        ssl_verify_depth {depth};{ocsp}
        location / {{ return 200; }}
    }}
"""

NO_RESUMPTION = "    ssl_session_cache off;\n    ssl_session_tickets off;"
RESUMPTION = "    ssl_session_cache shared:all:1m;\n    ssl_session_tickets on;"


class Nginx(LiveServer):
    name = "nginx"
    program_names = ("nginx",)
    package = "nginx"
    stop_signal = signal.SIGQUIT  # it ends when its connections have
    answers_after_failure = True
    logs_failures = False  # those that it answers have a request; the rest has broken off before
    asks_ocsp = True
    takes_clock = True
    takes_socket = True
    unquotable = ('"', "\\", "$")  # a dollar begins a variable, and nothing escapes it

    def __init__(self, sites: dict[str, Site], *, verify: str = "on", **others):
        super().__init__(sites, **others)
        self.verify = verify

    @classmethod
    def version(cls) -> str:
        result = run_once([cls.program(), "-V"])
        built = re.search(r"(?:running|built) with (OpenSSL \S+)", result.stderr)
        return ", ".join(match[1] for match in (re.search(r"nginx/(\S+)", result.stderr), built) if match)

    def environment(self, fd: int | None) -> dict[str, str]:
        # It takes over a listening socket that its environment names, as when its binary is replaced.
        return super().environment(fd) | {"NGINX": f"{fd};"}

    def configure(self, identity: Identity, listen: tuple[str, int], fd: int | None) -> list[str | Path]:
        config = self.folder / "nginx.conf"
        resume = RESUMPTION if self.resume else NO_RESUMPTION
        config.write_text(
            _config(self.folder, identity, self.sites, f"{listen[0]}:{listen[1]}", self.verify, resume)
        )
        return [self.program(), "-p", self.folder, "-e", self.folder / "error.log", "-c", config, "-g", "daemon off;"]

    def said(self, line: str) -> tuple[str, Said] | None:
        fields = line.split("\t")
        if len(fields) != 5 or not fields[2].isdigit():
            return None
        peer, protocol, status, verify, path = fields
        verdict = handshake_of(verify, int(status))
        reasons = (verdict["reason"],) if verdict["reason"] else ()
        return peer, Said(verdict["result"], verify, reasons, verify, protocol, int(status), path)

    @classmethod
    def refused_among(cls, files: list[Path], identity: Identity) -> tuple[dict[Path, str], list[Path]]:
        """nginx loads the files of its servers one after another and stops at the first that it refuses, naming it:
        those before it are taken. One run so tells of many good files, or of one bad one."""
        with tempfile.TemporaryDirectory(prefix="mtls-nginx-t-") as name:
            folder = Path(name)
            sites = {f"n{number}": Site(file) for number, file in enumerate(files)}
            config = _config(folder, identity, sites, "unix:socket", "on", NO_RESUMPTION)
            (folder / "nginx.conf").write_text(config)
            command = [cls.program(), "-t", "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]
            # In the folder: a socket's path has 107 bytes at most, the folder's may have more.
            result = run_once(command, cwd=folder)
        if result.returncode == 0:
            return {}, files
        emergency = re.search(r"\[emerg\] (?:\d+#\d+: )?(.*)", result.stderr)
        for at, file in enumerate(files):
            if emergency is not None and f'("{file}")' in emergency[1]:
                return {file: emergency[1].replace(str(file), file.name)}, files[:at]
        raise ServerError(f"nginx -t failed, but not at a trust file: {result.stderr.strip()}")


def _config(
    folder: Path, identity: Identity, sites: dict[str, Site], listen: str, verify: str, resume: str
) -> str:
    return HTTP.format(
        user="user root;\n" if os.geteuid() == 0 else "",  # the workers read what root's folders hold
        workers=os.cpu_count() or 1,
        folder=folder,
        identity=identity,
        resume=resume,
        servers="".join(_server(site, name, listen, verify) for name, site in sites.items()),
    )


def _server(site: Site, name: str, listen: str, verify: str) -> str:
    ocsp = "\n        ssl_ocsp leaf;" if site.ocsp else ""
    if site.responder is not None:
        ocsp += f"\n        ssl_ocsp_responder {site.responder};"
    return SERVER.format(listen=listen, name=name, site=site, verify=verify, depth=VERIFY_DEPTH, ocsp=ocsp)

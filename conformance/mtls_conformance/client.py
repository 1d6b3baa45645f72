"""A TLS client that sends one certificate chain exactly as it is given, and reads what it is answered."""

import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path

VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}
ANSWER_MAX = 65536
TIMED_OUT = "timed out"


class CannotSend(Exception):
    """OpenSSL's client does not take this chain and key, so no server ever sees them."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int | None  # the HTTP status; None: the connection ended before there was one
    protocol: str | None
    error: str | None  # what ended it
    peer: str | None = field(default=None, compare=False)  # this client as the server sees it: "127.0.0.1:40000"
    asked: bool | None = field(default=None, compare=False)  # whether the server wanted a certificate, where known


def context_for(chain: Path | None, key: Path | None, version: str | None = None) -> ssl.SSLContext:
    """A client that trusts every server, and sends weak certificates too (security level 0). Trusting no CA, it has
    none from which OpenSSL could complete the chain. Raises CannotSend."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version is not None:
        limit_to(context, version)
    context.set_ciphers("ALL:@SECLEVEL=0")
    if chain is not None:
        try:
            context.load_cert_chain(chain, key, password=b"")
        except (ssl.SSLError, ValueError) as error:
            raise CannotSend(getattr(error, "reason", None) or str(error)) from None
    return context


def limit_to(context: ssl.SSLContext, version: str):
    """For the connections that are opened from now on: making a context costs as much as a handshake."""
    context.minimum_version = context.maximum_version = VERSIONS[version]


def request(
    address: tuple[str, int],
    server_name: str,
    path: str,
    context: ssl.SSLContext,
    seconds: float = 10,
    source: str | None = None,
) -> Reply:
    """One handshake and one GET, on a connection of its own, from the address `source` if one is given. Nothing that
    the server does raises."""
    protocol = peer = None
    answer = b""
    try:
        with connect(address, seconds, source) as plain:
            peer = name_of(plain)
            with context.wrap_socket(plain, server_hostname=server_name) as tls:
                protocol = tls.version()
                tls.sendall(get(server_name, path))
                while len(answer) < ANSWER_MAX and (piece := tls.recv(ANSWER_MAX)):
                    answer += piece
    except OSError as error:  # ssl.SSLError is one: under TLS 1.3 the server's alert comes with the first read
        if not answer:
            return Reply(None, protocol, _words(error), peer)
    return reply_of(answer, protocol, peer)


def _words(error: OSError) -> str:
    return TIMED_OUT if isinstance(error, TimeoutError) else getattr(error, "reason", None) or str(error)


def connect(address: tuple[str, int], seconds: float, source: str | None) -> socket.socket:
    return socket.create_connection(address, timeout=seconds, source_address=(source, 0) if source else None)


def name_of(plain: socket.socket) -> str:
    host, port = plain.getsockname()[:2]
    return f"{host}:{port}"


def get(server_name: str, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {server_name}\r\nConnection: close\r\n\r\n".encode()


def reply_of(answer: bytes, protocol: str | None, peer: str | None, error: str = "closed without an answer") -> Reply:
    words = answer.split(None, 2)
    if len(words) >= 2 and words[0].startswith(b"HTTP/1.") and words[1].isdigit():
        return Reply(int(words[1]), protocol, None, peer)
    return Reply(None, protocol, error, peer)

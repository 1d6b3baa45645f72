"""Sends what OpenSSL's client refuses to: malformed certificates, an empty list, any order, any number.

GnuTLS lets an application answer the server's request with bytes of its own choice beside a private key, and does
not look into them. It is called through its C interface (gnutls/gnutls.h, gnutls/abstract.h); libgnutls.so.30 is on
every Debian and Ubuntu machine, since apt stands on it.
"""

import base64
import ctypes
import re
import socket
import struct
import time
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_ubyte, c_uint, c_void_p
from dataclasses import replace
from functools import cache

from .client import ANSWER_MAX, TIMED_OUT, CannotSend, Reply, connect, get, name_of, reply_of

CLIENT = 1 << 1
X509_CERTIFICATE = 1
CREDENTIALS_CERTIFICATE = 1
NAME_DNS = 1
PEM_FORMAT = 1
E_AGAIN, E_INTERRUPTED = -28, -52
FATAL_ALERT_RECEIVED = -12
PRIORITIES = {
    "TLSv1.2": b"NORMAL:-VERS-ALL:+VERS-TLS1.2:+SIGN-ALL:%VERIFY_ALLOW_BROKEN",
    "TLSv1.3": b"NORMAL:-VERS-ALL:+VERS-TLS1.3:+SIGN-ALL:%VERIFY_ALLOW_BROKEN",
}
CHAIN_MAX = 1000  # certificates

PEM_BLOCK = re.compile(rb"-----BEGIN [A-Z0-9 ]*CERTIFICATE-----(.*?)-----END [A-Z0-9 ]*CERTIFICATE-----", re.S)


class Datum(Structure):
    _fields_ = [("data", POINTER(c_ubyte)), ("size", c_uint)]


class Pcert(Structure):
    _fields_ = [("pubkey", c_void_p), ("cert", Datum), ("type", c_int)]


# gnutls_certificate_retrieve_function2: session, CA names, their number, algorithms, their number; then what is sent.
Retrieve = CFUNCTYPE(
    c_int, c_void_p, c_void_p, c_int, c_void_p, c_int, POINTER(c_void_p), POINTER(c_uint), POINTER(c_void_p)
)


@cache
def library() -> ctypes.CDLL:
    try:
        gnutls = ctypes.CDLL("libgnutls.so.30")
    except OSError as error:
        raise CannotSend(f"there is no GnuTLS on this machine: {error}") from None
    gnutls.gnutls_strerror.restype = c_char_p
    gnutls.gnutls_alert_get_name.restype = c_char_p
    gnutls.gnutls_record_send.restype = gnutls.gnutls_record_recv.restype = ctypes.c_ssize_t
    gnutls.gnutls_record_send.argtypes = [c_void_p, c_char_p, c_size_t]
    gnutls.gnutls_record_recv.argtypes = [c_void_p, c_char_p, c_size_t]
    gnutls.gnutls_certificate_set_retrieve_function2.argtypes = [c_void_p, Retrieve]
    gnutls.gnutls_certificate_set_retrieve_function2.restype = None
    gnutls.gnutls_transport_set_int2.argtypes = [c_void_p, c_int, c_int]
    gnutls.gnutls_transport_set_int2.restype = None
    return gnutls


def blocks(chain: bytes) -> list[bytes]:
    """What stands between the delimiters of each certificate, DER or not."""
    try:
        return [base64.b64decode(b"".join(block.split())) for block in PEM_BLOCK.findall(chain)]
    except ValueError as error:
        raise CannotSend(f"a block of the chain is not base64: {error}") from None


def check(status: int, what: str):
    if status < 0:
        raise CannotSend(f"GnuTLS: {what}: {library().gnutls_strerror(status).decode()}")


class _Credentials:
    """The chain and key of one client, and the C objects that hold them."""

    def __init__(self, chain: list[bytes], key_pem: bytes):
        gnutls = library()
        self.x509_key, self.key, self.pubkey, self.certificates = c_void_p(), c_void_p(), c_void_p(), c_void_p()
        self.chain_bytes = [(c_ubyte * max(len(der), 1)).from_buffer_copy(der or b"\0") for der in chain]
        self.pcerts = (Pcert * max(len(chain), 1))()
        self.num_pcerts = len(chain)
        self.asked = False
        self.retrieve = Retrieve(self._retrieve)
        pem = (c_ubyte * len(key_pem)).from_buffer_copy(key_pem)
        check(gnutls.gnutls_x509_privkey_init(byref(self.x509_key)), "private key")
        try:
            datum = Datum(ctypes.cast(pem, POINTER(c_ubyte)), len(key_pem))
            check(
                gnutls.gnutls_x509_privkey_import2(self.x509_key, byref(datum), PEM_FORMAT, None, 0), "private key"
            )
            check(gnutls.gnutls_privkey_init(byref(self.key)), "private key")
            check(gnutls.gnutls_privkey_import_x509(self.key, self.x509_key, 0), "private key")
            check(gnutls.gnutls_pubkey_init(byref(self.pubkey)), "public key")
            check(gnutls.gnutls_pubkey_import_privkey(self.pubkey, self.key, 0, 0), "public key")
            check(gnutls.gnutls_certificate_allocate_credentials(byref(self.certificates)), "credentials")
        except BaseException:
            self.free()
            raise
        for pcert, der, held in zip(self.pcerts, chain, self.chain_bytes):
            pcert.pubkey = self.pubkey.value
            pcert.cert = Datum(ctypes.cast(held, POINTER(c_ubyte)), len(der))
            pcert.type = X509_CERTIFICATE
        gnutls.gnutls_certificate_set_retrieve_function2(self.certificates, self.retrieve)

    def _retrieve(self, _session, _names, _num_names, _algorithms, _num_algorithms, out_pcerts, out_num, out_key):
        self.asked = True
        out_pcerts[0] = ctypes.cast(self.pcerts, c_void_p)
        out_num[0] = self.num_pcerts
        out_key[0] = self.key.value
        return 0

    def free(self):
        gnutls = library()
        if self.certificates:
            gnutls.gnutls_certificate_free_credentials(self.certificates)
        if self.pubkey:
            gnutls.gnutls_pubkey_deinit(self.pubkey)
        if self.key:
            gnutls.gnutls_privkey_deinit(self.key)
        if self.x509_key:
            gnutls.gnutls_x509_privkey_deinit(self.x509_key)


def request(
    address: tuple[str, int],
    server_name: str,
    path: str,
    chain: bytes,
    key: bytes,
    version: str,
    seconds: float = 10,
    source: str | None = None,
) -> Reply:
    """As client.request, with the blocks of `chain` sent as they are. Raises CannotSend if `key` cannot sign."""
    gnutls = library()
    certificates = blocks(chain)
    if len(certificates) > CHAIN_MAX:
        raise CannotSend(f"a chain of more than {CHAIN_MAX} certificates")
    credentials = _Credentials(certificates, key)
    session = c_void_p()
    try:
        check(gnutls.gnutls_init(byref(session), CLIENT), "session")
        check(gnutls.gnutls_priority_set_direct(session, PRIORITIES[version], None), "priorities")
        name = server_name.encode()
        check(gnutls.gnutls_server_name_set(session, NAME_DNS, name, c_size_t(len(name))), "server name")
        check(
            gnutls.gnutls_credentials_set(session, CREDENTIALS_CERTIFICATE, credentials.certificates), "credentials"
        )
        reply = _exchange(gnutls, session, address, server_name, path, version, seconds, source)
        return replace(reply, asked=credentials.asked)
    finally:
        if session:
            gnutls.gnutls_deinit(session)
        credentials.free()


def _exchange(gnutls, session, address, server_name, path, version, seconds, source) -> Reply:
    try:
        plain = connect(address, seconds, source)
    except OSError as error:
        return Reply(None, None, str(error))
    with plain:
        peer = name_of(plain)
        # GnuTLS reads the socket itself: Python's timeout, which makes it non-blocking, becomes the kernel's.
        plain.setblocking(True)
        limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        gnutls.gnutls_transport_set_int2(session, plain.fileno(), plain.fileno())
        status = gnutls.gnutls_handshake(session)
        if status < 0:
            return Reply(None, None, _error(gnutls, session, status), peer)
        message = get(server_name, path)
        status = gnutls.gnutls_record_send(session, message, len(message))
        answer, piece = b"", ctypes.create_string_buffer(16384)
        deadline = time.monotonic() + seconds
        while status > 0 and len(answer) < ANSWER_MAX:
            status = gnutls.gnutls_record_recv(session, piece, len(piece))
            if status in (E_AGAIN, E_INTERRUPTED) and time.monotonic() < deadline:
                status = 1  # a message of TLS 1.3's own came, not yet the answer
                continue
            answer += piece.raw[: max(status, 0)]
    ended = _error(gnutls, session, status) if status < 0 else "closed without an answer"
    return reply_of(answer, version, peer, ended)


def _error(gnutls, session, status: int) -> str:
    if status == FATAL_ALERT_RECEIVED:
        return f"alert: {gnutls.gnutls_alert_get_name(gnutls.gnutls_alert_get(session)).decode()}"
    if status in (E_AGAIN, E_INTERRUPTED):
        return TIMED_OUT
    return gnutls.gnutls_strerror(status).decode()

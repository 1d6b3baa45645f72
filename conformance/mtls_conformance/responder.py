"""An OCSP responder on loopback that answers each case's path with that case's bytes, whatever it is asked."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


REQUEST_MAX = 65536


class Responder:
    """A context manager. `answers`: path -> DER of an OCSP response."""

    def __init__(self, answers: dict[str, bytes]):
        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self):  # nginx sends the request as base64 behind the responder's path (RFC 6960 A.1)
                self.give()

            def do_POST(self):  # Apache httpd posts it
                self.rfile.read(min(int(self.headers.get("Content-Length") or 0), REQUEST_MAX))
                self.give()

            def give(self):
                answer = answers.get("/" + self.path.split("/")[1])
                if answer is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/ocsp-response")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}/"

    def __enter__(self) -> "Responder":
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

"""A headless Chromium for the tests of the page, spoken to over two pipes (--remote-debugging-pipe): no driver and no
package. It has a folder of its own, no network (all hosts resolve to nothing), and ends with the test."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SECONDS = 60
KEYS = {
    "Enter": 13,
    "Escape": 27,
    "ArrowUp": 38,
    "ArrowDown": 40,
    "ArrowLeft": 37,
    "ArrowRight": 39,
    "End": 35,
    "Home": 36,
}


class Chromium:
    def __init__(self):
        self.messages: list[str] = []  # what the console and the page complained of
        self._number = 0
        self._buffer = b""

    def __enter__(self) -> "Chromium":
        self._folder = tempfile.mkdtemp(prefix="mtls-page-")
        ours, theirs = os.pipe(), os.pipe()  # (they read, we write), (we read, they write)
        self._write, self._read = ours[1], theirs[0]
        # The program reads file descriptor 3 and writes 4: a shell puts them there (dash knows no two-digit ones).
        command = (
            f'exec "$@" 3<&{ours[0]} 4>&{theirs[1]}',
            "chromium",
            PROGRAM,
            "--headless",
            "--no-sandbox",  # a container's root may not use it; the page is our own
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={self._folder}",
            "--remote-debugging-pipe",
            "about:blank",
        )
        self._process = subprocess.Popen(
            ["bash", "-c", *command],
            pass_fds=(ours[0], theirs[1]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(ours[0])
        os.close(theirs[1])
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = None
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self._folder, ignore_errors=True)

    _session: str | None = None

    def _call(self, method: str, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + SECONDS
        while True:
            answer = self._next(deadline)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def _next(self, deadline: float) -> dict:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0, deadline - time.monotonic()))
            data = os.read(self._read, 1 << 20) if ready else b""
            if not data:
                raise RuntimeError("Chromium ended" if ready else f"Chromium did not answer within {SECONDS} s")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\0")
        event = json.loads(line)
        parameters = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.messages.append(json.dumps(parameters["exceptionDetails"]))
        elif event.get("method") == "Runtime.consoleAPICalled":
            self.messages.append(json.dumps(parameters["args"]))
        elif event.get("method") == "Log.entryAdded":
            self.messages.append(parameters["entry"]["text"])
        return event

    def window(self, width: int = 1440, height: int = 900, dark: bool = False):
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, page: Path, fragment: str = ""):
        """Opens a page of ours and waits until it says that it is ready."""
        self._call("Page.navigate", url="about:blank")
        self._call("Page.navigate", url=page.resolve().as_uri() + fragment)
        self.wait("performance.getEntriesByName('opened').length > 0 || !document.getElementById('fault').hidden")

    def run(self, script: str):
        """The value of an expression in the page; a promise is waited for."""
        result = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", script))
        return result["result"].get("value")

    def wait(self, script: str):
        deadline = time.monotonic() + SECONDS
        while not self.run(f"Boolean((() => {{ try {{ return {script} }} catch {{ return false }} }})())"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"never true: {script}")
            time.sleep(0.01)

    def press(self, *keys: str):
        """Keys, one after another, as from a keyboard: names, or characters."""
        for key in keys:
            code = {"windowsVirtualKeyCode": KEYS[key]} if key in KEYS else {}
            text = {} if key in KEYS and key != "Enter" else {"text": "\r" if key == "Enter" else key}
            self._call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, **code, **text)
            self._call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, **code)

    def screenshot(self, path: Path):
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

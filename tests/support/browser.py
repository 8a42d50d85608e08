"""A headless Chromium, driven over its debugging protocol: enough to open a page, click, type and look."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
START_S, STEP_S = 60.0, 30.0
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio",
    "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0", "--disable-background-networking",
)  # fmt: skip


def browser() -> str:
    """Path of one, "" where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


class Page:
    """One page.

    Args:
        socket: Of its debugging protocol.

    Attributes:
        requests: Addresses that it asked for.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._ids = socket, count(1)
        self.requests: list[str] = []
        self.problems: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = self._receive()
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                found: dict[str, Any] = message["result"]
                return found

    def open(self, path: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.go(path.as_uri())

    def go(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        self._socket.send(json.dumps({"id": 0, "method": "Page.navigate", "params": {"url": url}}))
        while self._receive().get("method") != "Page.loadEventFired":
            pass

    def value(self, script: str) -> Any:
        """What an expression is; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, **({"text": text} if text else {}))

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(STEP_S))
        params = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Runtime.exceptionThrown":
                self.problems.append(str(params["exceptionDetails"]))
            case "Log.entryAdded":
                self.problems.append(str(params["entry"]))
        return message


@contextmanager
def opened(folder: Path) -> Iterator[Page]:
    """A page of a browser that keeps its files in ``folder``; it is ended behind it."""
    process = subprocess.Popen(
        [browser(), *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_address(folder / "DevToolsActivePort"), max_size=None) as socket:
            yield Page(socket)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(told: Path) -> str:
    """Where the first page is debugged."""
    import urllib.request

    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            port = int(told.read_text().split()[0])
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
                return str(next(page for page in json.load(answer) if page["type"] == "page")["webSocketDebuggerUrl"])
        except (OSError, ValueError, IndexError, StopIteration):
            time.sleep(0.05)
    raise TimeoutError(f"the browser did not start within {START_S:.0f} s")

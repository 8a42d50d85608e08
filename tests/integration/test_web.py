"""``voice-tui web`` in a browser: the door, the console with its keys, the report of a recording."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.test_determinism import interrupted
from tests.simulation.test_recording import recorded
from tests.support.browser import Page, browser, opened
from tests.support.environment import environment

pytest.importorskip("textual_serve", reason="the extra web is not installed")
pytestmark = [
    pytest.mark.outside,
    pytest.mark.wall_clock,
    pytest.mark.skipif(not browser(), reason="there is no Chromium here"),
]
PATIENCE_S = 60.0
PRESSED_LATE = "WebSocket is already in CLOSING or CLOSED state"  # a key of ours behind the one that made it leave


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    recorded(interrupted, home / "recordings")
    options = ["--mic", "none", "--speaker", "none", "--brain", "echo", "--no-memory", "--no-greeting"]
    process = subprocess.Popen(
        [sys.executable, "-m", "voice_tui", "web", "--recordings", str(home / "recordings"), "--", *options],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        assert process.wait(10) == 0
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def page(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with opened(tmp_path_factory.mktemp("browser")) as page:
        page.go(address)
        until(page, "document.querySelector('#terminal') !== null")
        yield page


def until(page: Page, condition: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not page.value(condition):
        assert time.monotonic() < end, f"never: {condition}; {page.problems}"
        time.sleep(0.2)


def test_the_code_of_the_address_lets_in_and_is_gone_from_it(page: Page, address: str) -> None:
    assert page.value("location.href") == address.split("#")[0]
    assert "voice-tui-" not in page.value("document.cookie")
    assert {url.split("/")[2] for url in page.requests if url.startswith("http")} == {address.split("/")[2]}


def test_the_console_is_painted_and_takes_keys(page: Page) -> None:
    until(page, "document.body.classList.contains('-first-byte')")
    until(page, "document.querySelector('.xterm-screen') !== null")
    page.value("document.querySelector('textarea').focus()")
    key = {"key": "q", "code": "KeyQ", "windowsVirtualKeyCode": 81, "modifiers": 2}
    end = time.monotonic() + PATIENCE_S
    while not page.value("document.body.classList.contains('-closed')"):  # the console has read Ctrl+Q, and left
        assert time.monotonic() < end
        for kind in ("keyDown", "keyUp"):
            page.call("Input.dispatchKeyEvent", type=kind, **key)
        time.sleep(0.5)
    errors = [problem for problem in page.problems if "'level': 'error'" in problem]
    assert not [error for error in errors if PRESSED_LATE not in error]


def test_a_report_is_listed_and_opens(page: Page, address: str) -> None:
    page.go(address.split("#")[0] + "recordings")
    link = page.value("document.querySelector('td a').href")
    page.go(link)
    assert page.value("typeof rows") == "object"
    assert page.value("rows.length") > 0


@pytest.mark.usefixtures("page")  # it has spent the code
def test_another_browser_stays_outside(address: str, tmp_path: Path) -> None:
    with opened(tmp_path / "other") as stranger:
        stranger.go(address)
        until(stranger, "document.getElementById('said')?.textContent.includes('spent')")

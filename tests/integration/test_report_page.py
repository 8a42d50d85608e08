"""The report in a browser: a click on a turn seeks the sound, the keyboard works, nothing is asked of any network."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.test_determinism import interrupted
from tests.simulation.test_recording import recorded
from tests.support.browser import Page, browser, opened
from voice_tui.replay.report import report

pytestmark = [
    pytest.mark.outside,
    pytest.mark.wall_clock,
    pytest.mark.skipif(not browser(), reason="there is no Chromium here"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("report")
    _, talk = recorded(interrupted, folder / "recordings")
    path = folder / "report.html"
    path.write_text(report(talk), "utf-8")
    with opened(folder / "profile") as page:
        page.open(path)
        page.value("new Promise(done => sound.readyState ? done() : sound.onloadedmetadata = () => done())")
        yield page


def test_it_needs_nothing_but_itself(page: Page) -> None:
    assert {url.split(":", 1)[0] for url in page.requests} <= {"file", "data", "about"}
    assert page.problems == []


def test_it_holds_the_whole_sound(page: Page) -> None:
    assert page.value("sound.duration") == pytest.approx(page.value("length"), abs=0.05)


def test_a_click_on_a_turn_seeks_the_sound_and_marks_the_turn(page: Page) -> None:
    page.value("sound.pause()")
    at = page.value("timeOf(rows[1])")
    assert at > 0
    page.value("rows[1].click()")
    page.value("sound.pause()")
    assert page.value("sound.currentTime") == pytest.approx(at, abs=1.0)
    assert page.value("rows[1].classList.contains('now')")


def test_a_click_on_the_waveform_seeks_there(page: Page) -> None:
    page.value("sound.pause()")
    page.value(
        "(() => { const box = wave.getBoundingClientRect(); wave.dispatchEvent(new MouseEvent('click',"
        " {clientX: box.left + box.width / 2, clientY: box.top + 5})); })()"
    )
    page.value("sound.pause()")
    assert page.value("sound.currentTime") == pytest.approx(page.value("length") / 2, abs=1.0)


def test_the_keyboard_goes_from_turn_to_turn_and_plays(page: Page) -> None:
    page.value("(sound.pause(), document.activeElement.blur())")
    for _ in range(2):
        page.press("j", "j")
    assert page.value("rows.indexOf(document.activeElement)") == 1
    page.press("k", "k")
    assert page.value("rows.indexOf(document.activeElement)") == 0
    page.value("document.activeElement.blur()")
    page.press(" ", " ")
    assert page.value("sound.paused") is False
    page.press(" ", " ")
    assert page.value("sound.paused") is True
    page.value("seek(4)")
    page.press("ArrowLeft")
    assert page.value("at") == 0


def test_it_is_light_where_that_is_wished_and_dark_where_that_is(page: Page) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        grounds.add(page.value("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_it_prints(page: Page) -> None:
    printed = base64.b64decode(page.call("Page.printToPDF")["data"])
    assert printed.startswith(b"%PDF")


def test_it_fits_a_narrow_window(page: Page, tmp_path: Path) -> None:
    page.call("Emulation.setDeviceMetricsOverride", width=380, height=800, deviceScaleFactor=1, mobile=False)
    assert page.value("document.documentElement.scrollWidth") <= 380
    page.call("Emulation.clearDeviceMetricsOverride")

"""A console on the line in which only the test strikes the beat, and what is drawn of it, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from textual._compositor import ChopsUpdate
from textual.geometry import Region
from textual.widget import Widget

from tests.support.stage import Stage, settings
from voice_tui.audio.decibels import from_dbfs
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.talk import LevelMeasured
from voice_tui.ui.common.compositor import NarrowCompositor


def level(dbfs: float, t: float) -> LevelMeasured:
    return LevelMeasured(dbfs, -90, from_dbfs(dbfs), t)


@contextmanager
def drawn(patch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often each widget is drawn, and under ``""`` how often anything is."""
    count: Counter[str] = Counter()
    lines_of, update = Widget.render_lines, NarrowCompositor.render_partial_update

    def render_lines(widget: Widget, crop: Region) -> object:
        count[widget.id or type(widget).__name__] += 1
        return lines_of(widget, crop)

    def render_partial_update(compositor: NarrowCompositor) -> ChopsUpdate | None:
        made = update(compositor)
        count[""] += made is not None
        return made

    with patch.context() as patched:
        patched.setattr(Widget, "render_lines", render_lines)
        patched.setattr(NarrowCompositor, "render_partial_update", render_partial_update)
        yield count


async def live(stage: Stage) -> None:
    """On the line, everything is drawn; nothing blinks by itself, and the beat is struck by the test alone."""
    stage.app.console_screen.prompt.cursor_blink = False
    (pulse,) = (timer for timer in stage.app._timers if timer._callback == stage.app.beat.strike)
    pulse.stop()
    await stage.say(LinkChanged(Link.LIVE, "", "local", "echo"), settings("natural"), level(-90, 0.0))

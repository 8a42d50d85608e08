"""The event inspector over a wire, and what stands on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.stage import Stage, staged
from tests.support.wire_story import Sent, Wire
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.ui.inspector.screen import Inspector


@asynccontextmanager
async def inspecting(wire: Wire, size: tuple[int, int] = (120, 36)) -> AsyncIterator[tuple[Stage, Inspector]]:
    async with staged(size, wire=wire.store) as stage:
        await stage.say(LinkChanged(Link.LIVE))
        await stage.pilot.press("f10")
        await stage.pilot.pause()
        screen = stage.app.screen
        assert isinstance(screen, Inspector)
        await read(stage, screen)
        yield stage, screen
    wire.store.close()


async def read(stage: Stage, screen: Inspector) -> None:
    """Let it read to the end of what there is, a second later."""
    stage.seconds += 1
    screen._look()
    for _ in range(200):
        await stage.pilot.pause()
        if not screen._reading:
            return
        await stage.pilot.pause(0.006)
    raise AssertionError("it reads for ever")


def kinds(screen: Inspector) -> list[str]:
    log = screen.events
    events = [log.at(place) for place in range(log.count)]
    return [log.store.glance(event).type for event in events if event is not None]


def current(screen: Inspector) -> str:
    assert screen.current is not None
    return screen.events.store.glance(screen.current).type


def text(screen: Inspector) -> str:
    """What the screen shows, as lines."""
    widgets = (screen.list, screen.detail)
    return "\n".join(
        "".join(segment.text for segment in strip)
        for widget in widgets
        for strip in widget.render_lines(widget.size.region)
    )


def is_audio(each: Sent) -> bool:
    return each.event["type"] in ("input_audio_buffer.append", "response.output_audio.delta")

"""What a family without items looks like in both outputs: the lines of ``talk`` and the console."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from tests.simulation.endless import ABLE, ENDLESS
from tests.simulation.endless_server import EndlessServer
from tests.simulation.test_endless import ANSWERS, endless
from tests.simulation.world import World
from voice_tui.drivers.talk import Talk
from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import Phase
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.virtual_time import VirtualLoop
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.console.transcript import TranscriptPane


def test_talk_prints_every_turn_of_both_sides_once() -> None:
    printed: list[str] = []

    def serve(world: World) -> EndlessServer:
        return EndlessServer(world.speech.transcribe, world.voice.synthesise, ANSWERS)

    async def talk(loop: VirtualLoop) -> None:
        world = World(loop, 4, serve=serve)
        microphone, speaker = (lambda name: world.microphone), (lambda name: world.speaker)
        options = world.reached(
            profile=Profile(), family=ENDLESS, capabilities=ABLE, open_microphone=microphone, open_speaker=speaker
        )
        await Talk(options, say=("Hello there.", "And what then?"), seconds=40.0, out=printed.append).run()

    virtual_time.run(talk)
    assert [line.split("   ")[0] for line in printed[:1]] == ["[connected to embedded · demo]"]
    assert [" ".join(line.split()) for line in printed[1:]] == [
        "You Hello there.",
        f"AI {ANSWERS[0]}",
        "You And what then?",
        f"AI {ANSWERS[1]}",
    ]


class Told:
    """A voice side that tells what was told before."""

    def __init__(self, notices: list[Notice]) -> None:
        self._notices = notices

    def start(self, sink: Callable[[Notice], None]) -> None:
        for notice in self._notices:
            sink(notice)

    def send(self, request: Request) -> None:
        raise AssertionError(f"nobody asked for {request}")

    def stop(self, timeout: float = 2.0) -> None:
        """There is nothing that runs."""


async def test_the_console_shows_the_talk_as_it_stands() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say("Please tell me a story.")
        await world.answering(ms=1_200)
        await world.say("Wait a moment, please.")
        await world.answering(ms=300)

    world, _ = _played(scene)
    app = VoiceTuiApp(Told(world.notices), theme="studio", clock=lambda: 0.0, now=lambda: datetime(2026, 1, 5, 12))
    app.animation_level = "none"
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        shown = app.query_one(TranscriptPane).rows
        assert [shown.block(item_id).row for item_id in shown.order] == list(world.rows)
        assert any(row.cut is not None and row.unheard for row in world.rows)
        assert world.phase is Phase.ASSISTANT_SPEAKING
        assert "AI speaks" in app.export_screenshot().replace("&#160;", " ")


def _played(scene: Callable[[World], Coroutine[Any, Any, None]]) -> tuple[World, EndlessServer]:
    """On a thread of its own: one loop runs at a time on each."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: endless(scene, 2, "natural")).result()

"""The voice side does not wait for the screen: a UI that freezes does not delay a barge-in."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.conversation import Conversation
from tests.wire import read
from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.thread import VoiceThread
from voice_tui.drivers.wirelog import WireLog
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import Phase, PhaseChanged, Truncated
from voice_tui.ui.app import VoiceTuiApp

pytestmark = pytest.mark.wall_clock

PATIENCE_S = 60.0
TRUTH_MS = 20  # how far audio_end_ms may be from what truly sounded
FADE_MS, SILENT_MS = 50, 400


class WatchedLink:
    """A voice thread as the app knows it, whose notices can be waited for while the UI's thread stands still."""

    def __init__(self, thread: VoiceThread) -> None:
        self._thread = thread
        self.truncations: list[Truncated] = []
        self.speaking, self.silenced = threading.Event(), threading.Event()

    def start(self, sink: Callable[[Notice], None]) -> None:
        def note(notice: Notice) -> None:
            match notice:
                case PhaseChanged(phase=Phase.ASSISTANT_SPEAKING):
                    self.speaking.set()
                case Truncated():
                    self.truncations.append(notice)
                    self.silenced.set()
            sink(notice)

        self._thread.start(note)

    def send(self, request: Request) -> None:
        self._thread.send(request)

    def stop(self, timeout: float = 2.0) -> None:
        self._thread.stop(timeout)


async def test_a_frozen_ui_does_not_delay_a_barge_in(served: str, spoken: Callable[..., Path], tmp_path: Path) -> None:
    speaker, log = tmp_path / "speaker.wav", tmp_path / "events.jsonl"
    microphone = spoken(0.3, "Please tell me a long story.", 5.0, "Wait, what is the time now?", 3.0)

    async def resolve() -> Endpoint:
        return Endpoint("url", served, "demo")

    wirelog = WireLog(log)
    profile = Profile(greeting="")
    options = RunnerOptions(resolve, profile, "step4-cancel", str(microphone), str(speaker), wirelog=wirelog)
    link = WatchedLink(VoiceThread(lambda: options))
    async with VoiceTuiApp(link).run_test(size=(120, 36)), asyncio.timeout(2 * PATIENCE_S):
        await asyncio.to_thread(link.speaking.wait)
        # Here the UI stands still, and nothing but the truncation lets it go on.
        assert link.silenced.wait(PATIENCE_S), "the truncation waited for the UI"
        await asyncio.sleep(1.0)  # what would still be heard has to have the time to be heard
    wirelog.close()
    # In what was heard the answer ends where it was truncated, although the UI stood still.
    heard = Conversation([], {}, read(log), read_recording(speaker).pcm)
    truncation = link.truncations[0]
    began, unchanged = heard.heard_of(truncation.item_id)
    assert unchanged > RATE, "it had been audible"
    assert heard.misjudged_ms(truncation.item_id, truncation.audio_end_ms) <= TRUTH_MS
    cut = began + unchanged
    assert not heard.heard[cut + FADE_MS * RATE // 1000 : cut + (FADE_MS + SILENT_MS) * RATE // 1000].any()

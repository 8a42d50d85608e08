"""The voice side does not wait for the screen: a UI that freezes does not delay a barge-in."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.conversation import RunnerOptions
from voice_tui.drivers.devices.microphones import read_wav
from voice_tui.drivers.thread import VoiceThread
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.intents import Request
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import Interrupted, Phase, PhaseChanged, Truncated
from voice_tui.ui.app import VoiceTuiApp

STALL_S = 0.5


class StalledLink:
    """A voice thread as the app knows it, that notes when each notice was told, on the voice thread."""

    def __init__(self, thread: VoiceThread) -> None:
        self._thread = thread
        self.told: list[tuple[float, Notice]] = []
        self.truncated = threading.Event()
        self.speaking = threading.Event()

    def start(self, sink: Callable[[Notice], None]) -> None:
        def note(notice: Notice) -> None:
            self.told.append((time.monotonic(), notice))
            if isinstance(notice, Truncated):
                self.truncated.set()
            if isinstance(notice, PhaseChanged) and notice.phase is Phase.ASSISTANT_SPEAKING:
                self.speaking.set()
            sink(notice)

        self._thread.start(note)

    def send(self, request: Request) -> None:
        self._thread.send(request)

    def stop(self, timeout: float = 2.0) -> None:
        self._thread.stop(timeout)


async def test_a_frozen_ui_does_not_delay_a_barge_in(served: str, spoken: Callable[..., Path], tmp_path: Path) -> None:
    speaker = tmp_path / "speaker.wav"
    microphone = spoken(0.3, "Please tell me a long story.", 5.0, "Wait, what is the time now?", 3.0)

    async def resolve() -> Endpoint:
        return Endpoint("url", served, "demo")

    options = RunnerOptions(resolve, Profile(greeting=""), "step4-cancel", str(microphone), str(speaker))
    link = StalledLink(VoiceThread(options))
    app = VoiceTuiApp(link)
    stalls: list[tuple[float, float]] = []

    def freeze() -> None:
        """Stand still over and over, from the answer's first sound until the barge-in is over."""
        start = time.monotonic()
        time.sleep(STALL_S)
        stalls.append((start, time.monotonic()))
        if not link.truncated.is_set():
            asyncio.get_running_loop().call_later(0.001, freeze)

    async with app.run_test(size=(120, 36)), asyncio.timeout(60):
        await asyncio.to_thread(link.speaking.wait)
        freeze()
        await asyncio.to_thread(link.truncated.wait)
        await asyncio.sleep(1.0)  # what would still be heard has to have the time to be heard
    decided = next(t for t, n in link.told if isinstance(n, Interrupted))
    truncated = next(t for t, n in link.told if isinstance(n, Truncated))
    assert any(start <= decided <= end for start, end in stalls), "the UI was not frozen when it happened"
    assert truncated - decided < STALL_S / 2, "the truncation waited for the UI"
    # In what was heard the answer ends, although the UI stood still: sound before the decision, none after the fade.
    heard = read_wav(speaker)
    begin = decided - next(t for t, n in link.told if isinstance(n, DevicesChanged))
    after = heard[int((begin + 0.15) * RATE) : int((begin + 0.6) * RATE)]
    before = heard[int((begin - 2.0) * RATE) : int(begin * RATE)]
    assert np.abs(before).max() > 1000
    assert not after.any()

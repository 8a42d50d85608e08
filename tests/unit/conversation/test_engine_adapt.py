"""The end of a turn by our own level detector: sooner where it sounds finished, later in mid-sentence."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness
from tests.support.natural import FALLS, HELD, ScriptedEnd
from voice_tui.conversation.turn_taking.end_of_turn import UNCLEAR, Judgement
from voice_tui.conversation.turn_taking.local_vad import LocalVadDetector
from voice_tui.endpoints.realtime.wire.client_events import InputAudioBufferCommit, ResponseCreate
from voice_tui.messages import notices as n
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.talk import Phase


def said(end: Judgement, adapt: float) -> Harness:
    """The user has said something that ends so."""
    story = Harness("step2-local-vad").connect()
    story.want(ChangeSetting("adapt", adapt))
    uplink = story.detector
    assert isinstance(uplink, LocalVadDetector)
    uplink._last_words = ScriptedEnd(end)  # type: ignore[assignment]
    story.speak(500)
    return story


@pytest.mark.parametrize(
    ("end", "adapt", "silence_ms"),
    [
        (FALLS, 0, 800),
        (HELD, 0, 800),
        (UNCLEAR, 0.5, 800),
        (FALLS, 0.5, 400),
        (HELD, 0.5, 1200),
        (FALLS, 0.8, 160),
        (HELD, 0.8, 1440),
    ],
)
def test_the_silence_that_ends_a_turn_follows_its_end(end: Judgement, adapt: float, silence_ms: int) -> None:
    story = said(end, adapt)
    story.silence(silence_ms - 10)
    story.expect()
    story.silence(10)
    story.expect(InputAudioBufferCommit, ResponseCreate)


def test_the_status_says_why_it_waits_longer() -> None:
    story = said(HELD, 0.5)
    story.silence(700)
    assert story.phase == n.PhaseChanged(Phase.USER_SPEAKING, "heard here")
    story.silence(200)
    assert story.phase == n.PhaseChanged(Phase.USER_SPEAKING, "holding: sounds unfinished, the voice is held")
    story.speak(10)
    assert story.phase == n.PhaseChanged(Phase.USER_SPEAKING, "heard here")


def test_a_short_word_of_a_real_ear_ends_its_turn_sooner() -> None:
    story = Harness("step2-local-vad").connect()
    story.want(ChangeSetting("adapt", 0.5))
    story.speak(400)
    story.silence(400)
    story.expect(InputAudioBufferCommit, ResponseCreate)

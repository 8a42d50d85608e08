"""The natural preset with scripted ears: what they believe is the story's, what comes of it is under test."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.support.harness import Harness
from voice_tui.audio.barge_in.evidence import Evidence
from voice_tui.audio.echo.front_end import FrontFrame
from voice_tui.audio.stream.pcm import Pcm, rms_dbfs
from voice_tui.audio.vad.engines import VadEngine
from voice_tui.conversation.turn_taking.end_of_turn import UNCLEAR, Ending, Judgement
from voice_tui.conversation.turn_taking.natural import NaturalDetector
from voice_tui.conversation.turn_taking.policy import ASKED_MS

HELD = Judgement(Ending.UNFINISHED, "the voice is held")
FALLS = Judgement(Ending.FINISHED, "the voice falls")
NO_SOUND = np.zeros(160, np.float32)  # 10 ms at 16 kHz
CUTS_MS = ASKED_MS + 20
"""Of a voice that is sure, from its first frame: until it cuts."""
SURE, LIKELY, NOTHING = Evidence(3.0, 3.0, True), Evidence(1.5, 0.65, True), Evidence(-4.0, -4.0, False)


@dataclass
class ScriptedEvidence:
    """Believes what the story says, and notes the gain it was told."""

    belief: Evidence = NOTHING
    gains: list[float] = field(default_factory=list)

    def feed(self, front: FrontFrame, gain: float = 1.0, playing: bool = True) -> Evidence:
        self.gains.append(gain)
        return self.belief


class ScriptedEnd:
    """The end of the user's voice as the story wants it."""

    def __init__(self, judgement: Judgement = UNCLEAR) -> None:
        self.judgement = judgement

    def feed(self, pcm: object, speech: bool) -> None: ...

    def begin(self) -> None: ...


class PlainFront:
    """A front end that hands the microphone on, so that frames can be told apart; nothing is filtered or measured."""

    def process(self, mic: Pcm, ref: Pcm) -> FrontFrame:
        return FrontFrame(
            decision=mic,
            send=mic,
            erle_db=0.0,
            delay_ms=None,
            mic_dbfs=rms_dbfs(mic),
            resting=False,
            mic=NO_SOUND,
            ref=NO_SOUND,
            linear=NO_SOUND,
            cancelled=NO_SOUND,
            suppressed=NO_SOUND,
            speech_probability=0.0,
        )


class Certain(VadEngine):
    """An engine that hears speech in everything."""

    def feed(self, pcm: np.ndarray) -> float:
        return 1.0

    def reset(self) -> None: ...


def natural_story(harness: Harness | None = None) -> Harness:
    """Connected, with scripted ears."""
    harness = (harness or Harness("natural")).connect()
    harness.expect()
    uplink = uplink_of(harness)
    uplink._evidence = ScriptedEvidence()  # type: ignore[assignment]
    uplink._front = PlainFront()  # type: ignore[assignment]
    return harness


def uplink_of(harness: Harness) -> NaturalDetector:
    uplink = harness.detector
    assert isinstance(uplink, NaturalDetector)
    return uplink


def ears(harness: Harness) -> ScriptedEvidence:
    found: ScriptedEvidence = uplink_of(harness)._evidence  # type: ignore[assignment]  # put there by the story
    return found


def speaking(harness: Harness, ms: int = 1000) -> None:
    """The assistant has an answer of five seconds and is so far into it."""
    harness.server.answers("A1", "one two three four five six seven eight", 5000, done=False)
    harness.speak(ms)
    harness.out.clear()
    harness.audio = b""

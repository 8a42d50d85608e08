"""Enrolment as a guided check: somebody speaks for ten seconds, then it is judged beside the conversation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from voice_tui.audio.stream.pcm import FRAME_MS, Pcm
from voice_tui.audio.vad.engines import ENGINES
from voice_tui.audio.voices.enrolment import MIN_SPEECH_S
from voice_tui.messages.checks import CheckFailed, CheckKind, CheckPhase, CheckResult
from voice_tui.messages.speakers import KnownVoice, VoiceEnrolled, VoiceJudged

SPEECH_FRAMES = round((MIN_SPEECH_S + 1.0) * 1000 / FRAME_MS)  # our count and the judge's differ a little
PAUSE_FRAMES = 30  # belongs to the speech before it
PATIENCE_FRAMES = 1000  # without a word; who has not spoken by then will not
MOST_FRAMES = 4000
JUDGE_FRAMES = 1000
SPOKEN = 0.5  # probability

NOT_SPOKEN = "nobody was heard: speak closer to the microphone and try again"
TOO_LITTLE = "too little was said in 40 s: read something aloud and try again"
NOT_JUDGED = "the recording was not judged in time: try again"


class EnrolRun:
    """Speak, then wait for the judgement.

    Args:
        record: Takes the recording.
        accept: Takes the voice, unless the user has left meanwhile.
        problem: Why it cannot be, known from the start.
    """

    kind = CheckKind.ENROLMENT

    def __init__(self, record: Callable[[Pcm], None], accept: Callable[[KnownVoice], None], problem: str = "") -> None:
        self.phase = CheckPhase.LISTEN if problem else CheckPhase.SPEAK
        self.done, self.total = 0, SPEECH_FRAMES
        self.judged = VoiceJudged(None, problem=problem) if problem else None
        """To be set when it is known."""
        self._record, self._accept = record, accept
        self._ears = ENGINES["earshot"]()
        self._frames: list[Pcm] = []
        self._quiet = PAUSE_FRAMES
        self._waited = 0

    def feed(self, mic: Pcm, ref: Pcm) -> CheckResult | None:
        """See `Run.feed`."""
        if self.phase is not CheckPhase.SPEAK:
            return self._await_judgement()
        self._frames.append(mic)
        self._quiet = 0 if self._ears.feed(mic) >= SPOKEN else self._quiet + 1
        self.done += self._quiet < PAUSE_FRAMES
        if self.done >= self.total:
            self._record(np.concatenate(self._frames))
            self._frames = []
            self.phase, self.done, self.total = CheckPhase.LISTEN, 0, JUDGE_FRAMES
        elif not self.done and len(self._frames) >= PATIENCE_FRAMES:
            return CheckFailed(self.kind, NOT_SPOKEN)
        elif len(self._frames) >= MOST_FRAMES:
            return CheckFailed(self.kind, TOO_LITTLE)
        return None

    def _await_judgement(self) -> CheckResult | None:
        self.done += 1
        judged = self.judged
        if judged is None:
            return CheckFailed(self.kind, NOT_JUDGED) if self.done >= self.total else None
        if judged.voice is None:
            return CheckFailed(self.kind, judged.problem)
        self._accept(judged.voice)
        return VoiceEnrolled(judged.voice.name, judged.voice.seconds, judged.quality)

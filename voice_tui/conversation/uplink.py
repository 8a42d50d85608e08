"""The user's side: which microphone frames go to the server, and when a turn begins and ends.

One class a detector (`presets.Detector`); each is fed every frame and is the only one that sends audio.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque

import numpy as np

from voice_tui.audio.pcm import FRAME, Pcm
from voice_tui.audio.segmenter import FRAME_MS, Debouncer, Edge, TurnSegmenter
from voice_tui.conversation.answers import Answers
from voice_tui.conversation.bus import Bus
from voice_tui.conversation.intents import SwitchFrontEnd
from voice_tui.conversation.notices import Severity, SpeechStarted, SpeechStopped, VoiceNoticed
from voice_tui.conversation.presets import Policy
from voice_tui.conversation.transcript import Transcript
from voice_tui.conversation.tuning import Tuning
from voice_tui.protocol.client_events import InputAudioBufferAppend, InputAudioBufferClear, InputAudioBufferCommit

STREAM_FRAMES = 2  # 20 ms an append: small chunks, often
BULK_FRAMES = 10  # audio that has waited goes out in 100 ms pieces
COMMIT_MIN_MS = 100  # the server refuses less
PREROLL_MAX_FRAMES = 200  # the longest pre-roll plus the longest debounce


class Uplink(ABC):
    """What the detectors share: sending audio, and a turn of our own making."""

    def __init__(self, bus: Bus, transcript: Transcript, answers: Answers, tuning: Tuning) -> None:
        self.bus, self.transcript, self.answers, self.tuning = bus, transcript, answers, tuning
        self.speaking = False
        """The local side believes that the user speaks."""
        self.note = ""
        """What it is doing, for the status bar."""
        self.reference: Pcm = np.zeros(FRAME, np.int16)
        """What was handed to the loudspeaker at about the time of the frame."""
        self.speech = 0.0
        """Speech probability of the last frame, where this detector has one."""
        self._recent: deque[Pcm] = deque(maxlen=PREROLL_MAX_FRAMES)
        self._batch: list[Pcm] = []
        self._row = ""
        self._sent_ms = 0

    @abstractmethod
    def frame(self, pcm: Pcm, level: float) -> None:
        """Take the next 10 ms of microphone; ``level`` is its mean of ``|x|``."""

    def key(self, down: bool) -> None:  # noqa: B027  # most detectors have no key: doing nothing is right
        """The talk key went down or up."""

    def switch(self, wish: SwitchFrontEnd) -> None:
        """Listen in another way; only a detector with a front end can."""
        self.bus.announce(Severity.WARNING, f"the preset {self.tuning.preset.name} listens to the plain microphone")

    def leave(self) -> None:
        """Another detector takes over: nothing of this one may stay on the server."""
        self._stop()
        if self._row:
            self.transcript.remove(self._row)
            self._row = ""
        if self._sent_ms and self.bus.live:
            self.bus.send(InputAudioBufferClear())

    # ---- sending

    def stream(self, pcm: Pcm) -> None:
        """Send live audio in small pieces."""
        self._batch.append(pcm)
        if len(self._batch) >= STREAM_FRAMES:
            self._drain()

    def bulk(self, frames: list[Pcm]) -> None:
        """Send audio that has waited, at once."""
        self._drain()
        for i in range(0, len(frames), BULK_FRAMES):
            self._append(frames[i : i + BULK_FRAMES])

    def _drain(self) -> None:
        if self._batch:
            self._append(self._batch)
            self._batch = []

    def _append(self, frames: list[Pcm]) -> None:
        self._sent_ms += len(frames) * FRAME_MS
        self.bus.send(InputAudioBufferAppend(audio=np.concatenate(frames).tobytes()))

    # ---- turns of our own making

    def begin_turn(self, *, interrupting: bool = False) -> None:
        """The user began: a placeholder stands in the transcript until the words come."""
        self.speaking = True
        self._sent_ms = 0
        self._row = self.transcript.open_unnamed("user", interrupting=interrupting)
        self.bus.notify(SpeechStarted("local", self.bus.heard_ms))

    def end_turn(self) -> None:
        """The user ended: commit what was sent and ask for the answer."""
        self._drain()
        self._stop()
        if self._sent_ms < COMMIT_MIN_MS:
            if self._sent_ms:
                self.bus.send(InputAudioBufferClear())
            self.transcript.remove(self._row)
        else:
            self.transcript.await_name(self._row, self.bus.send(InputAudioBufferCommit()))
            self.answers.timer.turn_ended(self.bus.now)
            self.answers.want_response()
        self._row, self._sent_ms = "", 0

    def drop_turn(self) -> None:
        """It was no turn; nothing of it had been sent."""
        self._stop()
        self.transcript.remove(self._row)
        self._row = ""

    def _stop(self) -> None:
        if self.speaking:
            self.speaking = False
            self.bus.notify(SpeechStopped("local", self.bus.heard_ms))

    def preroll(self, extra_ms: float = 0) -> list[Pcm]:
        """Take the latest audio that belongs to no turn yet: prefix padding and ``extra_ms``."""
        count = round((self.tuning.settings.prefix_padding_ms + extra_ms) / FRAME_MS)
        taken = list(self._recent)[-count:] if count else []
        self._recent.clear()
        return taken


class StreamingUplink(Uplink):
    """Everything goes to the server, always; it finds the turns."""

    def frame(self, pcm: Pcm, level: float) -> None:
        """Send it."""
        self.stream(pcm)


class WindowUplink(Uplink):
    """Records a fixed window, sends it in one piece, waits for the answer, records again."""

    def __init__(self, bus: Bus, transcript: Transcript, answers: Answers, tuning: Tuning) -> None:
        super().__init__(bus, transcript, answers, tuning)
        self._window: list[Pcm] = []

    def frame(self, pcm: Pcm, level: float) -> None:
        """Record, unless the assistant has the floor."""
        if self.answers.busy or self.answers.stopping:
            if self.speaking:
                self._window.clear()
                self.drop_turn()
            self.note = ""
            return
        if not self._window:
            self.begin_turn()
        self._window.append(pcm)
        total = self.tuning.preset.window_ms
        self.note = f"recording {len(self._window) * FRAME_MS / 1000:.1f} of {total / 1000:.1f} s"
        if len(self._window) * FRAME_MS >= total:
            self.bulk(self._window)
            self._window = []
            self.end_turn()


class KeyUplink(Uplink):
    """The user speaks while the key is on."""

    def frame(self, pcm: Pcm, level: float) -> None:
        """Send it while the key is on."""
        if self.speaking:
            self.stream(pcm)

    def key(self, down: bool) -> None:
        """Down interrupts and opens the turn, up ends it."""
        if down and not self.speaking:
            self.begin_turn(interrupting=self.answers.interrupt("key"))
        elif not down and self.speaking:
            self.end_turn()


class LocalVadUplink(Uplink):
    """A level above a threshold is speech; the turn ends on silence.

    While the assistant has the floor the policy decides what a voice does: nothing, be noticed and kept for the next
    turn, or stop the assistant and become the next turn at once.
    """

    def __init__(self, bus: Bus, transcript: Transcript, answers: Answers, tuning: Tuning) -> None:
        super().__init__(bus, transcript, answers, tuning)
        self._segmenter = TurnSegmenter()
        self._debouncer = Debouncer()
        self._kept: list[Pcm] = []  # audio of a turn that is not sent yet
        self._apart = False  # the kept audio belongs to a voice over the assistant (policy detect)
        self._ended = False  # ... which has fallen silent

    def frame(self, pcm: Pcm, level: float) -> None:
        """Listen as preset and floor ask for."""
        settings = self.tuning.settings
        over = self.answers.busy and not (self.speaking and not self._apart)
        if over:
            taken = self._over_assistant(pcm, level)
        else:
            self._debouncer.reset()
            if self._apart:
                self._assistant_fell_silent()
            edge = self._segmenter.feed(
                level > settings.local_threshold, settings.min_speech_ms, settings.max_silence_ms
            )
            taken = self._own_turn(edge, pcm)
        if not taken:
            self._recent.append(pcm)

    def _own_turn(self, edge: Edge | None, pcm: Pcm) -> bool:
        """Whether the frame belongs to a turn."""
        if edge is Edge.ONSET:
            self.begin_turn()
            self._kept = self.preroll()
        if not self.speaking:
            return False
        if edge is Edge.DISCARDED:
            self._recent.extend(self._kept)
            self._kept = []
            self.drop_turn()
            return False
        self._kept.append(pcm)
        if self._segmenter.confirmed or edge is Edge.ENDED:
            self._release()
        if edge is Edge.ENDED:
            self.end_turn()
        return True

    def _release(self) -> None:
        """The turn is sure: what was kept goes out, the rest follows live."""
        if len(self._kept) == 1:
            self.stream(self._kept[0])
        else:
            self.bulk(self._kept)
        self._kept = []

    def _over_assistant(self, pcm: Pcm, level: float) -> bool:
        """Whether the frame belongs to a turn, or to nobody."""
        settings, policy = self.tuning.settings, self.tuning.preset.policy
        if policy is Policy.IGNORE:
            self._segmenter.reset()
            self._recent.clear()  # half-duplex: the microphone is off
            return True
        loud = level > settings.interrupt_threshold
        fired = self._debouncer.feed(loud, settings.debounce_ms)
        if self._apart:
            return self._keep_apart(pcm, loud)
        if not fired:
            return False
        if policy is Policy.CANCEL:
            self._cut_in(pcm)
        else:
            self.bus.notify(VoiceNoticed(self.bus.heard_ms))
            self.begin_turn()
            self._kept = [*self.preroll(settings.debounce_ms), pcm]
            self._segmenter.begin(confirmed=True)
            self._apart, self._ended = True, False
        return True

    def _cut_in(self, pcm: Pcm) -> None:
        settings = self.tuning.settings
        self.answers.interrupt("local")
        self.begin_turn(interrupting=True)
        self._segmenter.begin(confirmed=True)
        self.bulk([*self.preroll(settings.debounce_ms), pcm])

    def _keep_apart(self, pcm: Pcm, loud: bool) -> bool:
        """A voice over the assistant is recorded for later; when it falls silent, later speech joins it."""
        if self._ended and not loud:
            return False
        if self._ended:
            self._kept.extend(self.preroll())
            self._segmenter.begin(confirmed=True)
            self._ended, self.speaking = False, True
            self.bus.notify(SpeechStarted("local", self.bus.heard_ms))
        self._kept.append(pcm)
        edge = self._segmenter.feed(loud, 0, self.tuning.settings.max_silence_ms)
        if edge is Edge.ENDED:
            self._ended = True
            self._stop()
        return True

    def _assistant_fell_silent(self) -> None:
        """The floor is free: what was kept apart is the next turn, or the beginning of it."""
        self._apart = False
        self._release()
        if self._ended:
            self._ended = False
            self.end_turn()

    def leave(self) -> None:
        """Forget the turn."""
        super().leave()
        self._kept, self._apart = [], False

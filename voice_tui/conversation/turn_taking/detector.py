"""The user's side: which microphone frames go to the server, and when a turn begins and ends.

One class a detector (`presets.Detector`); each is fed every frame and is the only one that sends audio.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import ClassVar

from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, SILENCE, Pcm
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.messages.measures import Moment, Origin
from voice_tui.messages.presets import Policy
from voice_tui.messages.talk import Severity, SpeechStarted, SpeechStopped
from voice_tui.messages.turns import SwitchFrontEnd

BULK_FRAMES = 10  # what has waited, and a silence in which nothing can begin late, goes out in 100 ms pieces
COMMIT_MIN_MS = 100  # the server refuses less
FAINT = 0.002  # mean of |x| below which nobody speaks to us
PREROLL_MAX_FRAMES = 200  # the longest pre-roll plus the longest debounce


class TurnDetector(ABC):
    """What the detectors share: sending audio, and a turn of our own making."""

    streams: ClassVar[bool] = False
    """Every frame goes to the server: its clock is the microphone's."""
    has_front_end: ClassVar[bool] = False
    """It takes `switch`, and lets our ears hear what it makes of the microphone."""
    decider: ClassVar[str] = "local"
    """Who ends the turns of our own making, by it."""

    def __init__(self, shared: Shared, session: Session) -> None:
        self.shared, self.session = shared, session
        self.outbox, self.transcript, self.knobs = shared.outbox, shared.transcript, shared.knobs
        self.speaking = False
        """The local side believes that the user speaks."""
        self.note = ""
        """What it is doing, for the status bar."""
        self.reference: Pcm = SILENCE
        """What was handed to the loudspeaker at about the time of the frame."""
        self.speech = 0.0
        """Speech probability of the last frame, where this detector has one."""
        self.sure = 0.0
        """Evidence that a voice over the assistant is the user's, nats, where this detector adds it up."""
        self._recent: deque[Pcm] = deque(maxlen=PREROLL_MAX_FRAMES)
        self._batch: list[Pcm] = []
        self._row = ""
        self._sent_ms = self._began_ms = 0

    @property
    def row(self) -> str:
        """The placeholder of a turn of our own making that is under way, "" for none."""
        return self._row

    @property
    def hears(self) -> bool:
        """A voice is heard now, whatever is made of it."""
        return self.speaking

    @property
    def waiting(self) -> int:
        """Samples that it was given and has not sent yet, if it streams."""
        return len(self._batch) * FRAME

    @property
    def holding(self) -> str:
        """Why a request waits; only a detector that listens for the end of a sentence lets one wait."""
        return ""

    def drop_hold(self) -> None:  # noqa: B027  # most detectors let no request wait
        """The request that waits is made, or not wanted any more."""

    @abstractmethod
    def frame(self, pcm: Pcm, level: float) -> None:
        """Take the next 10 ms of microphone; ``level`` is its mean of ``|x|``."""

    @property
    def resting(self) -> bool:
        """Frames may be judged together with `rest`, if nothing is played meanwhile."""
        return False

    def rest(self, pcm: Pcm) -> None:
        """Take the next frames while it is `resting`, int16 of shape (n · 240,).

        What comes of it, and at which frame, is the same as of one after the other.
        """
        raise NotImplementedError

    def silence(self) -> None:  # noqa: B027  # most detectors send turns only
        """10 ms of microphone that are not for the server: what streams sends as much silence."""

    def key(self, down: bool) -> None:  # noqa: B027  # most detectors have no key: doing nothing is right
        """The talk key went down or up."""

    def switch(self, wish: SwitchFrontEnd) -> None:
        """Listen in another way; only a detector with a front end can."""
        self.outbox.announce(Severity.WARNING, f"the preset {self.knobs.preset.name} listens to the plain microphone")

    def server_onset(self) -> bool:
        """The server's VAD heard the user begin; True when that stops the assistant."""
        return self.knobs.preset.policy is Policy.SERVER and self.session.interrupt("server", server_cancels=True)

    def turn_counts(self) -> bool:
        """The server committed a turn; False when it is none."""
        return True

    def ask(self, row_id: str, instructions: str) -> None:
        """The turn with this row is whole, and we are to ask for its answer."""
        self.session.want_answer(instructions)

    def leave(self) -> None:
        """Another detector takes over: nothing of this one may stay on the server."""
        self._stop()
        self.note = ""
        if self._row:
            self.transcript.remove(self._row)
            self._row = ""
        if self._sent_ms:
            self.session.clear()

    # ---- sending

    @property
    def quiet(self) -> bool:
        """Nobody speaks, as far as this detector can hear; without ears of its own it never knows."""
        return False

    @property
    def sends_silence(self) -> bool:
        """What is sent now is a silence in which nothing can begin late."""
        return self.quiet

    def stream(self, pcm: Pcm) -> None:
        """Send live audio in small pieces, silence in larger ones: a piece costs the same whatever is in it."""
        self._batch.append(pcm)
        if len(self._batch) * FRAME_MS >= (
            BULK_FRAMES * FRAME_MS if self.sends_silence else self.knobs.settings.chunk_ms
        ):
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
        self.session.append(frames)

    # ---- turns of our own making

    def begin_turn(self, *, at_ms: int | None = None, interrupting: bool = False) -> None:
        """The user began: a placeholder stands in the transcript until the words come.

        Args:
            at_ms: When, on the talk's clock; None: in the frame at hand.
            interrupting: The turn stops the assistant.
        """
        self.speaking = True
        self._sent_ms = 0
        self._row = self.transcript.open_unnamed("user", interrupting=interrupting)
        self._began_ms = self.outbox.frame_ms if at_ms is None else at_ms
        self.outbox.notify(SpeechStarted("local", self._began_ms))

    def end_turn(self) -> None:
        """The user ended: commit what was sent and ask for the answer."""
        self._drain()
        origin, at_ms = self.shared.origins.of_turn(self._began_ms, self._end)
        self._stop(at_ms)
        if self._sent_ms < COMMIT_MIN_MS:
            if self._sent_ms:
                self.session.clear()
            self.transcript.remove(self._row)
        else:
            timer = self.shared.timer
            timer.ended(origin, at_ms, self.decider, decided_ms=self._decided_ms)
            self.session.commit(self._row)
            if self.outbox.live:
                timer.reach(Moment.COMMITTED)
            self.session.want_answer("")
        self._row, self._sent_ms = "", 0

    def drop_turn(self) -> None:
        """It was no turn; nothing of it had been sent."""
        self._stop()
        self.transcript.remove(self._row)
        self._row = ""

    @property
    def _decided_ms(self) -> int:
        """When it was decided that the turn is over, on the talk's clock: in the frame at hand."""
        return self.outbox.frame_end_ms

    @property
    def _end(self) -> tuple[Origin, int]:
        """The end of the turn where our ears heard no voice in it: what decides heard one, up to now."""
        return Origin.VOICE, self._decided_ms

    def _stop(self, at_ms: int | None = None) -> None:
        """The user does not speak any more, since ``at_ms`` of the talk's clock; None: since the frame at hand."""
        if self.speaking:
            self.speaking = False
            self.outbox.notify(SpeechStopped("local", self.outbox.frame_ms if at_ms is None else at_ms))

    def preroll(self, extra_ms: float = 0) -> list[Pcm]:
        """Take the latest audio that belongs to no turn yet: prefix padding and ``extra_ms``."""
        count = round((self.knobs.settings.prefix_padding_ms + extra_ms) / FRAME_MS)
        taken = list(self._recent)[-count:] if count else []
        self._recent.clear()
        return taken


class StreamingDetector(TurnDetector):
    """Everything goes to the server, always; it finds the turns. Our own ears only see whether it does."""

    streams = True

    def frame(self, pcm: Pcm, level: float) -> None:
        """Send it."""
        voice = level > FAINT and self.shared.ears.voiced
        self.shared.effects.voice(voice and not self.session.sounding)  # else it could be the answer's own echo
        self.stream(pcm)

    def silence(self) -> None:
        """Send as much silence."""
        self.stream(SILENCE)


class WindowDetector(TurnDetector):
    """Records a fixed window, sends it in one piece, waits for the answer, records again."""

    def __init__(self, shared: Shared, session: Session) -> None:
        super().__init__(shared, session)
        self._window: list[Pcm] = []

    def frame(self, pcm: Pcm, level: float) -> None:
        """Record, unless the assistant has the floor."""
        if self.session.busy or self.session.stopping:
            if self.speaking:
                self._window.clear()
                self.drop_turn()
            self.note = ""
            return
        if not self._window:
            self.begin_turn()
        self._window.append(pcm)
        total = self.knobs.preset.window_ms
        self.note = f"recording {len(self._window) * FRAME_MS / 1000:.1f} of {total / 1000:.1f} s"
        if len(self._window) * FRAME_MS >= total:
            self.bulk(self._window)
            self._window = []
            self.end_turn()


class KeyDetector(TurnDetector):
    """The user speaks while the key is on."""

    decider = "key"

    @property
    def _decided_ms(self) -> int:
        return self.outbox.ms

    @property
    def _end(self) -> tuple[Origin, int]:
        return Origin.KEY, self.outbox.ms

    def frame(self, pcm: Pcm, level: float) -> None:
        """Send it while the key is on."""
        if self.speaking:
            self.stream(pcm)

    def key(self, down: bool) -> None:
        """Down interrupts and opens the turn, up ends it."""
        if down and not self.speaking:
            self.begin_turn(at_ms=self.outbox.ms, interrupting=self.session.interrupt("key"))
        elif not down and self.speaking:
            self.end_turn()

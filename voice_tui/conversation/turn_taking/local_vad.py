"""Turns by level: the detector of the workshop's steps 2 to 4."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import FRAME_MS, Pcm
from voice_tui.audio.vad.segmenter import Debouncer, Edge, TurnSegmenter
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.turn_taking.detector import TurnDetector
from voice_tui.conversation.turn_taking.end_of_turn import Ending, LastWords, patience_ms
from voice_tui.messages.presets import Policy
from voice_tui.messages.talk import SpeechStarted, VoiceNoticed


class LocalVadDetector(TurnDetector):
    """A level above a threshold is speech; the turn ends on silence.

    While the assistant has the floor the policy decides what a voice does: nothing, be noticed and kept for the next
    turn, or stop the assistant and become the next turn at once.
    """

    def __init__(self, shared: Shared, session: Session) -> None:
        super().__init__(shared, session)
        self._segmenter = TurnSegmenter()
        self._debouncer = Debouncer()
        self._kept: list[Pcm] = []  # audio of a turn that is not sent yet
        self._apart = False  # the kept audio belongs to a voice over the assistant (policy detect)
        self._ended = False  # ... which has fallen silent
        self._last_words = LastWords()

    def frame(self, pcm: Pcm, level: float) -> None:
        """Listen as preset and floor ask for."""
        settings, self.note = self.knobs.settings, ""
        over = self.session.busy and not (self.speaking and not self._apart)
        if over:
            taken = self._over_assistant(pcm, level)
        else:
            self._debouncer.reset()
            if self._apart:
                self._assistant_fell_silent()
            loud = level > settings.local_threshold
            self._last_words.feed(pcm, loud)
            edge = self._segmenter.feed(loud, settings.min_speech_ms, self._max_silence_ms(loud))
            taken = self._own_turn(edge, pcm)
        if not taken:
            self._recent.append(pcm)

    def _max_silence_ms(self, loud: bool) -> float:
        """The silence that ends the turn: shorter where it sounds finished, longer in mid-sentence."""
        settings = self.knobs.settings
        if not settings.adapt or loud:
            return settings.max_silence_ms
        judgement = self._last_words.judgement
        if judgement.ending is Ending.UNFINISHED and self._segmenter.silence_ms >= settings.max_silence_ms:
            self.note = f"holding: sounds unfinished, {judgement.why}"
        return patience_ms(settings.max_silence_ms, settings.adapt, judgement.ending)

    def _own_turn(self, edge: Edge | None, pcm: Pcm) -> bool:
        """Whether the frame belongs to a turn."""
        if edge is Edge.ONSET:
            self._last_words.begin()
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
        settings, policy = self.knobs.settings, self.knobs.preset.policy
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
            _, at_ms = self.shared.origins.of_sound(self._voice_at)
            self.outbox.notify(VoiceNoticed(at_ms))
            self.begin_turn(at_ms=at_ms)
            self._kept = [*self.preroll(settings.debounce_ms), pcm]
            self._segmenter.begin(confirmed=True)
            self._apart, self._ended = True, False
        return True

    def _cut_in(self, pcm: Pcm) -> None:
        settings = self.knobs.settings
        self.shared.origins.found_at = self._voice_at
        _, at_ms = self.shared.origins.of_sound(self._voice_at)
        self.session.interrupt("local")
        self.shared.origins.found_at = None
        self.begin_turn(at_ms=at_ms, interrupting=True)
        self._segmenter.begin(confirmed=True)
        self.bulk([*self.preroll(settings.debounce_ms), pcm])

    @property
    def _voice_at(self) -> float:
        """Where the voice over the assistant began by its level, on the microphone's clock, ms."""
        return self.outbox.heard_ms + FRAME_MS - self._debouncer.run_ms

    def _keep_apart(self, pcm: Pcm, loud: bool) -> bool:
        """A voice over the assistant is recorded for later; when it falls silent, later speech joins it."""
        if self._ended and not loud:
            return False
        if self._ended:
            self._kept.extend(self.preroll())
            self._segmenter.begin(confirmed=True)
            self._ended, self.speaking = False, True
            self.outbox.notify(SpeechStarted("local", self.outbox.frame_ms))
        self._kept.append(pcm)
        edge = self._segmenter.feed(loud, 0, self.knobs.settings.max_silence_ms)
        if edge is Edge.ENDED:
            self._ended = True
            self._stop(self.shared.origins.of_turn(self._began_ms, self._end)[1])
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

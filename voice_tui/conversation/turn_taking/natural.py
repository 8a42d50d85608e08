"""The natural preset: the server finds the turns, our own ears decide what a voice over the assistant means.

While the assistant can be heard the gate to the server is closed. A likely onset ducks the playback, more evidence
pauses it; then it is cut, and what was said since before the onset goes out at once; or it goes on where it paused, and
nothing was ever sent. Where the server is to confirm (`Confirm`), the gate opens at the duck and closes again at a
false alarm.
"""

from __future__ import annotations

from voice_tui.audio.barge_in.evidence import BargeInEvidence
from voice_tui.audio.echo.front_end import DECISION_DELAY_MS, FrontEnd, FrontFrame, FrontSettings
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, SILENCE, Pcm
from voice_tui.audio.vad.engines import ENGINES, VadEngine, unknown
from voice_tui.audio.vad.segmenter import SegmentLimits, SpeechSegmenter
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.turn_taking.confirmation import LATE_FRAMES, LONG_AGO, Confirm, Confirmation
from voice_tui.conversation.turn_taking.detector import TurnDetector
from voice_tui.conversation.turn_taking.echo_watch import EchoWatch
from voice_tui.conversation.turn_taking.end_of_turn import Ending, Judgement, LastWords, judge, of_words
from voice_tui.conversation.turn_taking.gate import Gate
from voice_tui.conversation.turn_taking.hold import Hold
from voice_tui.conversation.turn_taking.policy import Action, Decision, InterruptionPolicy, OutputState, policy_settings
from voice_tui.conversation.turn_taking.trace import Tracer
from voice_tui.messages.commands import SetGain
from voice_tui.messages.talk import Severity, SpeechStarted, SpeechStopped
from voice_tui.messages.turns import FrontEndChanged, Stage, SwitchFrontEnd

LINE_MS = 2500  # what the gate holds back: an "excuse me", a pause that let the answer go on, and the confirmation
TAIL_FRAMES = 25  # what was handed over sounds up to 100 ms later, and its echo a little longer
HEARD_FRAMES = 5  # of a voice, before it is shown: one frame is a click
GAP_FRAMES = 30  # between words
SAME_VOICE_MS = 1000  # a voice that comes back sooner after a false alarm was none
STAGES = {Action.PAUSE: Stage.PAUSE, Action.CUT: Stage.CONFIRM, Action.RESUME: Stage.RESUME}
LIMITS = SegmentLimits(start=0.6, stop=0.4, min_speech_ms=100, max_silence_ms=300)


class NaturalDetector(TurnDetector):
    """Echo cancellation, evidence, policy and gate in a row."""

    streams = has_front_end = True

    def __init__(self, shared: Shared, session: Session) -> None:
        super().__init__(shared, session)
        self._front = FrontEnd()
        self._evidence = BargeInEvidence()
        self._policy = InterruptionPolicy()
        self._tracer = Tracer(self.outbox, self.knobs)
        self._gate = Gate()
        self._confirmation = Confirmation()
        self._last_words = LastWords()
        self._hold = Hold()
        self._engine_name = "earshot"
        self._engine: VadEngine = ENGINES[self._engine_name]()
        self._segmenter = SpeechSegmenter()
        self._gain = 1.0
        self._frames = 0
        self._tail = 0  # frames for which the gate stays closed
        self._voice = self._spoken = 0  # frames of the voice that is heard now, and those without the gaps in it
        self._gap = GAP_FRAMES + 1  # frames since a voice was last heard
        self._onset = self._resumed = LONG_AGO  # frames: where the voice began, when the last false alarm ended
        self._sounds_since: int | None = None  # frame at which the assistant began to be heard
        self._seen = 0  # interruptions up to the suspicion at hand
        self._doubted = False  # what the server takes for a turn of the user is none, unless our ears agree
        self._echo_watch = EchoWatch()
        self._rests = False  # nothing sounded in the last frame, and nothing is followed or held back
        self.speech = 0.0
        self._tell_front()

    @property
    def hears(self) -> bool:
        """A voice is heard now, over an answer too."""
        return self._segmenter.open or self._spoken >= HEARD_FRAMES

    @property
    def waiting(self) -> int:
        """What the gate holds back is sent later, too."""
        return super().waiting + self._gate.held * FRAME

    @property
    def holding(self) -> str:
        """Why a request waits."""
        return self._hold.why if self._hold.active else ""

    def drop_hold(self) -> None:
        """The request that waits is made, or not wanted any more."""
        self._hold.drop()

    @property
    def quiet(self) -> bool:
        """Neither side speaks: no voice here, none at the server, no answer that sounds, comes or was just cut."""
        session = self.session
        return not (self._voice or session.hearing or session.busy or session.stopping)

    @property
    def sends_silence(self) -> bool:
        """Also while the gate is closed: what was said goes out at once when it opens, with the silence before it."""
        return self._gate.closed or self.quiet

    def frame(self, pcm: Pcm, level: float) -> None:
        """Judge it against what was playing, act, and send what may be heard."""
        front = self._front.process(pcm, self.reference)
        playing = self.session.sounding
        if not playing:
            self._sounds_since = None
        elif self._sounds_since is None:
            self._sounds_since = self._frames
        settings = self.knobs.settings
        self.shared.ears.hear(front.decision, self.outbox.heard_ms - DECISION_DELAY_MS)
        gain, before = self._gain, self._tracer.stance(self._policy)
        evidence = self._evidence.feed(front, gain, playing or self._tracer.curious)
        decision = self._policy.feed(evidence, playing, policy_settings(settings))
        self.sure = self._policy.sum
        self._act(decision)
        self._tracer.feed(front.decision, evidence, self._policy, before, playing=playing, gain=gain)
        self._hear(front.decision, self._engine.feed(front.decision))
        self._watch_echo(front)
        self._mind_the_gate()
        for frame in self._gate.feed(front.send, LINE_MS // FRAME_MS):
            self.stream(frame)
        self._mind_the_hold()
        self._rests = front.resting and not (playing or self._gate.closed or self._tail or self._hold.active)

    @property
    def resting(self) -> bool:
        """Nothing that was played can be heard, so that there is nothing to interrupt."""
        return self._rests and not (self.session.sounding or self._hold.active)

    def rest(self, pcm: Pcm) -> None:
        """Hear it and send it: nothing else is to be done."""
        rest = self._front.rest(pcm)
        self.shared.ears.hear(rest.decision.ravel(), self.outbox.heard_ms - DECISION_DELAY_MS)
        self._evidence.rest(rest, self._gain)
        start = self.outbox.heard_ms
        for i, speech in enumerate(self._engine.judge(rest.decision.ravel())):
            self.outbox.heard_ms = start + i * FRAME_MS
            self._hear(rest.decision[i], speech)
            self.stream(rest.send[i])

    def server_onset(self) -> bool:
        """It interrupts where the settings let it confirm, and where it has cancelled by itself."""
        self._last_words.begin()
        if not self.session.sounding:
            self._doubted = False
            return self.session.server_interrupts and self.session.interrupt("server", server_cancels=True)
        mode = self._mode
        before = self._sounds_since is None or self._frames - self._sounds_since <= LATE_FRAMES
        confirmed = self._confirmation.server_heard(self._frames, mode) or (before and mode is Confirm.EITHER)
        if confirmed:
            self._cut("server")
        # What began before the answer did is a turn in any case.
        self._doubted = mode is not Confirm.EARS and not confirmed and not before
        return confirmed

    def turn_counts(self) -> bool:
        """Not, when the server alone heard it and the answer went on over it."""
        return not (self._doubted and self.session.sounding)

    def ask(self, row_id: str, instructions: str) -> None:
        """Ask at once, or hold the request while the turn does not sound finished."""
        if not self.knobs.settings.hold_ms:
            super().ask(row_id, instructions)
            return
        judgement = self._judge(row_id)
        self._hold.begin(row_id, instructions, judgement)
        if judgement.ending is Ending.FINISHED:
            self._ask_now()

    def silence(self) -> None:
        """Nothing was heard and nothing was played: what the canceller knows of the echo stays as it is."""
        self.reference = SILENCE
        self.frame(SILENCE, 0.0)

    def leave(self) -> None:
        """Let go of playback and of what waits."""
        if self._hold.active:
            self._ask_now()
        self._set_gain(1.0)
        if self.outbox.live:
            self._release(0)
        super().leave()

    def switch(self, wish: SwitchFrontEnd) -> None:
        """Another way of listening, from the next frame on."""
        on = self._front.settings
        self._front.settings = FrontSettings(
            cancel=on.cancel if wish.echo_cancellation is None else wish.echo_cancellation,
            high_pass=on.high_pass if wish.high_pass is None else wish.high_pass,
            suppress=on.suppress if wish.noise_suppression is None else min(3, max(0, wish.noise_suppression)),
            send=on.send,
        )
        if wish.engine is not None:
            self._select_engine(wish.engine)
        self._tell_front()

    # ---- parts

    def _act(self, decision: Decision) -> None:
        waterfall = self.shared.waterfall
        if decision.action is Action.DUCK:
            self._begin(decision)
            waterfall.reach(Stage.DUCK)
            self._suspect()
        elif decision.action is Action.CUT:
            if not waterfall.open:
                self._begin(decision)
            self._suspect()
            if self._confirmation.ears_sure(self._frames, self._mode):
                self._cut("local")
                return  # what is cut keeps its gain through the fade; the next frame plays plainly again
            waterfall.reach(Stage.PAUSE)
        elif decision.action is not None:
            waterfall.reach(STAGES[decision.action])
        if decision.state is OutputState.QUIET and self._confirmation.suspected:
            self._end_suspicion()
        self._set_gain(decision.gain)

    @property
    def _mode(self) -> Confirm:
        if self.session.server_interrupts:  # it is asked to, or cannot be kept from it
            return Confirm.EITHER
        return Confirm(int(self.knobs.settings.confirm))

    def _suspect(self) -> None:
        """From here on a server that is to confirm hears the microphone, from before the onset on."""
        if not self._confirmation.suspect():
            return
        self._seen = self.shared.interruptions
        if self._mode is not Confirm.EARS:
            self._release(self._frames - self._onset + self._padding)
            self.shared.comparison.onset("local")

    def _cut(self, source: str) -> None:
        """Stop the assistant; a server that decided by itself has cancelled by itself."""
        cancelled = source == "server" and self.session.server_interrupts
        self.session.interrupt(source, server_cancels=cancelled)
        self._tracer.follow(self.shared.waterfall.number)
        self._tracer.over(cut=True)
        self._confirmation.end(self._frames)
        self._tail, self._doubted = 0, False
        self._release(self._frames - self._onset + self._padding)

    def _end_suspicion(self) -> None:
        """It was a false alarm, the answer came to its end, or somebody else stopped it."""
        self._confirmation.end(self._frames)
        self._tracer.over(cut=False)
        if self.session.sounding:
            self.shared.waterfall.reach(Stage.RESUME)
            self._resumed = self._frames
        elif self.shared.interruptions > self._seen and self._mode is not Confirm.EARS:
            self._tail = 0  # the server has been hearing it: it shall hear the rest

    def _begin(self, decision: Decision) -> None:
        """A voice began; what was said just before a false alarm ended belongs to it."""
        began = self.outbox.heard_ms + FRAME_MS - DECISION_DELAY_MS - decision.voice_ms
        self.shared.waterfall.suspect(self.session.current, began)
        self._tracer.follow(self.shared.waterfall.number)
        if (self._frames - self._resumed) * FRAME_MS > SAME_VOICE_MS:
            self._onset = self._frames - decision.voice_ms // FRAME_MS

    def _mind_the_gate(self) -> None:
        """Closed while the assistant can be heard, echo of its last words included; then only a voice is let out."""
        self._tail = TAIL_FRAMES if self.session.sounding else max(0, self._tail - 1)
        if self._confirmation.suspected and self._mode is not Confirm.EARS:
            return  # the server is to hear what we hear
        if self._tail:
            self._gate.close()
        elif self._gate.closed:
            self._release(self._voice + self._padding if self._voice else 0)

    def _mind_the_hold(self) -> None:
        hold = self._hold
        if hold.active and hold.feed(self._judge(hold.row_id), self.knobs.settings.hold_ms):
            self._ask_now()

    def _ask_now(self) -> None:
        self.session.want_answer(self._hold.instructions)

    def _judge(self, row_id: str) -> Judgement:
        """How the turn ends, from its words where they have come and from its sound."""
        row = self.transcript.row(row_id)
        pending = row is not None and row.pending
        words = of_words(row.text if row is not None and not pending else "")
        return judge(words, self._last_words.judgement, words_coming=pending)

    @property
    def _padding(self) -> int:
        return round(self.knobs.settings.prefix_padding_ms / FRAME_MS)

    def _set_gain(self, gain: float) -> None:
        if gain != self._gain:
            self._gain = gain
            self.outbox.command(SetGain(gain))

    def _release(self, keep: int | None = None) -> None:
        for frame in self._gate.open(keep):
            self.stream(frame)

    def _hear(self, decision: Pcm, speech: float) -> None:
        """The local detector beside the server's."""
        self.speech = speech
        self._last_words.feed(decision, speech >= LIMITS.stop)
        self._follow_voice()
        sent = not self._gate.closed and not self.session.sounding
        self.shared.effects.voice(sent and self.speech >= LIMITS.start)
        was_open = self._segmenter.open
        segment = self._segmenter.feed(self.speech, LIMITS)
        if segment is not None:
            ago = self._segmenter.now_ms - segment.end_ms
            self.outbox.notify(SpeechStopped("local", self.outbox.frame_end_ms - DECISION_DELAY_MS - ago))
        elif self._segmenter.open and not was_open:
            ago = self._segmenter.now_ms - self._segmenter.start_ms
            self.outbox.notify(SpeechStarted("local", self.outbox.frame_end_ms - DECISION_DELAY_MS - ago))
            # Behind a closed gate the server has nothing to hear; over an answer the duck is the onset.
            if sent:
                self.shared.comparison.onset("local")
        self._frames += 1

    def _watch_echo(self, front: FrontFrame) -> None:
        """What the canceller achieves."""
        alone = self.session.sounding and self._policy.state is OutputState.QUIET and self._gain == 1.0
        measured = self._echo_watch.feed(front, alone)
        if measured is not None:
            self.outbox.notify(measured)

    def _follow_voice(self) -> None:
        spoken = self.speech >= LIMITS.start
        self._gap = 0 if spoken else self._gap + 1
        over = self._gap > GAP_FRAMES
        self._voice = 0 if over else self._voice + 1
        self._spoken = 0 if over else self._spoken + spoken

    def _select_engine(self, name: str) -> None:
        names = list(ENGINES)
        if name == "next":
            name = names[(names.index(self._engine_name) + 1) % len(names)]
        if name not in ENGINES:
            self.outbox.announce(Severity.ERROR, f"engine: {unknown(name)}")
            return
        self._engine_name, self._engine = name, ENGINES[name]()

    def _tell_front(self) -> None:
        on = self._front.settings
        self.outbox.notify(FrontEndChanged(self._engine_name, on.cancel, on.high_pass, on.suppress))

"""The engine: one conversation as a state machine without I/O.

One door in, two drains out: the driver tells what happened with `Engine.receive`, then carries out `Engine.commands`
and passes on `Engine.notices`. The same inputs give the same outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, SILENCE, Pcm, levels, mean_level, samples_to_ms
from voice_tui.audio.thresholds import AUDIBLE_LEVEL
from voice_tui.conversation.acting import Acting
from voice_tui.conversation.checks.checks import ENDS, LOST, Checks
from voice_tui.conversation.checks.runs import Run
from voice_tui.conversation.floor import Floor
from voice_tui.conversation.instruments import Counters
from voice_tui.conversation.limits import LimitWatch
from voice_tui.conversation.microphone import MicrophoneWatch
from voice_tui.conversation.outage import Outages
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared, share
from voice_tui.conversation.speakers.speakers import Speakers
from voice_tui.conversation.turn_taking.detector import TurnDetector
from voice_tui.conversation.turn_taking.table import DETECTORS
from voice_tui.messages import inputs as told
from voice_tui.messages import intents as want
from voice_tui.messages.checks import CheckKind
from voice_tui.messages.commands import Command, Send
from voice_tui.messages.limits import NO_LIMITS, Limits
from voice_tui.messages.link import LinkChanged, Reconnected
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import DEFAULT_PRESET, INSTEAD, PRESETS, Detector, Preset
from voice_tui.messages.recognition import RecogniserReady, WrittenDown
from voice_tui.messages.speakers import Enrol, VoiceHeard, VoiceJudged, VoicesReady
from voice_tui.messages.talk import LevelMeasured, Severity, SwitchesChanged
from voice_tui.messages.tools import ToolFinished, ToolsFound

NO_MANUAL_TURNS = "this endpoint always looks for turns itself"
RECENT_S = 0.5  # a voice may have begun that no detector has found yet: another connection hears it, too


class Engine:
    """One conversation.

    Args:
        open_session: Makes the endpoint's half of it.
        preset: Name of the first preset.
        limits: Where it hangs up by itself.
    """

    def __init__(
        self,
        open_session: Callable[[Shared], Session],
        preset: str = DEFAULT_PRESET,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self._shared = shared = share(preset)
        self._outbox, self._knobs = shared.outbox, shared.knobs
        self.session = open_session(shared)
        self._detector = self._new_detector()
        self._speakers = Speakers(shared, self.session)
        shared.prepare = self._speakers.prepare
        self._floor = Floor(shared, self.session)
        self._outages = Outages(shared.outbox, shared.transcript)
        self._microphone = MicrophoneWatch(shared.outbox)
        self._checks = Checks(shared, self.session, self._turn_knob)
        self._muted = self._talking = self._demo = False
        self._unanswered = False  # of the user's speech or of what was sent since the endpoint's last word
        self._limits = LimitWatch(shared, limits)
        self._counters = Counters(self._outbox)
        self._acting = Acting(shared, self.session, lambda: self.idle)
        self._inputs: dict[type, Callable[[Any], object]] = {
            told.Ticked: lambda i: self._tick(i.now),
            told.FramesCaptured: self._captured,
            told.MicrophoneOpened: self._microphone.opened,
            told.Arrived: self._arrived,
            told.Linked: self._linked,
            told.Lost: lambda i: self._lost(i.hung_up),
            told.Moved: self._moved,
            told.Progressed: self._progressed,
            told.CutDone: shared.playback.cut_done,
            told.UserWanted: lambda i: self._want(i.intent),
            ToolFinished: self._acting.finished,
            ToolsFound: self.session.finished,
            told.Embedded: self.session.finished,
            told.LevelsMeasured: self._levels,
            told.CallerSwitched: lambda i: self._caller_switched(i.on),
            told.DropsCounted: self._counters.receive,
            told.Reported: lambda i: self._outbox.notify(i.notice),
            RecogniserReady: shared.recogniser.receive,
            WrittenDown: shared.recogniser.receive,
            VoicesReady: self._speakers.receive,
            VoiceHeard: self._speakers.receive,
            VoiceJudged: self._speakers.receive,
        }
        self._intents: dict[type, Callable[[Any], object]] = {
            want.ChangeSetting: lambda i: self._turn_knob(i.name, i.value),
            want.SelectPreset: lambda i: self._select(i.name),
            want.StepPreset: self._step_preset,
            want.SelectProfile: self._select_profile,
            want.SendText: lambda i: self._say(i.text),
            want.Interrupt: lambda i: self.session.interrupt("key"),
            want.PushToTalk: lambda i: self._talk(not self._talking if i.down is None else i.down),
            want.SwitchFrontEnd: lambda i: self._detector.switch(i),
            want.Calibrate: lambda i: self._check(CheckKind.CALIBRATION),
            want.TestEcho: lambda i: self._check(CheckKind.ECHO),
            want.StopCheck: lambda i: None,  # see `ENDS`
            want.ApplyCalibration: lambda i: self._checks.apply(self._detector),
            Enrol: lambda i: self._check(CheckKind.ENROLMENT, self._speakers.enrolment(i.name)),
            want.Mute: lambda i: self._mute(not self._muted if i.muted is None else i.muted),
            **self._speakers.intents(),
            **self.session.intents(),
        }
        self._keep_able()
        self._knobs.tell()

    # ---- the door and the drains

    def receive(self, happened: told.Input) -> None:
        """Something happened."""
        self._inputs[type(happened)](happened)
        self._keep_able()
        self._speakers.settle()

    def commands(self) -> list[Command]:
        """What is to be done since the last call, in order."""
        out, self._outbox.commands = self._outbox.commands, []
        self._unanswered |= any(isinstance(command, Send) and not command.audio_s for command in out)
        return out

    def notices(self) -> list[Notice]:
        """What is to be told since the last call, in order."""
        self._floor.tell()
        self._counters.tell(self._shared)
        self._shared.playback.tell(self.session.current)
        out, self._outbox.notices = self._outbox.notices, []
        return out

    @property
    def pending(self) -> bool:
        """Something came up while the last commands were carried out and the last notices passed on."""
        return bool(self._outbox.commands or self._outbox.notices)

    def finish(self) -> None:
        """The conversation is over: what was still to be told is told."""
        self._outbox.finish()

    # ---- what drivers ask

    @property
    def idle(self) -> bool:
        """Nobody speaks and nothing is under way."""
        session, detector = self.session, self._detector
        talking = session.hearing or detector.speaking or session.busy
        return not (talking or session.stopping or session.waiting or detector.holding)

    @property
    def awaiting(self) -> bool:
        """Somebody waits for a word of the endpoint."""
        session = self.session
        return self._unanswered or not self._outbox.live or bool(session.waiting or session.stopping or session.hearing)

    @property
    def portable(self) -> bool:
        """Another connection could take over now, and nobody would notice."""
        return self._outbox.live and self.idle and not self._checks.active and self.session.portable

    # ---- time and audio

    def _tick(self, now: float) -> None:
        self._outbox.tick(now)
        self._microphone.tick()
        self._shared.comparison.tick()
        self._shared.playback.fill()
        self._checks.tick()
        self._speakers.tick()
        self.session.tick(free=self._outbox.live and not self._checks.active and self.idle)
        self._outages.end()
        self._limits.tick(active=not self.idle)
        self._acting.tick()

    def _captured(self, captured: told.FramesCaptured) -> None:
        """Some microphone. Before the session is live nothing is sent, later what the preset asks for."""
        pcm, reference, at = captured.pcm, captured.reference, captured.sample_index
        undisturbed = reference is None and self._outbox.live and not self._checks.active
        if len(pcm) > FRAME and undisturbed and self._detector.resting:
            self._rest(pcm, at)
            return
        for start in range(0, len(pcm), FRAME):
            part = slice(start, start + FRAME)
            self._frame(pcm[part], at + start, None if reference is None else reference[part])

    def _rest(self, pcm: Pcm, at: int) -> None:
        """Frames between turns, all at once."""
        self._outbox.heard_ms = samples_to_ms(at)
        for start in range(0, len(pcm), FRAME):
            self._microphone.frame(pcm[start : start + FRAME], open_=not (self._muted or self._demo))
        self._shared.turns.first_sample(at)
        if self._muted:
            pcm = np.zeros_like(pcm)
        elif levels(pcm)[1] > AUDIBLE_LEVEL:
            self._shared.loud_at = self._outbox.now
        self._detector.rest(pcm)

    def _frame(self, captured: Pcm, at: int, reference: Pcm | None) -> None:
        self._outbox.heard_ms = samples_to_ms(at)
        self._microphone.frame(captured, open_=not (self._muted or self._demo))
        checked = self._checks.active
        if checked:
            self._checks.frame(captured, reference)
        if not (self._outbox.live or self.session.keeping):
            return
        if self._outbox.live:
            self._shared.turns.first_sample(at)
        if checked:
            self._detector.silence()
            return
        # A muted microphone still delivers time: a server's VAD must hear the silence to end the turn.
        pcm, level = (SILENCE, 0.0) if self._muted else (captured, mean_level(captured))
        if level > AUDIBLE_LEVEL:
            self._shared.loud_at = self._outbox.now
        self._detector.reference = SILENCE if reference is None else reference
        self._detector.frame(pcm, level)
        self._unanswered |= self._detector.speaking

    def _progressed(self, progress: told.Progressed) -> None:
        playback, timer = self._shared.playback, self._shared.timer
        playback.ledger.progress(progress.handed, progress.sounding)
        if timer.answer is not None and any(a.handed for a in playback.ledger.of_answer(timer.answer)):
            timer.sounded(self._outbox)
        playback.fill()

    def _levels(self, levels: told.LevelsMeasured) -> None:
        speech, gain = round(self._detector.speech, 2), self._outbox.gain
        self._outbox.notify(
            LevelMeasured(levels.mic_dbfs, levels.assistant_dbfs, levels.mic_mean, levels.t, speech, gain)
        )

    # ---- the connection

    def _arrived(self, arrived: told.Arrived) -> None:
        self._unanswered = False
        self._shared.turns.heard_from(self._outbox.now)
        self.session.receive(arrived.event)

    def _linked(self, linked: told.Linked) -> None:
        self._outages.because(linked.reason)
        telephone = self._shared.link.telephone
        link = LinkChanged(linked.link, linked.detail, linked.endpoint, linked.model, telephone)
        if link != self._shared.link:
            self._shared.link = link
            self._outbox.notify(link)
        if linked.opened:
            if linked.place is not None:
                self.session.settle(linked.place)
            self.session.hello()

    def _lost(self, hung_up: str = "") -> None:
        """The socket is gone; the next session will restore the conversation."""
        self._checks.stop(LOST)
        self._outages.begin(hung_up)
        self._outbox.live = False
        self.session.lost()
        self._shared.turns.connection_lost()
        if not self.session.keeping:
            self._detector = self._new_detector()
            self._release_key()
        self._speakers.connection_lost()

    def _moved(self, moved: told.Moved) -> None:
        """Another connection took over in a pause: the detector, its ears and the talk key go on."""
        recent = self._shared.turns.recent(RECENT_S)
        if moved.place is not None:
            self.session.settle(moved.place)
            self._shared.carried("")
        self.session.moved(moved.told, moved.arrived)
        self._shared.turns.connection_lost()
        self._speakers.connection_lost()
        if len(recent) and self._detector.streams:
            self.session.append([recent])
        self._outbox.notify(Reconnected(moved.why, planned=True))

    # ---- the user

    def _want(self, intent: want.Intent) -> None:
        self._limits.acted()
        if (reason := ENDS.get(type(intent))) is not None:
            self._checks.stop(reason)
        carry_out = self._intents.get(type(intent))
        if carry_out is None:
            self._outbox.announce(Severity.WARNING, f"this endpoint can't do that: {type(intent).__name__}")
        else:
            carry_out(intent)

    def _say(self, text: str) -> None:
        text = text.strip()
        if not text:
            return
        if not (self._outbox.live or self.session.keeping):
            self._outbox.announce(Severity.WARNING, "not connected yet: the text was not sent")
            return
        self.session.say(text)

    def _talk(self, down: bool) -> None:
        if down == self._talking:
            return
        if self._knobs.preset.detector is not Detector.KEY:
            self._select("push-to-talk")
        if self._knobs.preset.detector is not Detector.KEY:
            return
        if not (self._outbox.live or self.session.keeping):
            self._outbox.announce(Severity.WARNING, "not connected yet: the microphone is not sent")
            return
        self._talking = down
        self._detector.key(down)
        self._tell_switches()

    def _mute(self, muted: bool) -> None:
        self._muted = muted
        self._tell_switches()

    def _release_key(self) -> None:
        if self._talking:
            self._talking = False
            self._tell_switches()

    def _check(self, kind: CheckKind, run: Run | None = None) -> None:
        """Take the microphone from the detector: what it was hearing is no turn."""
        self.session.interrupt("key")
        self._leave()
        if not self._detector.streams:
            self._detector = self._new_detector()
        self._release_key()
        self._checks.begin(kind, muted=self._muted, run=run)

    # ---- preset and knobs

    def _turn_knob(self, name: str, value: float) -> None:
        if self._knobs.turn(name, value):
            self.session.configure()
            self._knobs.tell()

    def _step_preset(self, intent: want.StepPreset) -> None:
        names = [name for name, preset in PRESETS.items() if self._able(preset)]
        self._select(names[(names.index(self._knobs.preset.name) + intent.by) % len(names)])

    def _able(self, preset: Preset) -> bool:
        return preset.server_turns or self.session.capabilities.manual_turns

    def _keep_able(self) -> None:
        """The endpoint may turn out not to be able to do what the preset at work needs."""
        preset = self._knobs.preset
        if not self._able(preset):
            other = INSTEAD[preset.detector]
            self._outbox.announce(Severity.WARNING, f"{preset.name}: {NO_MANUAL_TURNS}: going on with {other}")
            self._select(other)

    def _select(self, name: str) -> None:
        now = self._knobs.preset.name
        if name in PRESETS and not self._able(PRESETS[name]):
            self._outbox.announce(Severity.WARNING, f"{name}: {NO_MANUAL_TURNS}: staying with {now}")
            return
        if name == now or not self._knobs.select(name):
            return
        self.session.configure()
        self._knobs.tell()
        self._leave()
        self._detector = self._new_detector()
        self._release_key()

    def _select_profile(self, chosen: want.SelectProfile) -> None:
        self.session.become(chosen)
        if chosen.preset:
            self._select(chosen.preset)
        if type(chosen.context) in self._intents:  # elsewhere there is no context to manage
            self._want(chosen.context)

    def _leave(self) -> None:
        """The detector lets go, and so does the session of what the endpoint was hearing."""
        self._detector.leave()
        self.session.forget_turn()

    def _new_detector(self) -> TurnDetector:
        made = DETECTORS[self._knobs.preset.detector](self._shared, self.session)
        self._shared.detector = made
        return made

    # ---- telling

    def _tell_switches(self) -> None:
        self._outbox.notify(SwitchesChanged(self._muted, self._talking, self._demo))

    def _caller_switched(self, on: bool) -> None:
        self._demo = on
        self._tell_switches()

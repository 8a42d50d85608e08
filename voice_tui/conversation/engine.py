"""The engine: one conversation as a state machine without I/O.

One door in, two drains out: the driver tells what happened with `Engine.receive`, then carries out `Engine.commands`
and passes on `Engine.notices`. The same inputs give the same outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from voice_tui.conversation.action import Action
from voice_tui.conversation.capture import Capture
from voice_tui.conversation.checks.checks import ENDS, LOST, Checks
from voice_tui.conversation.checks.runs import Run
from voice_tui.conversation.floor import Floor
from voice_tui.conversation.instruments import Counters
from voice_tui.conversation.limits import LimitWatch
from voice_tui.conversation.outage import Outages
from voice_tui.conversation.preset_choice import PresetChoice
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared, share
from voice_tui.conversation.speakers.speakers import Speakers
from voice_tui.messages import inputs as told
from voice_tui.messages import intents as want
from voice_tui.messages.checks import CheckKind
from voice_tui.messages.commands import Command, Send
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.limits import NO_LIMITS, Limits
from voice_tui.messages.link import LinkChanged, Reconnected
from voice_tui.messages.measures import UserSpoke
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import DEFAULT_PRESET, Detector
from voice_tui.messages.recognition import RecogniserReady, WrittenDown
from voice_tui.messages.speakers import Enrol, VoiceHeard, VoiceJudged, VoicesReady
from voice_tui.messages.talk import UNCONNECTED, Severity
from voice_tui.messages.tools import ToolFinished, ToolsFound

RECENT_S = 0.5  # a voice may have begun that no detector has found yet: another connection hears it, too


class Engine:
    """One conversation.

    Args:
        open_session: Makes the endpoint's half of it.
        preset: Name of the first preset.
        limits: Where it hangs up by itself.
        tuned: Preset → where its knobs stand at first.
    """

    def __init__(
        self,
        open_session: Callable[[Shared], Session],
        preset: str = DEFAULT_PRESET,
        limits: Limits = NO_LIMITS,
        tuned: Mapping[str, TurnSettings] | None = None,
    ) -> None:
        self._shared = shared = share(preset, tuned)
        self._outbox, self._knobs = shared.outbox, shared.knobs
        self.session = open_session(shared)
        self._checks = Checks(shared, self.session, self._turn_knob)
        self._capture = Capture(shared, self.session, self._checks)
        self._presets = PresetChoice(shared, self.session, self._capture)
        self._speakers = Speakers(shared, self.session)
        shared.prepare = self._speakers.prepare
        self._floor = Floor(shared, self.session)
        self._outages = Outages(shared.outbox, shared.transcript)
        self._early: list[str] = []  # typed before the first session was live
        self._unanswered = False  # of the user's speech or of what was sent since the endpoint's last word
        self._limits = LimitWatch(shared, limits)
        self._counters = Counters(self._outbox)
        self._action = Action(shared, self.session, lambda: self.idle)
        self._inputs: dict[type, Callable[[Any], object]] = {
            told.Ticked: lambda i: self._tick(i.now),
            told.FramesCaptured: self._captured,
            told.MicrophoneOpened: self._capture.microphone.opened,
            told.Arrived: self._arrived,
            told.Linked: self._linked,
            told.Pinged: lambda i: shared.timer.pinged(i.round_trip_s),
            told.Lost: lambda i: self._lost(i.hung_up),
            told.CalledAgain: lambda i: self._limits.renew(),
            told.Moved: self._moved,
            told.Progressed: lambda i: shared.playback.progressed(i.handed, i.sounding),
            told.CutDone: shared.playback.cut_done,
            told.UserWanted: self._wanted,
            ToolFinished: self._action.finished,
            ToolsFound: self.session.finished,
            told.Embedded: self.session.finished,
            told.LevelsMeasured: self._capture.measured,
            told.CallerSwitched: lambda i: self._capture.demo(i.on),
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
            want.SelectPreset: lambda i: self._presets.select(i.name),
            want.StepPreset: lambda i: self._presets.step(i.by),
            want.SelectProfile: self._select_profile,
            want.SendText: lambda i: self._say(i.text),
            want.Interrupt: lambda i: self.session.interrupt("key"),
            want.PushToTalk: lambda i: self._talk(not self._capture.talking if i.down is None else i.down),
            want.SwitchFrontEnd: lambda i: self._capture.detector.switch(i),
            want.Calibrate: lambda i: self._check(CheckKind.CALIBRATION),
            want.TestEcho: lambda i: self._check(CheckKind.ECHO),
            want.StopCheck: lambda i: None,  # see `ENDS`
            want.ApplyCalibration: lambda i: self._checks.apply(self._capture.detector),
            Enrol: lambda i: self._check(CheckKind.ENROLMENT, self._speakers.enrolment(i.name)),
            want.Mute: lambda i: self._capture.mute(not self._capture.muted if i.muted is None else i.muted),
            **self._speakers.intents(),
            **self.session.intents(),
        }
        self._presets.keep_able()
        self._knobs.tell()

    # ---- the door and the drains

    def receive(self, happened: told.Input) -> None:
        """Something happened."""
        self._inputs[type(happened)](happened)
        while self._early and self._outbox.live:
            self.session.say(self._early.pop(0))
        self._presets.keep_able()
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
        session, detector = self.session, self._capture.detector
        talking = session.hearing or detector.speaking or session.busy
        return not (talking or session.stopping or session.waiting or detector.holding)

    @property
    def calm(self) -> bool:
        """Nobody is heard, nothing that was played can be, and no check listens: what is faint has time."""
        detector = self._capture.detector
        return detector.resting and detector.quiet and not self._checks.active

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
        self._capture.microphone.tick()
        self._shared.comparison.tick()
        self._shared.playback.fill()
        self._checks.tick()
        self._speakers.tick()
        self.session.tick(free=self._outbox.live and not self._checks.active and self.idle)
        self._outages.end()
        self._limits.tick(active=not self.idle)
        self._action.tick()

    def _captured(self, captured: told.FramesCaptured) -> None:
        self._unanswered |= self._capture.receive(captured)
        for start, end in self._shared.ears.said():
            self._outbox.notify(UserSpoke(self._outbox.clock.at(start), self._outbox.clock.at(end)))

    # ---- the connection

    def _arrived(self, arrived: told.Arrived) -> None:
        self._unanswered = False
        self._shared.turns.heard_from(self._outbox.now)
        self.session.receive(arrived.event)

    def _linked(self, linked: told.Linked) -> None:
        self._outages.because(linked.reason)
        telephone = self._shared.link.telephone
        link = LinkChanged(
            linked.link, linked.detail, linked.endpoint, linked.model, telephone, linked.name, linked.reason,
            linked.again_s,
        )  # fmt: skip
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
        if hung_up:
            self._limits.over = True
        self._outbox.live = False
        self.session.lost()
        self._shared.turns.connection_lost()
        if not self.session.keeping:
            self._capture.renew()
        self._speakers.connection_lost()

    def _moved(self, moved: told.Moved) -> None:
        """Another connection took over in a pause: the detector, its ears and the talk key go on."""
        recent = self._shared.turns.recent(RECENT_S)
        if moved.place is not None:
            self.session.settle(moved.place)
            self._shared.carried("")
        self.session.moved(moved.told, moved.arrived)
        self._shared.timer.moved()
        self._shared.turns.connection_lost()
        self._speakers.connection_lost()
        if len(recent) and self._capture.detector.streams:
            self.session.append([recent])
        self._outbox.notify(Reconnected(moved.why, planned=True))

    # ---- the user

    def _wanted(self, wanted: told.UserWanted) -> None:
        """What the user does has its own moment: between two ticks, measures would be off by what lies between."""
        if wanted.at is not None:
            self._outbox.tick(wanted.at)
        self._want(wanted.intent)

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
            self._early.append(text)
            self._outbox.announce(Severity.INFORMATION, f"{UNCONNECTED}what you typed is sent as soon as we are")
            return
        self.session.say(text)

    def _talk(self, down: bool) -> None:
        if down == self._capture.talking:
            return
        if self._knobs.preset.detector is not Detector.KEY:
            self._presets.select("push-to-talk")
        if self._knobs.preset.detector is not Detector.KEY:
            return
        if not (self._outbox.live or self.session.keeping):
            self._outbox.announce(Severity.WARNING, f"{UNCONNECTED}the microphone is not sent")
            return
        self._capture.press(down)

    def _check(self, kind: CheckKind, run: Run | None = None) -> None:
        """A check begins, or what else is to have the microphone for a while."""
        self.session.interrupt("key")
        self._capture.yield_microphone()
        self._checks.begin(kind, muted=self._capture.muted, run=run)

    def _turn_knob(self, name: str, value: float) -> None:
        if self._knobs.turn(name, value):
            self.session.configure()
            self._knobs.tell()

    def _select_profile(self, chosen: want.SelectProfile) -> None:
        self.session.become(chosen)
        if chosen.preset:
            self._presets.select(chosen.preset)
        if type(chosen.context) in self._intents:  # elsewhere there is no context to manage
            self._want(chosen.context)

"""The engine: one conversation as a state machine without I/O.

Driven and drained like a sans-IO protocol: the driver says what time it is (`tick`) and what happened (`receive_*`),
then carries out `commands` and passes on `notices`. Same inputs, same outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FRAME, mean_level, samples_to_ms
from voice_tui.conversation.checks.checks import ENDS, LOST, Checks
from voice_tui.conversation.checks.runs import Run
from voice_tui.conversation.floor import Floor
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.transcript import Transcript
from voice_tui.conversation.turn_taking.detector import TurnDetector
from voice_tui.conversation.turn_taking.table import DETECTORS
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.companions import Companions
from voice_tui.endpoints.realtime.context.estimates import Estimate, estimate
from voice_tui.endpoints.realtime.ledger_view import LedgerView
from voice_tui.endpoints.realtime.server_turns import ServerTurns
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate
from voice_tui.endpoints.realtime.wire.items import ContentPart, ErrorDetails, Item, Response
from voice_tui.messages import intents as want
from voice_tui.messages.checks import CheckKind
from voice_tui.messages.commands import Command
from voice_tui.messages.inputs import CapturedFrame, PlaybackCut, PlaybackProgress, ToolFinished
from voice_tui.messages.link import CountersChanged, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import DEFAULT_PRESET, PRESETS, Detector
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.speakers import Enrol, SpeakerInput
from voice_tui.messages.talk import Severity, SwitchesChanged
from voice_tui.messages.turns import Stage

_SILENCE = np.zeros(FRAME, np.int16)


class Engine:
    """One conversation.

    Args:
        profile: Who the assistant is.
        preset: Name of the first preset.
        capabilities: What the endpoint can do.
        estimate: Counts the tokens of a text, where the server has not.
    """

    def __init__(
        self,
        profile: Profile | None = None,
        preset: str = DEFAULT_PRESET,
        capabilities: Capabilities | None = None,
        estimate: Estimate = estimate,
    ) -> None:
        self._bus = Outbox()
        self._profile = profile or Profile()
        self._capabilities = capabilities or Capabilities()
        self.transcript = Transcript(self._bus)
        self.tuning = SessionSettings(self._bus, self._profile, preset)
        self.answers = Answers(self._bus, self.transcript, self._capabilities)
        self._uplink = self._make_uplink()
        self._listening = ServerTurns(self._bus, self.transcript, self.answers, self.tuning, self._uplink)
        self.beside = Companions(
            self._bus,
            self.transcript,
            self.answers,
            self._listening,
            self.tuning,
            self._profile,
            self._capabilities,
            estimate,
        )
        self._floor = Floor(self._bus, self.answers, self._listening, self.beside.tools)
        self._checking = Checks(self._bus, self.answers, self.tuning)
        self._muted = self._talking = False
        self._greeted = False
        self._typed = 0
        self._counters = CountersChanged()
        self._ledger_view = LedgerView(self._bus, self.answers)
        self._handlers: dict[type, Callable[[Any], object]] = {
            se.SessionCreated: lambda e: self._session_created(),
            se.SessionUpdated: lambda e: self._session_updated(),
            se.Error: lambda e: self._error(e.error),
            se.ConversationItemAdded: self._item_added,
            se.ConversationItemDone: lambda e: self.answers.item_done(e.item),
            se.ConversationItemTruncated: self._item_truncated,
            se.ConversationItemDeleted: self._item_deleted,
            se.ResponseCreated: self.answers.response_created,
            se.ResponseDone: lambda e: self._response_done(e.response),
            se.OutputItemAdded: lambda e: self.answers.item_added(e.response_id, e.item),
            se.OutputItemDone: lambda e: self.answers.item_done(e.item),
            se.OutputAudioDelta: self.answers.audio,
            se.OutputAudioTranscriptDelta: lambda e: self.answers.words(e.item_id, e.delta, written=False),
            se.OutputAudioTranscriptDone: lambda e: self.answers.words_done(e.item_id, e.transcript, written=False),
            se.OutputTextDelta: lambda e: self.answers.words(e.item_id, e.delta, written=True),
            se.OutputTextDone: lambda e: self.answers.words_done(e.item_id, e.text, written=True),
            **self._listening.handlers(),
        }
        self._intents: dict[type, Callable[[Any], object]] = {
            want.ChangeSetting: lambda i: self.tuning.turn_knob(i.name, i.value),
            want.SelectPreset: lambda i: self._select(i.name),
            want.SelectProfile: self._select_profile,
            want.StepPreset: self._step_preset,
            want.SendText: lambda i: self._say(i.text),
            want.Interrupt: lambda i: self._interrupt(),
            want.PushToTalk: lambda i: self._talk(not self._talking if i.down is None else i.down),
            want.SwitchFrontEnd: lambda i: self._uplink.switch(i),
            want.Calibrate: lambda i: self._check(CheckKind.CALIBRATION),
            want.TestEcho: lambda i: self._check(CheckKind.ECHO),
            want.StopCheck: lambda i: None,  # see `ENDS`
            want.ApplyCalibration: lambda i: self._checking.apply(self._uplink),
            Enrol: lambda i: self._check(CheckKind.ENROLMENT, self.beside.speakers.enrolment(i.name)),
            want.Mute: lambda i: self._mute(not self._muted if i.muted is None else i.muted),
            **self.beside.intents(),
        }
        self.tuning.tell()

    # ---- driving

    def tick(self, now: float) -> None:
        """Time is ``now`` (s, the driver's monotonic clock)."""
        self._bus.now = now
        self.tuning.tick()
        self.answers.comparison.tick()
        self._checking.tick()
        self.answers.repairs.tick()
        self.beside.tick(free=self._bus.live and not self._checking.active and self.idle)

    def receive_audio(self, frame: CapturedFrame) -> None:
        """10 ms of microphone. Before the session is live nothing is sent, later what the preset asks for."""
        self._bus.heard_ms = samples_to_ms(frame.sample_index)
        checked = self._checking.active
        if checked:
            self._checking.frame(frame.pcm, frame.reference)
        if not self._bus.live:
            return
        self._listening.first_sample(frame.sample_index)
        if checked:
            self._uplink.silence()
            return
        # A muted microphone still delivers time: a server's VAD must hear the silence to end the turn.
        pcm, level = (_SILENCE, 0.0) if self._muted else (frame.pcm, mean_level(frame.pcm))
        if frame.reference is not None:
            self._uplink.reference = frame.reference
        self._uplink.frame(pcm, level)
        self._listening.local = self._uplink.speaking
        self._listening.note = self._uplink.note

    def receive_event(self, event: se.ServerEvent | se.UnknownEvent) -> None:
        """What the server sent. What this engine has no rule for is tolerated."""
        if self.beside.takes(event):
            return
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def receive_progress(self, progress: PlaybackProgress | PlaybackCut) -> None:
        """Where playback is, or that a cut was carried out."""
        if isinstance(progress, PlaybackCut):
            self.answers.receive_cut(progress)
        else:
            self.answers.receive_progress(progress)

    def receive_tool(self, result: ToolFinished) -> None:
        """A tool that was to be called is done."""
        self.beside.tool_finished(result)

    def receive_embedding(self, key: str, vector: Sequence[float] | NDArray[np.float64] | None) -> None:
        """The vector of a text that was to be embedded; None: there is none."""
        self.beside.embedded(key, vector)

    def receive_voice(self, told: SpeakerInput) -> None:
        """What is known of a voice."""
        self.beside.speakers.receive(told)

    def receive_intent(self, intent: want.Intent) -> None:
        """What the user wants."""
        if (reason := ENDS.get(type(intent))) is not None:
            self._checking.stop(reason)
        self._intents[type(intent)](intent)

    def connection_lost(self) -> None:
        """The socket is gone; a new ``session.created`` will restore the conversation."""
        self._checking.stop(LOST)
        self._bus.live = False
        self._bus.sent_samples = 0
        self.tuning.connection_lost()
        self.answers.connection_lost()
        self._listening.connection_lost()
        self._uplink = self._listening.uplink = self._make_uplink()
        self._release_key()
        self.beside.connection_lost()

    def commands(self) -> list[Command]:
        """What is to be done since the last call, in order."""
        out, self._bus.commands = self._bus.commands, []
        return out

    def notices(self) -> list[Notice]:
        """What is to be told since the last call, in order."""
        self._floor.tell()
        self._count()
        self._ledger_view.tell()
        out, self._bus.notices = self._bus.notices, []
        return out

    @property
    def speech(self) -> float:
        """Speech probability of the last frame, 0-1."""
        return self._uplink.speech

    @property
    def idle(self) -> bool:
        """Nobody speaks and nothing is under way."""
        answers, asking = self.answers, self.answers.asking
        waits = asking.awaited or asking.hold.active or self.beside.tools.active
        return not (answers.busy or answers.stopping or waits or self._listening.speaking)

    # ---- the session

    def _session_created(self) -> None:
        self._bus.notify(LinkChanged(Link.CONFIGURING))
        self.tuning.configure()

    def _session_updated(self) -> None:
        self.tuning.updated()
        if not self._bus.live:
            self._go_live()

    def _go_live(self) -> None:
        self._bus.live = True
        self._bus.clear_error()
        self._bus.notify(LinkChanged(Link.LIVE))
        if self._greeted and self._capabilities.seed_history:
            self.beside.context.seed()
        if not self._greeted and self._profile.greeting:
            self._say(self._profile.greeting)
        self._greeted = True

    def _error(self, error: ErrorDetails) -> None:
        if self.beside.refused(error):
            return
        if self.tuning.rejected(error):
            self._bus.announce(Severity.ERROR, f"the server rejected the settings: {error.message}")
            if not self._bus.live:
                self._go_live()  # it talks with its own settings: better than silence, and it is said
            return
        if self.answers.repairs.rejected(error.event_id, error.message):
            return
        if error.code == "response_cancel_not_active":
            return  # the answer ended while our cancel was on its way: nothing is wrong
        if self.answers.create_failed(error):
            return
        if error.event_id is None:
            self.answers.repairs.doubt(error.message)
        self.transcript.refused(error.event_id)
        self.answers.asking.awaited = False
        self._bus.announce(Severity.ERROR, f"{error.code or error.type or 'error'}: {error.message}")

    def _response_done(self, response: Response) -> None:
        interrupted = self.answers.was_interrupted(response.id)
        self.answers.response_done(response)
        self.beside.response_done(response, interrupted=interrupted)

    # ---- items

    def _item_added(self, event: se.ConversationItemAdded) -> None:
        item = event.item
        if not isinstance(item.id, str):
            return
        self.transcript.place(item.id, event.previous_item_id)
        if item.type != "message" or item.role not in ("user", "assistant", "system"):
            return
        if item.role == "user" and item.id not in self.transcript:
            spoken = any(p.type == "input_audio" for p in item.content or [])
            self.transcript.open(item.id, "user", text=item.text, spoken=spoken, pending=spoken and not item.text)
        elif item.role != "user" and item.text and item.id not in self.transcript:
            self.transcript.open(item.id, str(item.role), text=item.text, spoken=False)

    def _item_truncated(self, event: se.ConversationItemTruncated) -> None:
        if self.answers.repairs.acknowledged(event.item_id):
            self.answers.waterfall.reach(Stage.TRUNCATED)

    def _item_deleted(self, event: se.ConversationItemDeleted) -> None:
        if not self.answers.repairs.acknowledged(event.item_id):
            self.transcript.remove(event.item_id)

    # ---- the user

    def _interrupt(self) -> None:
        self.answers.interrupt("key")
        self.beside.tools.give_up()

    def _say(self, text: str) -> None:
        text = text.strip()
        if not text:
            return
        if not self._bus.live:
            self._bus.announce(Severity.WARNING, "not connected yet: the text was not sent")
            return
        self.answers.interrupt("text")
        self._typed += 1
        item = Item(
            "message", id=f"typed_{self._typed:04d}", role="user", content=[ContentPart("input_text", text=text)]
        )
        self.transcript.open(str(item.id), "user", text=text, spoken=False)
        self._bus.send(ConversationItemCreate(item=item))
        self.answers.timer.turn_ended(self._bus.now)
        self.answers.want_response()

    def _talk(self, down: bool) -> None:
        if down == self._talking:
            return
        if self.tuning.preset.detector is not Detector.KEY:
            self._select("push-to-talk")
        if not self._bus.live:
            self._bus.announce(Severity.WARNING, "not connected yet: the microphone is not sent")
            return
        self._talking = down
        self._uplink.key(down)
        self._listening.local = self._uplink.speaking
        self._tell_switches()

    def _check(self, kind: CheckKind, run: Run | None = None) -> None:
        """Take the microphone from the detector: what it was hearing is no turn."""
        self.answers.interrupt("key")
        self._uplink.leave()
        self._listening.reset()
        if not self._uplink.streams:
            self._uplink = self._listening.uplink = self._make_uplink()
        self._release_key()
        self._checking.begin(kind, muted=self._muted, run=run)

    def _mute(self, muted: bool) -> None:
        self._muted = muted
        self._tell_switches()

    def _tell_switches(self) -> None:
        self._bus.notify(SwitchesChanged(self._muted, self._talking))

    def _step_preset(self, intent: want.StepPreset) -> None:
        names = list(PRESETS)
        self._select(names[(names.index(self.tuning.preset.name) + intent.by) % len(names)])

    def _select(self, name: str) -> None:
        if name == self.tuning.preset.name or not self.tuning.select(name):
            return
        self._uplink.leave()
        self._listening.reset()
        self._uplink = self._listening.uplink = self._make_uplink()
        self._release_key()

    def _select_profile(self, chosen: want.SelectProfile) -> None:
        self.tuning.select_profile(chosen)
        if chosen.preset:
            self._select(chosen.preset)
        self.receive_intent(chosen.context)

    def _release_key(self) -> None:
        if self._talking:
            self._talking = False
            self._tell_switches()

    def _make_uplink(self) -> TurnDetector:
        return DETECTORS[self.tuning.preset.detector](self._bus, self.transcript, self.answers, self.tuning)

    def _count(self) -> None:
        counters = CountersChanged(self.answers.interruptions, self.answers.repairs.truncations)
        if counters != self._counters:
            self._counters = counters
            self._bus.notify(counters)

"""Who speaks: the one place that knows which voice every turn of the user has, and tells the screen and the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.conversation.checks.enrolment import EnrolRun
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.speakers.labels import ModelLabels
from voice_tui.conversation.speakers.roster import Roster
from voice_tui.conversation.speakers.turns import SpokenTurn, Turns
from voice_tui.conversation.transcript import LABELS, Transcript
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.server_turns import ONLY_THE_SERVER, ServerTurns
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.messages import speakers as want
from voice_tui.messages.speakers import (
    Identify,
    JudgeVoice,
    KeepVoices,
    KnownVoice,
    OverlapHeard,
    OverlapPolicy,
    SpeakerInput,
    SpeakersChanged,
    VoiceHeard,
    VoiceIdentified,
    VoiceJudged,
    VoicesReady,
)
from voice_tui.messages.talk import Severity

SURE = 0.5  # below, a label gets a question mark
WAIT_S = 0.25  # a request for an answer waits so long for the voiceprint of the turn, and only where it can matter
ALL_AT_ONCE = "more than one voice in this turn"
UNABLE = "voices cannot be told apart"
NO_NAME = "name: is empty, must be at least one letter"
ASK_WHO = (
    "Two people spoke at the same time just now, so their words are mixed up. Kindly say that you heard two people at "
    "once, and ask who would like to go first or what should be repeated."
)


class Speakers:
    """The speakers of one conversation; nothing happens before `VoicesReady`.

    Args:
        bus, transcript, answers, listening, tuning: Of the engine.
        holds: Whether the server has an item.
    """

    def __init__(
        self,
        bus: Outbox,
        transcript: Transcript,
        answers: Answers,
        listening: ServerTurns,
        tuning: SessionSettings,
        holds: Callable[[str], bool],
    ) -> None:
        self._bus, self._transcript, self._answers, self._tuning = bus, transcript, answers, tuning
        self._roster: Roster | None = None
        self._state = SpeakersChanged()
        self._turns = Turns(lambda: listening.uplink.row, lambda: tuning.preset.server_turns, self._ask)
        self._labels = ModelLabels(bus, transcript, holds)
        self._unlabelled: list[SpokenTurn] = []  # turns of which the model is still to be told
        self._seen = -1
        self._waited = False  # a request waits
        self._overlap = self._asked_who = False  # to be asked about with the next answer; asked about in the last
        self._answered = False
        self._run: EnrolRun | None = None
        bus.tap = self._turns.sent
        answers.asking.prepare = self._prepare

    # ---- what the user wants

    def intents(self) -> dict[type, Callable[[Any], object]]:
        """Intent → method; `Enrol` takes the microphone and is the engine's."""
        return {
            want.RenameSpeaker: lambda i: self._change(lambda roster: self._rename(roster, i.number, i.name)),
            want.MergeSpeakers: lambda i: self._change(lambda roster: roster.merge(i.into, i.other)),
            want.ForgetSpeaker: lambda i: self._change(lambda roster: roster.forget(i.number)),
            want.SetSpeakers: self._set,
        }

    def enrolment(self, name: str) -> EnrolRun:
        """A run to be fed."""
        name = name.strip()
        problem = UNABLE if self._roster is None else "" if name else NO_NAME
        self._run = EnrolRun(lambda pcm: self._bus.command(JudgeVoice(name, pcm)), self._enrol, problem)
        return self._run

    def _enrol(self, voice: KnownVoice) -> None:
        self._change(lambda roster: roster.enrol(voice))

    def _change(self, change: Callable[[Roster], None]) -> None:
        if self._roster is None:
            self._bus.announce(Severity.ERROR, UNABLE)
            return
        try:
            change(self._roster)
        except ValueError as error:
            self._bus.announce(Severity.ERROR, str(error))
            return
        self._show()

    def _rename(self, roster: Roster, number: int, name: str) -> None:
        old, new = roster.rename(number, name)
        if self._tells:
            self._labels.renamed(old, new)

    def _set(self, intent: want.SetSpeakers) -> None:
        now = self._state
        self._state = replace(
            now,
            on=now.on if intent.on is None else intent.on,
            label_to_model=now.label_to_model if intent.label_to_model is None else intent.label_to_model,
            overlap=now.overlap if intent.overlap is None else intent.overlap,
        )
        if self._state != now:
            self._bus.notify(self._state)
            self._show()

    # ---- what the driver says

    def receive(self, told: SpeakerInput) -> None:
        """Take an answer of the driver."""
        match told:
            case VoicesReady():
                self._roster = Roster(told, lambda voices: self._bus.command(KeepVoices(voices)))
                self._show()
            case VoiceHeard():
                self._heard(told)
            case VoiceJudged() if self._run is not None:
                self._run.judged, self._run = told, None

    def _ask(self, turn: SpokenTurn, pcm: Pcm, whole: bool) -> None:
        if whole:
            turn.asked = self._bus.now
        if self._roster is None or not self._state.on:
            turn.heard = turn.heard or whole
            return
        if whole:
            self._unlabelled.append(turn)
        self._bus.command(Identify(turn.key, pcm, self._roster.book.prints(turn.key), whole))

    def _heard(self, told: VoiceHeard) -> None:
        turn = self._turns.by_key.get(told.turn_id)
        if turn is None or self._roster is None or turn.heard or not (told.whole or told.vector is not None):
            return
        heard = self._roster.book.hear(turn.key, told.vector, told.speech_s)
        turn.heard = told.whole
        turn.unsure = heard.speaker is not None and heard.confidence < SURE
        for changed in heard.relabelled:
            self._turns.by_key[changed.turn_id].unsure = False
        if heard.speaker is not None:
            name = self._roster.book.name(heard.speaker)
            self._bus.notify(VoiceIdentified(turn.item_id, heard.speaker, name, heard.confidence, told.whole))
        if told.whole and told.overlap is not None and told.overlap.flagged:
            turn.overlapped = True
            self._overlap = self._asks and self._state.overlap is OverlapPolicy.ASK
            self._bus.notify(OverlapHeard(turn.item_id, told.overlap.log_odds))
        self._show()

    # ---- rows

    def _show(self) -> None:
        """Every turn has the label that is right now."""
        roster = self._roster
        if roster is None:
            return
        book = roster.book
        several = roster.several
        labels = book.labels()
        for turn in self._turns.by_key.values():
            row = self._transcript.row(turn.item_id)
            if row is None:
                continue
            number = labels.get(turn.key) if self._state.on else None
            named = number is not None and (several or roster.named(number))
            speaker = book.name(number) if number is not None and named else LABELS["user"]
            note = row.note or (ALL_AT_ONCE if turn.overlapped else "")
            unsure = named and several and turn.unsure
            self._transcript.update(turn.item_id, speaker=speaker, voice=number or 0, unsure=unsure, note=note)
        state = replace(self._state, speakers=roster.infos, method=book.method)
        if state != self._state:
            self._state = state
            self._bus.notify(state)

    def _drop_removed(self) -> None:
        """What turned out to be no turn teaches no voice."""
        gone = [t for t in self._turns.by_key.values() if t.item_id and t.item_id not in self._transcript]
        for turn in gone:
            del self._turns.by_key[turn.key]
            if turn in self._unlabelled:
                self._unlabelled.remove(turn)
            if self._roster is not None and turn.key in self._roster.book.labels():
                self._roster.book.drop(turn.key)
        if gone:
            self._show()

    # ---- the model

    @property
    def _tells(self) -> bool:
        return self._state.on and self._state.label_to_model and self._bus.live

    @property
    def _asks(self) -> bool:
        """We ask for the answers to spoken turns ourselves."""
        return not self._tuning.preset.server_turns or self._tuning.preset.asks

    def _tell_model(self) -> None:
        """Of every turn whose voice is known and that the server has: who speaks."""
        for turn in [t for t in self._unlabelled if t.heard and t.in_server]:
            self._unlabelled.remove(turn)
            row = self._transcript.row(turn.item_id)
            number = self._roster.book.label(turn.key) if self._roster is not None else None
            if self._roster is None or number is None or row is None or row.note == ONLY_THE_SERVER or not self._tells:
                continue
            if self._roster.several:
                self._labels.speaks(turn.item_id, self._roster.book.name(number), unsure=turn.unsure)

    def _prepare(self) -> bool:
        """Before each request: what the model should know first is sent, or still waited for."""
        self._tell_model()
        if self._waits():
            self._waited = True
            return True
        if self._overlap:
            asking = self._answers.asking
            asking.instructions = f"{asking.instructions or self._tuning.instructions}\n\n{ASK_WHO}"
            self._overlap, self._asked_who = False, True
        return False

    def _waits(self) -> bool:
        """A turn was just ended whose voice is not known yet, and it may be another's than before."""
        if self._roster is None:
            return False
        matters = (self._tells and self._roster.several) or self._state.overlap is OverlapPolicy.ASK
        now = self._bus.now
        return matters and any(turn.asked is not None and now - turn.asked < WAIT_S for turn in self._unlabelled)

    # ---- driving

    def takes(self, event: object) -> None:
        """Look at an event of the server."""
        self._turns.takes(event)
        self._answered |= isinstance(event, se.ResponseCreated)

    def refused(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers something of ours."""
        self._turns.refused(error.event_id)
        return self._labels.refused(error)

    def tick(self) -> None:
        """Go on."""
        if self._answered and self._asked_who:  # what was said about one turn only is said
            self._asked_who = False
            self._answers.asking.instructions = ""
        self._answered = False
        if self._roster is not None and self._state.on:
            self._turns.tick()
        if self._seen != self._transcript.version:
            self._drop_removed()
            self._seen = self._transcript.version
        self._tell_model()
        if self._waited and not self._waits():
            self._waited = False
            if self._answers.asking.wanted:
                self._answers.want_response()

    def connection_lost(self) -> None:
        """The session is gone; labels stay."""
        self._turns.connection_lost()
        self._unlabelled.clear()
        self._overlap = self._waited = False

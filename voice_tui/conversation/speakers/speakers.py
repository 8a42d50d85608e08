"""Who speaks: the one place that knows which voice every turn of the user has, and tells the screen and the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.conversation.checks.enrolment import EnrolRun
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Ready, Shared
from voice_tui.conversation.speakers.labels import ModelLabels
from voice_tui.conversation.speakers.roster import Roster
from voice_tui.conversation.transcript import LABELS, ONLY_THE_SERVER
from voice_tui.conversation.turns import SpokenTurn
from voice_tui.messages import speakers as want
from voice_tui.messages.speakers import (
    Identify,
    JudgeVoice,
    KeepVoices,
    KnownVoice,
    OverlapPolicy,
    SpeakerInput,
    SpeakersChanged,
    VoiceHeard,
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
        shared: Of the conversation.
        session: Of the same.
    """

    def __init__(self, shared: Shared, session: Session) -> None:
        self._shared, self._session = shared, session
        self._outbox, self._transcript, self._turns = shared.outbox, shared.transcript, shared.turns
        self._roster: Roster | None = None
        self._state = SpeakersChanged()
        self._labels = ModelLabels(session)
        self._unlabelled: list[SpokenTurn] = []  # turns of which the model is still to be told
        self._seen = -1
        self._waited = False  # a request waits
        self._overlap = False  # to be asked about with the next answer
        self._asked_at: int | None = None  # how many answers had begun when it was asked about
        self._run: EnrolRun | None = None

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
        self._run = EnrolRun(lambda pcm: self._outbox.command(JudgeVoice(name, pcm)), self._enrol, problem)
        return self._run

    def _enrol(self, voice: KnownVoice) -> None:
        self._change(lambda roster: roster.enrol(voice))

    def _change(self, change: Callable[[Roster], None]) -> None:
        if self._roster is None:
            self._outbox.announce(Severity.ERROR, UNABLE)
            return
        try:
            change(self._roster)
        except ValueError as error:
            self._outbox.announce(Severity.ERROR, str(error))
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
            self._outbox.notify(self._state)
            self._show()

    # ---- what the driver says

    def receive(self, told: SpeakerInput) -> None:
        """Take an answer of the driver."""
        match told:
            case VoicesReady():
                self._roster = Roster(told, lambda voices: self._outbox.command(KeepVoices(voices)))
                self._show()
            case VoiceHeard():
                self._heard(told)
            case VoiceJudged() if self._run is not None:
                self._run.judged, self._run = told, None

    def settle(self) -> None:
        """Ask for the voiceprints of what has been said since the last time."""
        for wanted in self._turns.wanted():
            self._ask(wanted.turn, wanted.pcm, wanted.whole)

    def _ask(self, turn: SpokenTurn, pcm: Pcm, whole: bool) -> None:
        if whole:
            turn.asked = self._outbox.now
        if self._roster is None or not self._state.on:
            turn.heard = turn.heard or whole
            return
        if whole:
            self._unlabelled.append(turn)
        self._outbox.command(Identify(turn.key, pcm, self._roster.book.prints(turn.key), whole))

    def _heard(self, told: VoiceHeard) -> None:
        turn = self._turns.by_key.get(told.turn_id)
        if turn is None or self._roster is None or turn.heard or not (told.whole or told.vector is not None):
            return
        heard = self._roster.book.hear(turn.key, told.vector, told.speech_s)
        turn.heard = told.whole
        turn.unsure = heard.speaker is not None and heard.confidence < SURE
        for changed in heard.relabelled:
            self._turns.by_key[changed.turn_id].unsure = False
        if told.whole and told.overlap is not None and told.overlap.flagged:
            turn.overlapped = True
            self._overlap = self._asks and self._state.overlap is OverlapPolicy.ASK
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
            row = self._transcript.row(turn.row_id)
            if row is None:
                continue
            number = labels.get(turn.key) if self._state.on else None
            named = number is not None and (several or roster.named(number))
            speaker = book.name(number) if number is not None and named else LABELS["user"]
            note = row.note or (ALL_AT_ONCE if turn.overlapped else "")
            unsure = named and several and turn.unsure
            self._transcript.update(turn.row_id, speaker=speaker, voice=number or 0, unsure=unsure, note=note)
        state = replace(self._state, speakers=roster.infos, method=book.method)
        if state != self._state:
            self._state = state
            self._outbox.notify(state)

    def _drop_removed(self) -> None:
        """What turned out to be no turn teaches no voice."""
        gone = [t for t in self._turns.by_key.values() if t.row_id and t.row_id not in self._transcript]
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
        return self._state.on and self._state.label_to_model and self._outbox.live

    @property
    def _asks(self) -> bool:
        """We ask for the answers to spoken turns ourselves."""
        return self._shared.knobs.preset.asks

    def _tell_model(self) -> None:
        """Of every turn whose voice is known and that the server has: who speaks."""
        for turn in [t for t in self._unlabelled if t.heard and t.in_server]:
            self._unlabelled.remove(turn)
            row = self._transcript.row(turn.row_id)
            number = self._roster.book.label(turn.key) if self._roster is not None else None
            if self._roster is None or number is None or row is None or row.note == ONLY_THE_SERVER or not self._tells:
                continue
            if self._roster.several:
                self._labels.speaks(turn.row_id, self._roster.book.name(number), unsure=turn.unsure)

    def prepare(self) -> Ready | None:
        """Before each request: what the model should know first is sent, or still waited for (None)."""
        self.settle()
        self._tell_model()
        if self._waits():
            self._waited = True
            return None
        if not self._overlap:
            return Ready()
        self._asked_at = self._shared.answers_begun
        return Ready(ASK_WHO)

    def _waits(self) -> bool:
        """A turn was just ended whose voice is not known yet, and it may be another's than before."""
        if self._roster is None:
            return False
        matters = (self._tells and self._roster.several) or self._state.overlap is OverlapPolicy.ASK
        now = self._outbox.now
        return matters and any(turn.asked is not None and now - turn.asked < WAIT_S for turn in self._unlabelled)

    # ---- driving

    def tick(self) -> None:
        """Go on."""
        if self._asked_at is not None and self._shared.answers_begun > self._asked_at:
            self._overlap, self._asked_at = False, None  # what was to be said about one turn is said
        if self._roster is not None and self._state.on:
            self._turns.tick()
        if self._seen != self._transcript.version:
            self._drop_removed()
            self._seen = self._transcript.version
        self._tell_model()
        if self._waited and not self._waits():
            self._waited = False
            self._session.ask_again()

    def connection_lost(self) -> None:
        """The session is gone; labels stay."""
        self._unlabelled.clear()
        self._overlap = self._waited = False
        self._asked_at = None

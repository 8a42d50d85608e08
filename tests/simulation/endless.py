"""A second family of endpoints, as unlike the Realtime one as can be: two endless tracks and nothing else.

The client speaks first. There are no items and no responses; what was said comes as fragments of both sides, which may
overlap. The assistant's track never ends, and nothing of it can be cancelled, truncated or deleted: an interruption
fades the loudspeaker out here, and the endpoint goes on until it notices by itself. Packets may be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tests.simulation.endless_wire import (
    LOUD,
    PACKET_MS,
    EndlessCodec,
    Fragment,
    FromClient,
    Hello,
    Ready,
    Sound,
    Track,
    Typed,
)
from voice_tui.audio.stream.pcm import Pcm, mean_level, ms_to_samples, to_pcm
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.spoken_text import SpokenText
from voice_tui.endpoints.families import Family
from voice_tui.messages.commands import Send
from voice_tui.messages.inputs import Embedded
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.link import Introduction, Link
from voice_tui.messages.profile import Capabilities, Place, Profile
from voice_tui.messages.talk import Ack, Cut, Severity
from voice_tui.messages.tools import ToolFinished, ToolsFound

PAUSE_MS = 300  # of the assistant's track: what comes behind it is another utterance

ABLE = Capabilities(
    cancel=False, truncate=False, delete=False, seed_history=False, out_of_band=False, speaks_first=False
)


class EndlessSession:
    """Two tracks and fragments of words; see `voice_tui.conversation.session.Session`."""

    def __init__(self, shared: Shared, profile: Profile, capabilities: Capabilities) -> None:
        self._shared, self._outbox, self._transcript = shared, shared.outbox, shared.transcript
        self._playback = shared.playback
        self.capabilities = capabilities
        self._profile = profile
        self._numbers = {"user": 0, "assistant": 0}
        self._open = {"user": "", "assistant": ""}  # the row of each side's utterance
        self._spoken: dict[str, SpokenText] = {}
        self._voice = ""  # whose voice the track carries now, "" in a pause
        self._silent_ms = 0
        self._next_ms: int | None = None  # where the track goes on
        self._deaf = ""  # the row of what was interrupted and is still being said: nobody wants to hear the rest
        self._missed_ms = 0  # of it, since then

    # ---- what is going on

    @property
    def busy(self) -> bool:
        return self.sounding

    @property
    def sounding(self) -> bool:
        return self._playback.sounding

    @property
    def progress(self) -> str:
        return ""

    @property
    def stopping(self) -> str:
        return "fading out" if self._playback.fading else ""

    @property
    def waiting(self) -> str:
        return ""

    @property
    def hearing(self) -> bool:
        return bool(self._open["user"])

    @property
    def current(self) -> str:
        return self._playback.answer

    @property
    def working(self) -> str:
        return ""

    @property
    def keeping(self) -> bool:
        return False

    @property
    def server_interrupts(self) -> bool:
        return False

    # ---- the assistant

    def interrupt(self, source: str, *, server_cancels: bool = False) -> bool:
        if not self._playback.stoppable:
            return False
        row = self.current
        self._deaf, self._missed_ms = row, 0
        self._playback.cut(lambda: self._settle(row))
        self._shared.interruptions += 1
        self._shared.waterfall.stopped(row, source, cancelled=False)
        return True

    def _settle(self, row_id: str) -> None:
        heard = received = 0
        for account in self._playback.ledger.of_answer(row_id):
            account.cut, account.truncated_ms = True, account.heard_ms
            heard, received = heard + account.heard_ms, received + account.received_ms
        self._transcript.update(row_id, cut=Cut(heard, received, Ack.NONE))
        self._split(row_id)

    def _split(self, row_id: str) -> None:
        """What was heard of what has been said by now; the track tells only by going on how long that is."""
        row = self._transcript.row(row_id)
        if row is None or row.cut is None:
            return
        received = row.cut.received_ms + self._missed_ms
        self._missed_ms = 0
        text, unheard = self._spoken[row_id].split(row.cut.heard_ms, received)
        cut = Cut(row.cut.heard_ms, received, Ack.NONE)
        self._transcript.update(row_id, text=text, unheard=unheard, pending=False, cut=cut)

    def want_answer(self, instructions: str | None = None) -> None:
        """The endpoint answers when it wants to."""

    def ask_again(self) -> None:
        """The same."""

    # ---- the user's audio

    def append(self, frames: list[Pcm]) -> None:
        self._outbox.command(Send(Sound(np.concatenate(frames).tobytes()), audio_s=len(frames) / 100))

    def commit(self, row_id: str) -> None:
        self._transcript.await_name(row_id)

    def clear(self) -> None:
        """Nothing is kept that could be forgotten."""

    # ---- words and settings

    def say(self, text: str) -> None:
        self.interrupt("text")
        self._transcript.open(self._named("user"), "user", text=text, spoken=False)
        self._send(Typed(text))

    def note(self, text: str, before: str | None, refused: Callable[[], None]) -> None:
        refused()

    def configure(self) -> None:
        """All knobs are ours."""

    def become(self, profile: SelectProfile) -> None:
        self._outbox.announce(Severity.WARNING, f"{profile.name}: begins with the next connection")

    def forget_turn(self) -> None:
        self._shared.turns.begin_clock()

    def intents(self) -> Mapping[type, Callable[[Any], object]]:
        return {}

    # ---- driving

    def hello(self) -> None:
        self._send(Hello(self._profile.instructions))

    def receive(self, event: object) -> None:
        match event:
            case Ready():
                self._outbox.live = True
                self._shared.reached(Link.LIVE)
            case Track(at_ms, pcm):
                self._heard(at_ms, to_pcm(pcm))
            case Fragment("user", text, last):
                self._user(text, last)
            case Fragment(_, text, last):
                self._assistant(text, last)

    def finished(self, result: ToolFinished | ToolsFound | Embedded) -> None:
        """Nothing was asked for."""

    def settle(self, place: Place) -> None:
        """The next connection goes to this place."""
        self.capabilities = place.capabilities

    def lost(self) -> None:
        for row in self._open.values():
            self._transcript.update(row, pending=False)
        self._open = {"user": "", "assistant": ""}
        self._next_ms, self._deaf, self._voice = None, "", ""

    @property
    def portable(self) -> bool:
        return not self.hearing

    def introduction(self, place: Place | None = None) -> Introduction | None:
        return None

    def moved(self, told: Introduction, arrived: Sequence[object]) -> None:
        """Nothing that was said can be told another connection."""

    def tick(self, *, free: bool) -> None:
        """Nothing is waited for."""

    # ---- parts

    def _send(self, event: FromClient) -> None:
        self._outbox.command(Send(event))

    def _named(self, side: str) -> str:
        self._numbers[side] += 1
        return f"{side}_{self._numbers[side]}"

    def _user(self, text: str, last: bool) -> None:
        if not self._open["user"]:
            row = self._open["user"] = self._named("user")
            self._transcript.named(row)
            self._transcript.open(row, "user", pending=True, interrupting=self.sounding)
        row = self._open["user"]
        found = self._transcript.row(row)
        self._transcript.update(row, text=(found.text if found else "") + text, pending=not last)
        if last:
            self._open["user"] = ""

    def _assistant(self, text: str, last: bool) -> None:
        if not self._open["assistant"]:
            row = self._open["assistant"] = self._named("assistant")
            self._spoken[row] = SpokenText()
            self._transcript.open(row, "assistant", pending=True)
        row = self._open["assistant"]
        found = self._transcript.row(row)
        self._spoken[row].text += text
        if found is not None and found.cut is None:
            self._transcript.update(row, text=self._spoken[row].text, pending=not last)
        if last:
            self._open["assistant"] = ""

    def _heard(self, at_ms: int, pcm: Pcm) -> None:
        """A packet of the track; lost ones are silence, and so are pauses, which nobody needs to queue."""
        hole = 0 if self._next_ms is None else at_ms - self._next_ms
        self._next_ms = at_ms + PACKET_MS
        if mean_level(pcm) < LOUD:
            self._silent_ms += PACKET_MS + hole
            if self._silent_ms >= PAUSE_MS:
                if self._deaf:
                    self._split(self._deaf)
                self._voice = self._deaf = ""
            return
        if not self._voice:
            self._voice = self._open["assistant"] or f"assistant_{self._numbers['assistant']}"
        self._silent_ms = 0
        if self._deaf:
            self._missed_ms += PACKET_MS + hole
            return
        if self._voice not in self._spoken:
            return
        filled = np.concatenate([np.zeros(ms_to_samples(hole), np.int16), pcm])
        account = self._playback.receive(self._voice, 0, filled.tobytes())
        self._spoken[self._voice].audio_arrived(account.received_ms)


ENDLESS = Family(
    "endless",
    lambda shared, profile, able, models: EndlessSession(shared, profile, able),
    lambda url, dialect, deviations: EndlessCodec(),
)

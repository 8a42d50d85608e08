"""The audio of the user's turns, cut out of what was sent, on the clock on which the endpoint names its turns.

The session tells what it sends and what it is told. A turn that the endpoint found lies between the two moments it
names, one of our own making between what was sent before it and its commit.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from voice_tui.audio.stream.pcm import RATE, Pcm, ms_to_samples, samples_to_ms, to_pcm
from voice_tui.conversation.kept import KEPT_S, KeptTurns

MOST_S = 30.0  # of a turn; what is longer is known by its end
KEPT = round((KEPT_S + 5.0) * RATE)  # a server names the end of a turn when it has passed
HEARS_S = 1.5  # so long an endpoint may take until it says that somebody has begun to speak
SURE_S = 30.0  # what an endpoint was sent so long before it says something, it has had
EARLY_S = 2.0  # of a turn under way: a label that comes at once, and is right nine times in ten


class SentAudio:
    """The end of what was sent, by sample number."""

    def __init__(self) -> None:
        self._ring = np.zeros(KEPT, np.int16)
        self.end = 0
        """Samples sent in this session."""

    def add(self, audio: bytes) -> None:
        """Something was sent: int16 little-endian at 24 kHz."""
        pcm = to_pcm(audio)[-KEPT:]
        self._ring[(self.end + np.arange(len(pcm))) % KEPT] = pcm
        self.end += len(pcm)

    def between(self, start: int, end: int, most_s: float = MOST_S) -> Pcm:
        """What is still there of samples ``start`` to ``end``: the last ``most_s`` of it."""
        end = min(end, self.end)
        start = max(start, end - round(most_s * RATE), self.end - KEPT, 0)
        return self._ring[np.arange(start, max(start, end)) % KEPT]


@dataclass(slots=True)
class SpokenTurn:
    """What is known of a turn besides its speaker.

    Attributes:
        key: Its name in the book of speakers.
        start: Its first sample, on the clock of what was sent.
        row_id: Its row, or the placeholder before there is one.
        in_server: The endpoint holds it.
        whole: It has ended.
        asked: When the voiceprint of the whole was asked for, s; None while it is under way.
        asked_early: That of its beginning was asked for.
        heard: The voiceprint of the whole came, or there is none.
        unsure: Its label may well be wrong.
        overlapped: More than one voice is in it.
    """

    key: str
    start: int
    row_id: str
    in_server: bool = False
    whole: bool = False
    asked: float | None = None
    asked_early: bool = False
    heard: bool = False
    unsure: bool = False
    overlapped: bool = False


@dataclass(frozen=True, slots=True)
class Parted:
    """What was sent before another detector took over, and the endpoint may never have had.

    Attributes:
        pcm: The audio.
        at: When the other detector took over, s.
        behind: The row that was the last one then, None for none.
    """

    pcm: Pcm
    at: float
    behind: str | None


@dataclass(frozen=True, slots=True)
class VoiceWanted:
    """A turn whose voice can be judged now, its audio, and whether that is the whole of it."""

    turn: SpokenTurn
    pcm: Pcm
    whole: bool


class SpokenTurns:
    """Follows the user's turns on the clock of what was sent."""

    def __init__(self) -> None:
        self.by_key: dict[str, SpokenTurn] = {}
        """All turns of the conversation, in the order in which they began."""
        self.kept = KeptTurns()
        """Their audio, until their words have come."""
        self._audio = SentAudio()
        self._number = 0
        self._own: SpokenTurn | None = None  # of our own making, under way
        self._mark = 0  # where what was committed or cleared last ended
        self._known = 0  # what was sent before that, the endpoint has spoken about
        self._committed: deque[SpokenTurn] = deque()  # the endpoint has not named them yet
        self._found: dict[str, SpokenTurn] = {}  # found by the endpoint and under way, by row
        self._parted: list[Parted] = []
        self._wanted: list[VoiceWanted] = []
        self._offset_ms: int | None = None  # where the clock of what was sent begins on the microphone's

    def wanted(self) -> list[VoiceWanted]:
        """Take what can be judged since the last time."""
        out, self._wanted = self._wanted, []
        return out

    # ---- two clocks

    def first_sample(self, sample_index: int) -> None:
        """What is sent next begins at this sample of the microphone; called for every frame, the first counts."""
        if self._offset_ms is None:
            self._offset_ms = samples_to_ms(sample_index - self._audio.end)

    def at(self, ms: int) -> int:
        """A moment on the clock of what was sent, on the microphone's, ms."""
        return ms + (self._offset_ms or 0)

    def begin_clock(self) -> None:
        """Audio stops and begins again: the next first sample counts anew."""
        self._offset_ms = None

    # ---- what is sent

    def appended(self, audio: bytes, placeholder: str) -> None:
        """Audio was sent; ``placeholder`` is the row of a turn of our own making that is under way, "" for none."""
        if placeholder and (self._own is None or self._own.row_id != placeholder):
            self._own = self._begin(self._audio.end, placeholder)
        self._audio.add(audio)

    def cleared(self) -> None:
        """What was sent and not committed is to be forgotten."""
        self._own, self._mark = None, self._audio.end

    def committed(self, placeholder: str) -> SpokenTurn:
        """What was sent is a whole turn, by our own word."""
        turn = self._own or self._begin(self._mark, placeholder)
        self._own, self._mark = None, self._audio.end
        self._committed.append(turn)
        self._want(turn, self._audio.end)
        return turn

    def refused(self, turn: SpokenTurn) -> None:
        """The endpoint refused a commit: nothing comes of it."""
        if turn in self._committed:
            self._committed.remove(turn)
            self.kept.drop(turn.row_id)

    # ---- what the endpoint says

    def began(self, row_id: str, ms: int) -> None:
        """The endpoint heard the user begin, ms on the clock of what was sent."""
        self._found[row_id] = self._begin(ms_to_samples(ms), row_id)

    def hears(self, row_id: str) -> bool:
        """The endpoint found this turn itself, and has not said that it is whole."""
        return row_id in self._found

    def ended(self, row_id: str, ms: int) -> None:
        """The endpoint heard the user end."""
        if row_id in self._found:
            self._want(self._found[row_id], ms_to_samples(ms))

    def named(self, row_id: str) -> None:
        """The endpoint holds a turn: one that it found, or the oldest that we committed."""
        turn = self._found.pop(row_id, None)
        if turn is None and self._committed:
            turn = self._committed.popleft()
        if turn is not None:
            self.kept.rename(turn.row_id, row_id)
            turn.row_id, turn.in_server = row_id, True
            if not turn.whole:
                self._want(turn, self._audio.end)

    def forgotten(self) -> None:
        """The endpoint forgot what it was hearing."""
        for row_id in self._found:
            self.kept.drop(row_id)
        self._found.clear()
        self._parted.clear()

    def recent(self, seconds: float) -> Pcm:
        """What was sent last."""
        return self._audio.between(self._audio.end - round(seconds * RATE), self._audio.end)

    def heard_from(self, now: float) -> None:
        """The endpoint said something: what it was sent well before has been heard."""
        self._known = max(self._known, self._audio.end - round(HEARS_S * RATE))
        if self._parted and now - self._parted[0].at >= SURE_S:
            del self._parted[0]

    # ---- what is not in the endpoint's hands yet

    def under_way(self) -> Pcm:
        """The audio of the turn of our own making that is under way, the last minute of it."""
        start = self._audio.end if self._own is None else self._own.start
        return self._audio.between(start, self._audio.end, KEPT_S)

    def unheard(self, row_id: str) -> Pcm:
        """What was sent since the endpoint heard the turn ``row_id`` begin, or ("") since it must have heard all."""
        found = self._found.get(row_id)
        return self._audio.between(self._known if found is None else found.start, self._audio.end, KEPT_S)

    def part(self, row_id: str, now: float, behind: str | None) -> None:
        """Turns are of our own making from now on: remember what the endpoint, which found them, may not have had.

        Args:
            row_id: See `unheard`.
            now: s.
            behind: The row that is the last one, None for none.
        """
        self._parted.append(Parted(self.unheard(row_id), now, behind))
        self._known = self._audio.end

    def take_parted(self) -> list[Parted]:
        """Give away what was remembered so, and what the endpoint has given no sign of since, oldest first."""
        out, self._parted = self._parted, []
        return out

    # ---- driving

    def tick(self) -> None:
        """Let the beginning of a turn that goes on be judged."""
        for turn in [*self._found.values(), *([self._own] if self._own else [])]:
            if not turn.whole and not turn.asked_early and self._audio.end - turn.start >= EARLY_S * RATE:
                turn.asked_early = True
                self._wanted.append(VoiceWanted(turn, self._audio.between(turn.start, self._audio.end), whole=False))

    def connection_lost(self) -> None:
        """The clock begins anew; what was under way comes to nothing."""
        self._audio.end = self._mark = self._known = 0
        self.begin_clock()
        self._own = None
        self._committed.clear()
        self._found.clear()
        self._parted.clear()
        self._wanted.clear()

    def _want(self, turn: SpokenTurn, end: int) -> None:
        turn.whole = True
        self._known = max(self._known, min(end, self._audio.end))
        self.kept.hold(turn.row_id, self._audio.between(turn.start, end, KEPT_S))
        self._wanted.append(VoiceWanted(turn, self._audio.between(turn.start, end), whole=True))

    def _begin(self, start: int, row_id: str) -> SpokenTurn:
        self._number += 1
        turn = SpokenTurn(f"turn_{self._number}", start, row_id)
        self.by_key[turn.key] = turn
        return turn

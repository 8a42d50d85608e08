"""The audio of the user's turns, cut out of what was sent, on the clock on which the server names its turns.

Everything that is sent passes here, in every preset: a turn that the server found lies between the two moments it
names, one of our own making between what was sent before it and its commit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from voice_tui.audio.stream.pcm import RATE, Pcm, ms_to_samples, to_pcm
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import (
    ClientEvent,
    InputAudioBufferAppend,
    InputAudioBufferClear,
    InputAudioBufferCommit,
)

MOST_S = 30.0  # of a turn; what is longer is known by its end
KEPT = round((MOST_S + 5.0) * RATE)  # a server names the end of a turn when it has passed
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

    def between(self, start: int, end: int) -> Pcm:
        """What is still there of samples ``start`` to ``end``: the last `MOST_S` of it."""
        end = min(end, self.end)
        start = max(start, end - round(MOST_S * RATE), self.end - KEPT, 0)
        return self._ring[np.arange(start, max(start, end)) % KEPT]


@dataclass(slots=True)
class SpokenTurn:
    """What is known of a turn besides its speaker.

    Attributes:
        key: Its name in the book of speakers.
        start: Its first sample, on the clock of what was sent.
        item_id: Its row: the item, or the placeholder before there is one.
        commit: Event id of our commit; "" for turns that the server found.
        in_server: The server has made an item of it.
        asked: When the voiceprint of the whole was asked for, s; None while it is under way.
        asked_early: That of its beginning was asked for.
        heard: The voiceprint of the whole came, or there is none.
        unsure: Its label may well be wrong.
        overlapped: More than one voice is in it.
    """

    key: str
    start: int
    item_id: str
    commit: str = ""
    in_server: bool = False
    asked: float | None = None
    asked_early: bool = False
    heard: bool = False
    unsure: bool = False
    overlapped: bool = False


class Turns:
    """Follows the wire.

    Args:
        placeholder: The row of a turn of our own making that is under way, "" for none.
        server_turns: Whether the server finds the turns.
        ask: Takes a turn, its audio, and whether that is the whole of it.
    """

    def __init__(
        self,
        placeholder: Callable[[], str],
        server_turns: Callable[[], bool],
        ask: Callable[[SpokenTurn, Pcm, bool], None],
    ) -> None:
        self._placeholder, self._server_turns, self._ask = placeholder, server_turns, ask
        self.by_key: dict[str, SpokenTurn] = {}
        """All turns of the conversation, in the order in which they began."""
        self._audio = SentAudio()
        self._number = 0
        self._own: SpokenTurn | None = None  # of our own making, under way
        self._mark = 0  # where what was committed or cleared last ended
        self._committed: deque[SpokenTurn] = deque()  # the server has not named them yet
        self._servers: dict[str, SpokenTurn] = {}  # found by the server and under way, by item

    def sent(self, event: ClientEvent) -> None:
        """Look at what goes out."""
        match event:
            case InputAudioBufferAppend(audio=audio):
                row = self._placeholder()
                if row and (self._own is None or self._own.item_id != row):
                    self._own = self._begin(self._audio.end, row)
                self._audio.add(audio)
            case InputAudioBufferClear():
                self._own, self._mark = None, self._audio.end
            case InputAudioBufferCommit(event_id=event_id):
                turn = self._own or self._begin(self._mark, self._placeholder())
                self._own, self._mark = None, self._audio.end
                turn.commit = str(event_id)
                self._committed.append(turn)
                self._ask(turn, self._audio.between(turn.start, self._audio.end), True)

    def takes(self, event: object) -> None:
        """Look at what comes in."""
        match event:
            case se.InputSpeechStarted(item_id=item_id, audio_start_ms=ms) if self._server_turns():
                self._servers[item_id] = self._begin(ms_to_samples(ms), item_id)
            case se.InputSpeechStopped(item_id=item_id, audio_end_ms=ms) if item_id in self._servers:
                turn = self._servers[item_id]
                self._ask(turn, self._audio.between(turn.start, ms_to_samples(ms)), True)
            case se.BufferCommitted(item_id=item_id):
                found = self._servers.pop(item_id, None)
                if found is None and self._committed:
                    found = self._committed.popleft()
                if found is not None:
                    found.item_id, found.in_server = item_id, True
                    if found.asked is None:
                        self._ask(found, self._audio.between(found.start, self._audio.end), True)
            case se.BufferCleared():
                self._servers.clear()

    def refused(self, event_id: object) -> None:
        """The server refused something; a commit that it refuses makes no item."""
        for turn in [t for t in self._committed if t.commit == event_id]:
            self._committed.remove(turn)

    def tick(self) -> None:
        """Ask for the beginning of a turn that goes on."""
        for turn in [*self._servers.values(), *([self._own] if self._own else [])]:
            if turn.asked is None and not turn.asked_early and self._audio.end - turn.start >= EARLY_S * RATE:
                turn.asked_early = True
                self._ask(turn, self._audio.between(turn.start, self._audio.end), False)

    def connection_lost(self) -> None:
        """The clock begins anew; what was under way comes to nothing."""
        self._audio.end = self._mark = 0
        self._own = None
        self._committed.clear()
        self._servers.clear()

    def _begin(self, start: int, item_id: str) -> SpokenTurn:
        self._number += 1
        turn = SpokenTurn(f"turn_{self._number}", start, item_id)
        self.by_key[turn.key] = turn
        return turn

"""What waits to be sent: in which order it goes out, and what is given up when a line takes too little."""

from __future__ import annotations

import asyncio
from collections import deque

from voice_tui.messages.commands import Send

SILENCE_S = 10.0  # so much audio may wait before silence between turns is given up
AUDIO_S = 60.0  # ... before anything else is


class SendQueue:
    """What waits to be sent.

    Urgent events pass waiting audio and keep their own order. Everything else keeps its place, and so do all events:
    only audio is ever given up, silence between turns first.
    """

    def __init__(self) -> None:
        self._urgent: deque[Send] = deque()
        self._ordered: deque[Send] = deque()
        self._audio_s = 0.0
        self._filled = asyncio.Event()
        self.dropped = 0
        """Pieces of audio that were given up."""

    def put(self, send: Send) -> None:
        """Add an event; too much waiting audio loses its oldest silence, far too much its oldest piece."""
        if send.urgent:
            self._urgent.append(send)
        else:
            self._ordered.append(send)
            self._audio_s += send.audio_s
            if self._audio_s > SILENCE_S:
                self._give_up()
        self._filled.set()

    async def get(self) -> object:
        """The next event, as soon as there is one."""
        while not (self._urgent or self._ordered):
            self._filled.clear()
            await self._filled.wait()
        if self._urgent:
            return self._urgent.popleft().event
        send = self._ordered.popleft()
        self._audio_s -= send.audio_s
        return send.event

    @property
    def empty(self) -> bool:
        """Nothing waits."""
        return not (self._urgent or self._ordered)

    def _give_up(self) -> None:
        piece = next((i for i, send in enumerate(self._ordered) if send.silent), None)
        if piece is None and self._audio_s > AUDIO_S:
            piece = next(i for i, send in enumerate(self._ordered) if send.audio_s)
        if piece is not None:
            self._audio_s -= self._ordered[piece].audio_s
            del self._ordered[piece]
            self.dropped += 1

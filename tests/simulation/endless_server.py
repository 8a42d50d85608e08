"""An endpoint of the second family, see `tests.simulation.endless`: one track that never ends, and two sides' words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec
import numpy as np
from websockets.exceptions import ConnectionClosed

from tests.simulation.endless_wire import (
    FROM_CLIENT,
    LOUD,
    PACKET_MS,
    Fragment,
    FromClient,
    Hello,
    Ready,
    Sound,
    Track,
    Typed,
)
from voice_tui.audio.stream.pcm import FRAME, Pcm, mean_level, ms_to_samples, to_pcm
from voice_tui.server.sender import ClientLink


class EndlessServer:
    """Speaks when it is spoken to, and goes on for a while when it is spoken over.

    Args:
        transcribe: Reads what the caller said.
        synthesise: Gives the assistant a voice.
        answers: What it says, in turn; it begins again behind the last.
        stubborn_ms: How long it goes on over a voice.
    """

    def __init__(
        self,
        transcribe: Callable[[Pcm], str],
        synthesise: Callable[[str], Pcm],
        answers: tuple[str, ...],
        stubborn_ms: int = 900,
    ) -> None:
        self._transcribe, self._synthesise = transcribe, synthesise
        self._answers, self._stubborn_ms = answers, stubborn_ms
        self.heard: list[str] = []
        self.said: list[str] = []

    async def __call__(self, connection: ClientLink) -> None:
        inbox: asyncio.Queue[FromClient] = asyncio.Queue()
        with suppress(ConnectionClosed):
            messages = connection.__aiter__()
            first = FROM_CLIENT.decode(await anext(messages))
            assert isinstance(first, Hello), "the client speaks first"
            await connection.send(msgspec.json.encode(Ready("endless-1")))
            async with asyncio.TaskGroup() as tasks:
                speaking = tasks.create_task(self._speak(connection, inbox))
                with suppress(ConnectionClosed):
                    async for message in messages:
                        inbox.put_nowait(FROM_CLIENT.decode(message))
                speaking.cancel()

    async def _speak(self, connection: ClientLink, inbox: asyncio.Queue[FromClient]) -> None:
        """One packet every 20 ms, for ever."""
        loop = asyncio.get_running_loop()
        start, packet = loop.time(), 0
        track = np.zeros(0, np.int16)
        user: list[Pcm] = []
        quiet = over = 0

        async def fragment(side: str, text: str, *, last: bool) -> None:
            await connection.send(msgspec.json.encode(Fragment(side, text, last)))

        while True:
            await asyncio.sleep(max(0.0, start + packet * PACKET_MS / 1000 - loop.time()))
            answer = False
            while not inbox.empty():
                match inbox.get_nowait():
                    case Sound(pcm):
                        samples = to_pcm(pcm)
                        loud = mean_level(samples) > LOUD
                        if loud and not user:
                            await fragment("user", "", last=False)
                        if loud or user:
                            user.append(samples)
                        quiet = 0 if loud else quiet + len(samples)
                        over = over + len(samples) if loud and len(track) else 0
                    case Typed(text):
                        self.heard.append(text)
                        answer = True
            if over >= ms_to_samples(self._stubborn_ms):
                track, over = track[:0], 0  # it has noticed
            if user and quiet >= 60 * FRAME:
                words = self._transcribe(np.concatenate(user))
                user = []
                self.heard.append(words)
                await fragment("user", words, last=True)
                answer = True
            if answer:
                text = self._answers[len(self.said) % len(self._answers)]
                self.said.append(text)
                track = np.concatenate([track, np.zeros(ms_to_samples(400), np.int16), self._synthesise(text)])
                await fragment("assistant", text, last=True)
            size = ms_to_samples(PACKET_MS)
            piece, track = track[:size], track[size:]
            piece = np.concatenate([piece, np.zeros(size - len(piece), np.int16)])
            await connection.send(msgspec.json.encode(Track(packet * PACKET_MS, piece.tobytes())))
            packet += 1

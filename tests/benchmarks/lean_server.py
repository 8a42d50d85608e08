"""The leanest websocket server that a load can be held against: what bends there is the generator.

    python -m tests.benchmarks.lean_server    # the first line is its URL

It understands no more than it needs: whether a frame is silence (eight bytes of it), and the names of three events.
What it says was written down once, as it starts. A turn is answered half a second after its last sound, by a second of
sound.
"""

from __future__ import annotations

import asyncio
import base64
import struct
from hashlib import sha1

import msgspec
import numpy as np

from voice_tui.audio.stream.pcm import RATE

APPEND = b'{"type":"input_audio_buffer.append","audio":"'
LOOKS_AT = len(APPEND) + 200
"""A place in the sound of a frame."""
FRAME_BYTES = 1_000
"""Everything shorter is no frame."""
SILENT = b"AAAAAAAA"
PAUSE_FRAMES = 25
"""Of 20 ms: so long it is silent after a turn."""
UUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def message(**event: object) -> bytes:
    """A frame that a server sends."""
    text = msgspec.json.encode(event)
    head = struct.pack("!BB", 0x81, len(text)) if len(text) < 126 else struct.pack("!BBH", 0x81, 126, len(text))
    return head + text


SESSION = {"id": "sess_lean", "object": "realtime.session", "type": "realtime", "model": "lean"}
CREATED = message(type="session.created", event_id="e", session=SESSION)
UPDATED = message(type="session.updated", event_id="e", session=SESSION)
STARTED = message(type="input_audio_buffer.speech_started", event_id="e", audio_start_ms=0, item_id="i")
STOPPED = message(type="input_audio_buffer.speech_stopped", event_id="e", audio_end_ms=0, item_id="i")
COMMITTED = message(type="input_audio_buffer.committed", event_id="e", item_id="i")
_PART = {"response_id": "r", "item_id": "a", "output_index": 0, "content_index": 0, "event_id": "e"}
_TONE = (8_000 * np.sin(2 * np.pi * 220 / RATE * np.arange(RATE // 10))).astype("<i2").tobytes()
ANSWER = b"".join(
    (
        message(type="response.created", event_id="e", response={"id": "r", "status": "in_progress", "output": []}),
        *(message(type="response.output_audio.delta", delta=base64.b64encode(_TONE).decode(), **_PART),) * 10,
        message(type="response.done", event_id="e", response={"id": "r", "status": "completed", "output": []}),
    )
)


class Lean(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        assert isinstance(transport, asyncio.Transport)
        self._out = transport
        self._in = bytearray()
        self._greeted = False
        self._speaking, self._silent = False, 0

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._in += data
        if not self._greeted:
            if b"\r\n\r\n" not in self._in:
                return
            self._greet()
        at, held = 0, self._in
        while len(held) - at >= 6:
            length, head = held[at + 1] & 127, 6
            if length == 126:
                if len(held) - at < 8:
                    break
                length, head = (held[at + 2] << 8) | held[at + 3], 8
            if len(held) - at < head + length:
                break
            self._take(held[at] & 15, at + head, length)
            at += head + length
        del self._in[:at]

    def _greet(self) -> None:
        request, _, rest = bytes(self._in).partition(b"\r\n\r\n")
        fields = (line.partition(b":") for line in request.split(b"\r\n"))
        key = next(value.strip() for name, _, value in fields if name.lower() == b"sec-websocket-key")
        accept = base64.b64encode(sha1(key + UUID).digest())
        self._out.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + accept
            + b"\r\n\r\n"
            + CREATED
        )
        self._in[:] = rest
        self._greeted = True

    def _plain(self, at: int, start: int, count: int) -> bytes:
        """Bytes of a payload that begins at ``at``, without its mask, which stands before it."""
        held = self._in
        return bytes(held[at + i] ^ held[at - 4 + (i & 3)] for i in range(start, start + count))

    def _take(self, opcode: int, at: int, length: int) -> None:
        if opcode == 8:
            self._out.write(b"\x88\x02\x03\xe8")
            self._out.close()
        elif length > FRAME_BYTES and self._plain(at, 0, len(APPEND)) == APPEND:
            self._hear(self._plain(at, LOOKS_AT, 8) == SILENT)
        else:
            text = self._plain(at, 0, length)
            if b'"session.update"' in text:
                self._out.write(UPDATED)
            elif b'"response.create"' in text:
                self._out.write(ANSWER)

    def _hear(self, silent: bool) -> None:
        if not silent:
            self._silent = 0
            if not self._speaking:
                self._speaking = True
                self._out.write(STARTED)
        elif self._speaking:
            self._silent += 1
            if self._silent == PAUSE_FRAMES:
                self._speaking = False
                self._out.write(STOPPED + COMMITTED + ANSWER)


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Lean, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"ws://127.0.0.1:{port}/v1/realtime", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

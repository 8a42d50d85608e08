"""The wire of the second family: what the client and the endpoint of `tests.simulation.endless` tell each other."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from voice_tui.messages.remarks import NO_REMARK, Remark

PACKET_MS = 20
LOUD = 0.01  # mean |x|


class Hello(msgspec.Struct, tag=True):
    instructions: str


class Sound(msgspec.Struct, tag=True):
    """Of the microphone."""

    pcm: bytes


class Typed(msgspec.Struct, tag=True):
    text: str


class Ready(msgspec.Struct, tag=True):
    model: str


class Track(msgspec.Struct, tag=True):
    """20 ms of the assistant's track, which has begun ``at_ms`` after the session."""

    at_ms: int
    pcm: bytes


class Fragment(msgspec.Struct, tag=True):
    """Some words of one side; ``last`` ends an utterance."""

    side: str
    text: str
    last: bool


FromClient: TypeAlias = Hello | Sound | Typed
FromServer: TypeAlias = Ready | Track | Fragment
FROM_SERVER = msgspec.json.Decoder(FromServer)
FROM_CLIENT = msgspec.json.Decoder(FromClient)


class EndlessCodec:
    """Nothing is remembered from one event to the next."""

    dialect = "endless"

    def encode(self, event: object) -> bytes:
        return msgspec.json.encode(event)

    def decode(self, raw: bytes | str) -> object:
        return FROM_SERVER.decode(raw)

    def remark(self, event: object) -> Remark:
        return NO_REMARK

    def misfits(self) -> list[str]:
        return []

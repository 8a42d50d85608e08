"""The embedded server behind an interpreter, as an endpoint of another dialect that speaks another kind of sound.

Written from the other side than the client's own translation, and by hand: it stands for those who wrote other servers.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.simulation.scripted.rules import PASSED, Event, Heard, Rule
from tests.simulation.scripted.server import scripted
from tests.simulation.world import World
from voice_tui.audio.stream.g711 import from_ulaw, to_ulaw
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.audio.stream.rates import StreamResampler
from voice_tui.endpoints.providers import Endpoint
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS, Deviations
from voice_tui.server.sender import ClientLink

OLD_NAMES = {
    "conversation.item.added": "conversation.item.created",
    "response.output_text": "response.text",
    "response.output_audio_transcript": "response.audio_transcript",
    "response.output_audio": "response.audio",
}
PIECE = 4_801  # bytes of a delta: odd, so that it cuts samples
URL_SAFE = str.maketrans("+/", "-_", "=")


@dataclass
class Sound:
    """What is spoken there: PCM at a rate, or the mu-law.

    Attributes:
        rate: Hz.
        ulaw: 8 bits a sample.
    """

    rate: int = RATE
    ulaw: bool = False
    _to_us: StreamResampler | None = field(default=None, init=False)
    _from_us: dict[str, StreamResampler] = field(default_factory=dict, init=False)

    def heard(self, raw: bytes) -> bytes:
        """What the client says, for the server."""
        pcm = from_ulaw(np.frombuffer(raw, np.uint8)) if self.ulaw else np.frombuffer(raw, np.int16)
        if self.rate == RATE:
            return pcm.tobytes()
        self._to_us = self._to_us or StreamResampler(self.rate, RATE)
        return self._to_us.process(pcm).tobytes()

    def said(self, item_id: str, raw: bytes) -> bytes:
        """What the server says, for the client."""
        pcm: Pcm = np.frombuffer(raw, np.int16)
        if self.rate != RATE:
            resampler = self._from_us.setdefault(item_id, StreamResampler(RATE, self.rate))
            pcm = resampler.process(pcm)
        return to_ulaw(pcm).tobytes() if self.ulaw else pcm.tobytes()


class Interpreter(Rule):
    """Each side believes that the other speaks as it does.

    Args:
        sound: What is spoken there.
        kind: What that is called there; "" for its usual name.
        voices: A voice is an object there.
        cuts: Samples are cut between two pieces, and their base64 is the one of URLs.
    """

    def __init__(self, sound: Sound, kind: str = "", *, voices: bool = False, cuts: bool = True) -> None:
        self._sound, self._voices, self._cuts = sound, voices, cuts
        usual = "pcm16" if sound.rate == RATE else f"pcm16_{sound.rate}hz"
        self._kind = kind or ("g711_ulaw" if sound.ulaw else usual)

    def heard(self, event: Event) -> Heard:
        self._from_client(event)
        return PASSED

    def said(self, event: Event) -> list[Event]:
        return self._from_server(event)

    def _from_client(self, event: Event) -> None:
        match event["type"]:
            case "session.update":
                event["session"] = nested(event["session"])
            case "input_audio_buffer.append":
                heard = self._sound.heard(base64.b64decode(event["audio"]))
                event["audio"] = base64.b64encode(heard).decode()
            case "conversation.item.create":
                for part in event["item"].get("content", []):
                    assert not part["type"].startswith("output_"), part
                    part["type"] = {"text": "output_text"}.get(part["type"], part["type"])
            case "response.create":
                assert not {"output_modalities", "audio"} & event.get("response", {}).keys()

    def _from_server(self, event: Event) -> list[Event]:
        name = event["type"]
        if name.startswith("session."):
            event["session"] = self._flat(event["session"])
        for new, old in OLD_NAMES.items():
            if name.startswith(new):
                event["type"] = name.replace(new, old)
                break
        if name != "response.output_audio.delta" or not self._cuts:
            return [event]
        said = self._sound.said(event["item_id"], base64.b64decode(event["delta"]))
        return [
            event | {"delta": base64.b64encode(said[at : at + PIECE]).decode().translate(URL_SAFE)}
            for at in range(0, len(said), PIECE)
        ]

    def _flat(self, session: dict[str, Any]) -> dict[str, Any]:
        heard, said = session["audio"]["input"], session["audio"]["output"]
        return {
            "id": session["id"],
            "model": session["model"],
            "expires_at": session["expires_at"],
            "modalities": ["text", "audio"],
            "voice": {"type": "openai", "name": said["voice"]} if self._voices else said["voice"],
            "turn_detection": heard["turn_detection"],
            "input_audio_transcription": heard["transcription"],
            "input_audio_format": self._kind,
            "output_audio_format": self._kind,
        }


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """A flat session as the embedded server takes it; a field that no flat session has is an error."""
    session: dict[str, Any] = {"type": "realtime", "audio": {"input": {}, "output": {}}}
    for name, value in flat.items():
        match name:
            case "turn_detection":
                session["audio"]["input"]["turn_detection"] = value
            case "input_audio_transcription":
                session["audio"]["input"]["transcription"] = value
            case "voice":
                session["audio"]["output"]["voice"] = value
            case "input_audio_sampling_rate":
                assert value == RATE
            case "instructions" | "tools" | "tool_choice":
                session[name] = value
            case "modalities":
                assert value == ["text", "audio"]
            case "input_audio_format" | "output_audio_format":
                assert value in ("pcm16", "g711_ulaw")
            case _:
                raise AssertionError(f"no flat session has {name!r}")
    return session


def interpreted(sound: Callable[[], Sound]) -> Callable[[World], Callable[[ClientLink], Awaitable[None]]]:
    """The embedded server, for those who speak the old dialect and that sound."""
    return lambda world: scripted([Interpreter(sound())])(world)


class Abroad(World):
    """A world whose endpoint speaks the preview dialect."""

    deviations: Deviations = NO_DEVIATIONS

    async def _resolve(self) -> Endpoint:
        url = "ws://simulated/openai/realtime?api-version=2025-04-01-preview&deployment=demo"
        return Endpoint("any", url, "demo", deviations=self.deviations)

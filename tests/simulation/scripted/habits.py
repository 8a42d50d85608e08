"""What single endpoints do in a way of their own: rules for one habit each, in the words of the GA dialect."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.simulation.scripted.deviations import DONE, SOUND, WORDS
from tests.simulation.scripted.rules import PASSED, Event, Heard, Rule, error
from voice_tui.audio.stream.pcm import RATE
from voice_tui.audio.stream.rates import StreamResampler

DETECTION = "turn_detection"


def detection_of(session: Event) -> tuple[bool, Any]:
    """Whether a session says something about turns, and what."""
    hearing = session.get("audio", {}).get("input", {})
    return DETECTION in hearing, hearing.get(DETECTION)


@dataclass
class WarmsUp(Rule):
    """The model is loaded while the client waits."""

    warm_up_s: float = 0.0


@dataclass
class WaitsForClient(Rule):
    """It says nothing before the client has."""

    spoken_to: bool = False
    held: list[Event] = field(default_factory=list)

    def said(self, event: Event) -> list[Event]:
        if self.spoken_to:
            return [event]
        self.held.append(event)
        return []

    def heard(self, event: Event) -> Heard:
        self.spoken_to = True
        held, self.held = self.held, []
        return held, True


@dataclass
class Stamped(Rule):
    """All events have one id."""

    event_id: str

    def said(self, event: Event) -> list[Event]:
        return [event | {"event_id": self.event_id}]


@dataclass
class OnTop(Rule):
    """Fields of the session stand at its top, and are looked for nowhere else."""

    places: dict[str, tuple[str, str]]

    def heard(self, event: Event) -> Heard:
        if event["type"] == "session.update":
            session = event["session"]
            for name, (half, inner) in self.places.items():
                assert inner not in session.get("audio", {}).get(half, {}), f"{name} is not looked for there"
                if name in session:
                    session.setdefault("audio", {}).setdefault(half, {})[inner] = self._read(session.pop(name))
        return PASSED

    def said(self, event: Event) -> list[Event]:
        if event["type"] in ("session.created", "session.updated"):
            for name, (half, inner) in self.places.items():
                event["session"][name] = event["session"]["audio"][half].pop(inner, None)
        return [event]

    @staticmethod
    def _read(value: Any) -> Any:
        return None if isinstance(value, dict) and value.get("type", "") is None else value


@dataclass
class NestedTools(Rule):
    """Tools are ``{type, function: {}}``."""

    def heard(self, event: Event) -> Heard:
        if event["type"] == "session.update":
            for tool in event["session"].get("tools", []):
                assert tool.keys() == {"type", "function"}, tool
                tool.update(tool.pop("function"))
        return PASSED


@dataclass
class Cumulative(Rule):
    """The words of the user so far, again and again."""

    so_far: dict[str, str] = field(default_factory=dict)

    def said(self, event: Event) -> list[Event]:
        if event["type"] != f"{WORDS}.delta":
            return [event]
        item_id = event["item_id"]
        self.so_far[item_id] = self.so_far.get(item_id, "") + event.pop("delta")
        return [event | {"type": f"{WORDS}.updated", "transcript": self.so_far[item_id]}]


@dataclass
class Abandons(Rule):
    """Nothing more is heard of an answer that was interrupted, not even its end."""

    def said(self, event: Event) -> list[Event]:
        return [] if event["type"] == DONE and event["response"]["status"] == "cancelled" else [event]


@dataclass
class Twice(Rule):
    """An event comes under two names."""

    name: str
    other: str

    def said(self, event: Event) -> list[Event]:
        return [event, event | {"type": self.other}] if event["type"] == self.name else [event]


@dataclass
class Rates(Rule):
    """The sound has other rates than the embedded server's.

    Attributes:
        rates: Of what is heard and of what is said, Hz.
        asked: The client may ask for others.
        tagged: Each piece says its rate.
    """

    rates: dict[str, int]
    asked: bool = False
    tagged: bool = False
    to_server: StreamResampler | None = None
    to_client: dict[str, StreamResampler] = field(default_factory=dict)

    def heard(self, event: Event) -> Heard:
        if event["type"] == "session.update":
            for half, fields in event["session"].get("audio", {}).items():
                named = fields.pop("format", None)
                assert self.asked or named is None, "it takes no format"
                if named is not None and "rate" in named:
                    self.rates[half], self.to_server = named["rate"], None
        if event["type"] == "input_audio_buffer.append" and self.rates["input"] != RATE:
            self.to_server = self.to_server or StreamResampler(self.rates["input"], RATE)
            heard = self.to_server.process(np.frombuffer(base64.b64decode(event["audio"]), np.int16))
            event["audio"] = base64.b64encode(heard.tobytes()).decode()
        return PASSED

    def said(self, event: Event) -> list[Event]:
        if event["type"] in ("session.created", "session.updated"):
            for half, rate in self.rates.items():
                event["session"]["audio"][half]["format"] = {"type": "audio/pcm", "rate": rate}
        if event["type"] == f"{SOUND}.delta":
            rate = self.rates["output"]
            if rate != RATE:
                stream = self.to_client.setdefault(event["item_id"], StreamResampler(RATE, rate))
                said = stream.process(np.frombuffer(base64.b64decode(event["delta"]), np.int16))
                event["delta"] = base64.b64encode(said.tobytes()).decode()
            if self.tagged:
                event["sample_rate_hz"] = rate
        return [event]


@dataclass
class DeafTo(Rule):
    """A kind of turn detection is taken and confirmed, and hears nothing."""

    kind: str
    told: Any = None

    def heard(self, event: Event) -> Heard:
        if event["type"] == "session.update":
            says, detection = detection_of(event["session"])
            if says:
                deaf = isinstance(detection, dict) and detection["type"] == self.kind
                self.told = detection if deaf else None
                if deaf:
                    event["session"]["audio"]["input"][DETECTION] = None
        return PASSED

    def said(self, event: Event) -> list[Event]:
        if event["type"] == "session.updated" and self.told is not None:
            event["session"]["audio"]["input"][DETECTION] = self.told
        return [event]


@dataclass
class ByItselfOnly(Rule):
    """While the server finds the turns, the client cannot end one."""

    finds: bool = True

    def heard(self, event: Event) -> Heard:
        if event["type"] == "session.update":
            says, detection = detection_of(event["session"])
            self.finds = detection is not None if says else self.finds
        if event["type"] == "input_audio_buffer.commit" and self.finds:
            return [error("the server finds the turns", event, code="not_implemented")], False
        return PASSED


@dataclass
class KeepsListening(Rule):
    """It finds the turns whatever it is told; what the client commits ends none."""

    off: bool = False

    def heard(self, event: Event) -> Heard:
        if event["type"] == "session.update":
            says, detection = detection_of(event["session"])
            self.off = says and detection is None
            if self.off:
                del event["session"]["audio"]["input"][DETECTION]
        return [], event["type"] != "input_audio_buffer.commit"

    def said(self, event: Event) -> list[Event]:
        if event["type"] == "session.updated" and self.off:
            event["session"]["audio"]["input"][DETECTION] = None
        return [event]


def without(*paths: str) -> Callable[[Event], list[Event]]:
    """An event lacks fields of its ``session.audio.input.turn_detection``."""

    def change(event: Event) -> list[Event]:
        _, detection = detection_of(event["session"])
        for path in paths if isinstance(detection, dict) else ():
            detection.pop(path, None)
        return [event]

    return change


def worded(event: Event) -> list[Event]:
    """Why an answer ended is a word, not an object."""
    details = event["response"].get("status_details")
    if isinstance(details, dict):
        event["response"]["status_details"] = details.get("reason") or details["type"]
    return [event]


def only_of_users(event: Event) -> list[Event]:
    """Only what the user said is told to be complete."""
    item = event["item"]
    spoken = any(part["type"] == "input_audio" for part in item.get("content", []))
    return [event] if item.get("role") == "user" and spoken else []

"""What a client sends, in the dialect of its endpoint and with what deviates there: GA is the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from voice_tui.endpoints.realtime.wire.deviations import Deviations
from voice_tui.endpoints.realtime.wire.encoding import Encoding
from voice_tui.endpoints.realtime.wire.lenient import Tell
from voice_tui.endpoints.realtime.wire.preview import SAMPLING_RATE, SESSION_PATHS, Dialect

Fields: TypeAlias = dict[str, Any]

PATHS = {path: name for name, path in SESSION_PATHS.items()}
"""Where GA keeps a field of a session → its name in the flat dialects."""

# What only GA has. A flat session that names one is refused as a whole.
_ONLY_GA = frozenset({
    "truncation", "prompt", "include", "reasoning", "parallel_tool_calls",
    "audio.input.turn_detection.idle_timeout_ms", "audio.input.noise_reduction.strength",
    "audio.input.transcription.keywords", "audio.input.transcription.languages", "audio.input.transcription.delay",
})  # fmt: skip
LACKING: dict[Dialect, frozenset[str]] = {
    Dialect.GA: frozenset({"temperature"}),
    Dialect.PREVIEW: _ONLY_GA,
    Dialect.VOICE_LIVE: _ONLY_GA,
}
"""Fields of a session, as dotted GA paths, that a dialect does not have."""

TEMPERATURES = (0.6, 1.2)  # what the preview dialect takes
CONTENT = {"output_text": "text", "output_audio": "audio"}  # an assistant's parts, as the flat dialects call them
FORMAT_PATHS = ("audio.input.format", "audio.output.format")
_OFF: dict[str, Any] = {"null": None, "type null": {"type": None}, "type none": {"type": "none"}}


class Writer:
    """Writes sessions, items and requests; every other event is the same in all dialects.

    Args:
        deviations: What the endpoint does otherwise.
        tell: Takes what is not sent because the dialect has no such field.
    """

    def __init__(self, deviations: Deviations, tell: Tell) -> None:
        self._deviations, self._tell = deviations, tell
        self.sends_formats = deviations.sends_formats
        """The endpoint is told how the audio is to be encoded."""

    def session(self, event: Fields, dialect: Dialect, formats: Mapping[str, Encoding]) -> Fields:
        """A ``session.update``.

        Args:
            event: As GA writes it.
            dialect: To write it in.
            formats: The audio that is asked for, by `FORMAT_PATHS`, where the event names any.
        """
        session = self._pruned(event["session"], dialect)
        tools = session.get("tools")
        if isinstance(tools, list):
            session["tools"] = self._tools(tools)
        detection = ("audio", "input", "turn_detection")
        if _has(session, detection) and _get(session, detection) is None:
            _set(session, detection, _OFF[self._deviations.no_turn_detection])
        for path in FORMAT_PATHS:
            if _has(session, tuple(path.split("."))):
                _set(session, tuple(path.split(".")), format_to_ga(formats[path]))
        if dialect is Dialect.GA:
            return event | {"session": self._on_top(session)}
        return event | {"session": flat_session(session, dialect)}

    def item(self, event: Fields, dialect: Dialect) -> Fields:
        """A ``conversation.item.create``."""
        return event | {"item": _item(event["item"])} if dialect is not Dialect.GA else event

    def request(self, event: Fields, dialect: Dialect, output: Encoding) -> Fields:
        """A ``response.create``; ``output`` is the audio that the endpoint is asked for."""
        asked = event.get("response")
        if not isinstance(asked, dict):
            return event
        asked = self._pruned(asked, dialect)
        if isinstance(asked.get("tools"), list):
            asked["tools"] = self._tools(asked["tools"])
        if _has(asked, ("audio", "output", "format")):
            _set(asked, ("audio", "output", "format"), format_to_ga(output))
        if dialect is Dialect.GA:
            return event | {"response": asked}
        asked = flat_session(asked, dialect)
        if isinstance(asked.get("input"), list):
            asked["input"] = [_item(item) for item in asked["input"]]
        return event | {"response": asked}

    def _pruned(self, fields: Fields, dialect: Dialect) -> Fields:
        """The fields without those that this endpoint does not know."""
        unsent = self._deviations.unsent
        if not self._deviations.sends_formats:
            unsent = unsent.union(FORMAT_PATHS)
        lacking = LACKING[dialect]

        def kept(fields: Fields, path: str) -> Iterator[tuple[str, Any]]:
            for name, value in fields.items():
                here = f"{path}{name}"
                if here in lacking:
                    self._tell(here, f"the {dialect} dialect has no such field: it is not sent")
                elif here not in unsent:
                    inner = dict(kept(value, f"{here}.")) if isinstance(value, dict) else value
                    if inner or not value:  # an object of which nothing is left says nothing
                        yield name, inner

        return dict(kept(fields, ""))

    def _tools(self, tools: list[Any]) -> list[Any]:
        return [_nested(tool) for tool in tools] if self._deviations.nested_tools else tools

    def _on_top(self, session: Fields) -> Fields:
        """A GA session with those fields on top that this endpoint looks for there."""
        for path, name in PATHS.items():
            if path[-1] in self._deviations.top_level and _has(session, path):
                value = _get(session, path)
                _remove(session, path)
                session[name] = value
        return session


def flat_session(session: Fields, dialect: Dialect) -> Fields:
    """A GA session, or the body of a ``response.create``, as the flat dialects write it."""
    out = {name: value for name, value in session.items() if name not in ("type", "audio", *_TOPS)}
    for path, name in PATHS.items():
        if _has(session, path):
            out[name] = _get(session, path)
    for name, write in _FLAT.items():
        if name in out:
            out[name] = write(out[name])
    if dialect is Dialect.VOICE_LIVE:
        _voice_live(session, out)
    return out


def format_to_ga(encoding: Encoding) -> Fields:
    """An encoding as GA names it; only PCM has a rate."""
    return {"type": encoding.type, "rate": encoding.rate} if encoding.type == "audio/pcm" else {"type": encoding.type}


def _flat_format(value: Any) -> Any:
    return _FORMAT_NAMES.get(value["type"], value["type"])


def _voice_live(session: Fields, out: Fields) -> None:
    """Rates have a field or a name of their own there, and Azure's voices are objects."""
    rate = _get(session, ("audio", "input", "format", "rate"))
    if rate:
        out[SAMPLING_RATE] = rate
    output_rate = _get(session, ("audio", "output", "format", "rate"))
    if output_rate in _VOICE_LIVE_RATES:
        out["output_audio_format"] = f"pcm16_{output_rate}hz"
    voice = out.get("voice")
    if isinstance(voice, str) and "-" in voice:  # en-US-AvaNeural; OpenAI's have one word
        out["voice"] = {"type": "azure-standard", "name": voice}


def _item(item: Any) -> Any:
    """An item whose parts have their old names."""
    if not isinstance(item, dict) or not isinstance(item.get("content"), list):
        return item
    parts = [part | {"type": CONTENT.get(part.get("type"), part.get("type"))} for part in item["content"]]
    return {name: value for name, value in item.items() if name != "phase"} | {"content": parts}


def _nested(tool: Any) -> Any:
    """``{type, function: {name, …}}``."""
    if not isinstance(tool, dict) or tool.get("type") != "function" or "function" in tool:
        return tool
    return {"type": "function", "function": {name: value for name, value in tool.items() if name != "type"}}


def _has(fields: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(fields, dict) or name not in fields:
            return False
        fields = fields[name]
    return True


def _get(fields: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        fields = fields.get(name) if isinstance(fields, dict) else None
    return fields


def _set(fields: Fields, path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        fields = fields[name]
    fields[path[-1]] = value


def _remove(fields: Fields, path: tuple[str, ...]) -> None:
    """Take a field out, and the objects around it that are empty then."""
    holders = [fields]
    for name in path[:-1]:
        holders.append(holders[-1][name])
    for holder, name in zip(reversed(holders), reversed(path), strict=True):
        del holder[name]
        if holder:
            return


def _clamped(value: Any) -> Any:
    low, high = TEMPERATURES
    return min(max(value, low), high) if isinstance(value, int | float) else value


_VOICE_LIVE_RATES = (8_000, 16_000)  # besides the usual one
_FORMAT_NAMES = {"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}
_TOPS = frozenset(path[0] for path in PATHS)
_FLAT: dict[str, Callable[[Any], Any]] = {
    "modalities": lambda value: ["text", "audio"] if "audio" in value else value,
    "input_audio_format": _flat_format,
    "output_audio_format": _flat_format,
    "temperature": _clamped,
}


def builtins(event: Any) -> Fields:
    """An event as plain JSON objects."""
    plain: Fields = msgspec.to_builtins(event)
    return plain

"""One look at an event, as it is on the wire: what it is, what it is about, a few words; everything else is skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from sys import intern
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, Raw, Struct, UnsetType

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.endpoints.realtime.wire.encoding import ALAW, OURS, PCM, RATES, ULAW, Encoding, FromWire
from voice_tui.endpoints.realtime.wire.lenient import Unfit, standard_base64
from voice_tui.messages.inspection import Glance
from voice_tui.plain_text import one_line

NOTE = 80  # characters: a line of the list has no room for more
_SESSIONS = ("session.created", "session.updated")
_FLAT = {"pcm16": OURS, "g711_ulaw": ULAW, "g711_alaw": ALAW}
_FLAT_RATE = re.compile(r"pcm16_(\d+)hz")
_SOUND = re.compile(rb'"(?:audio|delta)"\s*:\s*"([^"\\]*)"')
_TROUBLE = (".failed", "error")


class _Head(Struct):
    """The fields that a glance looks at; sound, and whatever else is large, stays undecoded."""

    type: str = ""
    event_id: str | None = None
    response_id: str | None = None
    item_id: str | None = None
    item: Raw | UnsetType = UNSET
    response: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET
    session: Raw | UnsetType = UNSET
    audio: Raw | UnsetType = UNSET
    delta: Raw | UnsetType = UNSET
    transcript: str | None = None
    text: str | None = None
    arguments: str | None = None
    audio_start_ms: float | None = None
    audio_end_ms: float | None = None


_DECODE = msgspec.json.Decoder(_Head).decode


def glance(raw: bytes) -> Glance:
    """What an event is, at one look; it never fails."""
    try:
        head = _DECODE(raw)
    except msgspec.ValidationError:
        return _odd(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Glance(note=f"no JSON: {_line(raw.decode('utf-8', 'replace'))}", trouble=True)
    name = head.type
    if head.audio is UNSET and head.delta is not UNSET and "audio" in name and "transcript" not in name:
        head.audio, head.delta = head.delta, UNSET
    response, item, error = _fields(head.response), _fields(head.item), _fields(head.error)
    mark = response.get("metadata")
    return Glance(
        intern(name),
        _line(_note(head, response, item, error)),
        _audio_bytes(head.audio),
        name.endswith(_TROUBLE) or response.get("status") == "failed",
        head.event_id or "",
        _text(error, "event_id"),
        head.response_id or _text(response, "id"),
        head.item_id or _text(item, "id"),
        _canonical(mark) if isinstance(mark, Mapping) and mark else "",
        _formats(_fields(head.session)) if name in _SESSIONS else ("", ""),
    )


def _odd(raw: bytes) -> Glance:
    """An event whose fields are of other kinds than they should be."""
    try:
        event = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        event = None
    fields = event if isinstance(event, dict) else {}
    names = {name: _text(fields, name) for name in ("type", "event_id", "response_id", "item_id")}
    return Glance(
        names["type"], "some of its fields are not as they should be", 0, True, names["event_id"],
        response=names["response_id"], item=names["item_id"],
    )  # fmt: skip


def sound(raw: bytes, encoding: str = "") -> Pcm | None:
    """The sound in an event, ours; None: there is none, or nobody can decode it.

    Args:
        raw: The event.
        encoding: As `Glance.formats` has it.
    """
    kind, _, rate = encoding.partition(" ")
    known = Encoding(kind, int(rate)) if rate else OURS
    found = _SOUND.search(raw)
    if found is None or not known.known:
        return None
    try:
        audio, _ = standard_base64(found[1].decode("ascii", "replace"))
    except Unfit:
        return None
    return np.frombuffer(FromWire(known).take(audio), "<i2")


# ---- words


def _note(head: _Head, response: Mapping[str, Any], item: Mapping[str, Any], error: Mapping[str, Any]) -> str:
    """What is worth a few words, the most telling first."""
    if error:
        return ": ".join(filter(None, (_text(error, "code") or _text(error, "type"), _text(error, "message"))))
    if response:
        return " ".join(filter(None, (_text(response, "status"), _reason(response), _used(response))))
    if item:
        return " ".join(filter(None, (_text(item, "role") or _text(item, "type"), *_words(item))))
    if head.delta is not UNSET:
        words = _decoded(head.delta)
        return words if isinstance(words, str) else ""
    for words in (head.transcript, head.text, head.arguments):
        if words:
            return words
    for what, ms in (("from", head.audio_start_ms), ("to", head.audio_end_ms)):
        if ms is not None:
            return f"{what} {ms / 1000:.3f} s"
    return ""


def _reason(response: Mapping[str, Any]) -> str:
    details = response.get("status_details")
    return _text(details, "reason") if isinstance(details, dict) else ""


def _used(response: Mapping[str, Any]) -> str:
    usage = response.get("usage")
    if not isinstance(usage, dict):
        return ""
    return f"{usage.get('input_tokens', 0)} in {usage.get('output_tokens', 0)} out"


def _words(item: Mapping[str, Any]) -> Iterator[str]:
    yield from (_text(item, name) for name in ("name", "arguments", "output"))
    parts = item.get("content")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict):
            yield _text(part, "text") or _text(part, "transcript")


def _line(words: str) -> str:
    return one_line(words, NOTE)


# ---- fields


def _decoded(raw: Raw | UnsetType) -> Any:
    if isinstance(raw, UnsetType):
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _fields(raw: Raw | UnsetType) -> Mapping[str, Any]:
    found = _decoded(raw)
    return found if isinstance(found, dict) else {}


def _text(fields: Mapping[str, Any], name: str) -> str:
    found = fields.get(name)
    return found if isinstance(found, str) else ""


def _canonical(mark: Mapping[str, Any]) -> str:
    return msgspec.json.encode(mark, order="sorted").decode()


def _audio_bytes(raw: Raw | UnsetType) -> int:
    """How many bytes of sound base64 holds; it is not decoded for that."""
    whole = b"" if isinstance(raw, UnsetType) else bytes(raw)
    if whole[:1] != b'"':
        return 0
    text = whole[1:-1]
    return len(text) * 3 // 4 - text[-2:].count(b"=")


def _formats(session: Mapping[str, Any]) -> tuple[str, str]:
    audio = session.get("audio")
    halves = [audio.get(half) for half in ("input", "output")] if isinstance(audio, dict) else [None, None]
    named = [half.get("format") if isinstance(half, dict) else None for half in halves]
    flat = [session.get(f"{half}_audio_format") for half in ("input", "output")]
    into, out = (_format(each, old) for each, old in zip(named, flat, strict=True))
    return into, out


def _format(named: object, flat: object) -> str:
    """``audio/pcm 24000``; "" where nothing is said."""
    if isinstance(named, dict):
        kind, rate = _text(named, "type") or PCM, named.get("rate")
        usual = {ULAW.type: ULAW.rate, ALAW.type: ALAW.rate}.get(kind, OURS.rate)
        return f"{kind} {rate if isinstance(rate, int) and rate in RATES else usual}"
    if isinstance(flat, str):
        other = _FLAT_RATE.fullmatch(flat)
        known = Encoding(PCM, int(other[1])) if other else _FLAT.get(flat)
        return f"{known.type} {known.rate}" if known else f"{flat} 0"
    return ""

"""What a server sent, as events: fast where all fits, field by field where it does not.

Names are dispatched on, never the dialect. Nothing here fails: what is no event at all, or none that is known, is an
`UnknownEvent`; a detail that does not fit costs that detail. No text that comes out can give orders to a terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias, Union, get_args

import msgspec

from voice_tui.endpoints.realtime.wire.lenient import Tell, fitted
from voice_tui.endpoints.realtime.wire.preview import PREVIEW_TO_GA, session_to_ga
from voice_tui.endpoints.realtime.wire.server_events import ServerEvent, SessionCreated, SessionUpdated, UnknownEvent
from voice_tui.endpoints.realtime.wire.texts import whole_pairs
from voice_tui.plain_text import clean_text, one_line

Seen: TypeAlias = Callable[[str, dict[str, Any]], None]
"""Takes an event that is read field by field, as it came: its GA name and its fields, which it may complete."""

Event: TypeAlias = ServerEvent | UnknownEvent
SERVER_TYPES: dict[str, Any] = {str(s.__struct_config__.tag): s for s in get_args(ServerEvent)}
# What reading bad text raises: bad JSON, a number too long for an int (ValueError), nesting too deep.
UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
NO_EVENT = "not an event"
BACKSLASH, DELETE = b"\\\x7f"  # as numbers they are found three times as fast
DEEPEST = 60  # levels of objects in objects; what is below is left out

# Sessions are written in several shapes, each of which would read as any other: they take their time.
_QUICK: Any = Union[tuple(s for s in get_args(ServerEvent) if s not in (SessionCreated, SessionUpdated))]  # noqa: UP007
_decoder: msgspec.json.Decoder[ServerEvent] = msgspec.json.Decoder(_QUICK)
_RENAMED = {json.dumps(preview).encode(): json.dumps(ga).encode() for preview, ga in PREVIEW_TO_GA.items()}
_OLD_NAME = re.compile(rb'"(?:conversation\.item\.created|response\.(?:text|audio|audio_transcript)\.(?:delta|done))"')
_NEAR = 120  # bytes: the name stands at the beginning of an event, everywhere it was seen

# Every byte sequence, escaped or not, that may mean a character which `clean_text` would take out; some mean none.
_UNCLEAN = re.compile(
    rb"\\[bfrt]|\\u(?:00[01]|007[fF]|00[89]|061[cC]|20[026]|[dD][89a-fA-F]|[fF][eE][fF][fF]|[fF]{3})"
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xaf]"
    rb"|\xed[\xa0-\xbf]|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb]"
)


def read_event(
    raw: bytes | str, tell: Tell, seen: Seen | None = None, *, slowly: bool = False, old: bool = False
) -> Event:
    """What a server sent, in any dialect, as one of `ServerEvent` or an `UnknownEvent`.

    Args:
        raw: A message of the websocket.
        tell: Takes what did not fit: event and field, and why.
        seen: Looks at what is read field by field: every session, and every text with odd characters.
        slowly: Read this one field by field.
        old: Old names are to be expected: they are looked for first.
    """
    data = raw if isinstance(raw, bytes) else raw.encode(errors="surrogatepass")
    if not slowly and ((data.isascii() and BACKSLASH not in data and DELETE not in data) or not _UNCLEAN.search(data)):
        try:
            return _decoder.decode(_renamed(data) if old else data)
        except UNREADABLE:
            renamed = data if old else _renamed(data)
        if renamed is not data:
            with suppress(*UNREADABLE):
                return _decoder.decode(renamed)
    return _read_slowly(data, tell, seen)


def _renamed(data: bytes) -> bytes:
    """With its GA name, if it has an old one; the quotes belong to it, so nothing inside a text is taken for one."""
    found = _OLD_NAME.search(data, 0, _NEAR)
    return data.replace(found.group(), _RENAMED[found.group()], 1) if found else data


def _read_slowly(data: bytes, tell: Tell, seen: Seen | None) -> Event:
    try:
        fields = _decoded(data, tell)
    except UNREADABLE as error:
        return UnknownEvent("", data, f"{NO_EVENT}: {one_line(error)}")
    if not isinstance(fields, dict) or not isinstance(fields.get("type", ""), str):
        return UnknownEvent("", data, f"{NO_EVENT}: an object with a name in 'type' is wanted")
    name = one_line(fields.get("type", ""))
    ga_name = PREVIEW_TO_GA.get(name, name)
    struct = SERVER_TYPES.get(ga_name)
    if struct is None:
        return UnknownEvent(name, data, "no such event is known" if name else f"{NO_EVENT}: it has no name")
    if seen is not None:
        seen(ga_name, fields)
    fields = _clean(fields)
    mend = _MENDS.get(ga_name)
    event: ServerEvent = fitted(
        mend(fields) if mend else fields, struct, lambda path, why: tell(f"{name}: {path}", why)
    )
    return event


def _decoded(data: bytes, tell: Tell) -> Any:
    """JSON as people write it: with numbers that are none, halves of characters and control characters in texts."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = whole_pairs(data.decode("utf-8-sig", "surrogatepass"))  # UTF-16 written as if it were UTF-8
        except UnicodeDecodeError:
            text = data.decode("utf-8-sig", "replace")
        tell("a message", "not in UTF-8: what can't be read is marked")
    return json.loads(text, strict=False, parse_int=_int)


def _int(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _clean(value: Any, depth: int = 0) -> Any:
    """Decoded JSON with clean texts, at any depth that means something."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(n): _clean(v, depth + 1) for n, v in value.items()} if depth < DEEPEST else None
    if isinstance(value, list):
        return [_clean(v, depth + 1) for v in value] if depth < DEEPEST else None
    return value


def _mended_error(event: dict[str, Any]) -> dict[str, Any]:
    """An error may be said in one text, or in the event itself."""
    error = event.get("error")
    if isinstance(error, dict):
        return event
    message = error if isinstance(error, str) else event.get("message")
    return event | {"error": {"message": message, "code": event.get("code")}}


def _mended_session(event: dict[str, Any]) -> dict[str, Any]:
    session = event.get("session")
    return event | {"session": session_to_ga(session) if isinstance(session, dict) else session}


_MENDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "error": _mended_error,
    "session.created": _mended_session,
    "session.updated": _mended_session,
}

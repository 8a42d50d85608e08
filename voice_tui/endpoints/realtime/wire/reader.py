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

from voice_tui.endpoints.realtime.wire.items import ENDS, NO_REASON, SPELT, Response
from voice_tui.endpoints.realtime.wire.lenient import Tell, fitted
from voice_tui.endpoints.realtime.wire.preview import PREVIEW_TO_GA, session_to_ga
from voice_tui.endpoints.realtime.wire.server_events import (
    Error,
    InputTranscriptionFailed,
    ResponseDone,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    UnknownEvent,
)
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
UNEXPLAINED = {*ENDS, *SPELT, "in_progress"} - {"failed"}
"""How an answer may stand without words that say why."""
DEEPEST = 60  # levels of objects in objects; what is below is left out

# Sessions are written in several shapes, each of which would read as any other: they take their time.
_QUICK: Any = Union[tuple(s for s in get_args(ServerEvent) if s not in (SessionCreated, SessionUpdated))]  # noqa: UP007
_decoder: msgspec.json.Decoder[ServerEvent] = msgspec.json.Decoder(_QUICK)
_RENAMED = {json.dumps(preview).encode(): json.dumps(ga).encode() for preview, ga in PREVIEW_TO_GA.items()}
_OLD_SOUND, _SOUND = (b'{"type":"response.%b' % name for name in (b"audio.delta", b"output_audio.delta"))
_AT = len(_OLD_SOUND)
_OLD_NAME = re.compile(rb'"(?:conversation\.item\.created|response\.(?:text|audio|audio_transcript)\.(?:delta|done))"')
_NEAR = 120  # bytes: the name stands at the beginning of an event, everywhere it was seen

# Every byte sequence, escaped or not, that may mean a character which `clean_text` would take out; some mean none. The
# first byte is asked for by itself: so the bytes that begin none, which are nearly all, are passed over quickly.
_CONTROL = rb"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_UNCLEAN = re.compile(
    rb"[\\" + _CONTROL + rb"\xc2\xcd\xd8\xe1-\xe3\xed\xef\xf0\xf3](?:(?<=[" + _CONTROL + rb"])"
    rb"|(?<=\\)(?:[bfrt]|u(?:00[01]|007[fF]|00[89]|00[aA][dD]|034[fF]|061[cC]|115[fF]|1160|17[bB][45]|180[b-fB-F]"
    rb"|20[026]|3164|[dD][89a-fA-F]|[fF][eE]0|[fF][eE][fF][fF]|[fF][fF][aA]0|[fF]{3}))"
    rb"|(?<=\xc2)[\x80-\x9f\xad]|(?<=\xcd)\x8f|(?<=\xd8)\x9c"
    rb"|(?<=\xe1)(?:\x85[\x9f\xa0]|\x9e[\xb4\xb5]|\xa0[\x8b-\x8f])"
    rb"|(?<=\xe2)(?:\x80[\x8b-\x8f\xa8-\xae]|\x81[\xa0-\xaf])|(?<=\xe3)\x85\xa4|(?<=\xed)[\xa0-\xbf]"
    rb"|(?<=\xef)(?:\xb8[\x80-\x8f]|\xbb\xbf|\xbe\xa0|\xbf[\xb0-\xbb])"
    rb"|(?<=\xf0)(?:\x93\x90|\x9b\xb2|\x9d\x85)|(?<=\xf3)\xa0)"
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
        renamed = data
        if old:  # most are its sound: they need no search
            renamed = _SOUND + data[_AT:] if data.startswith(_OLD_SOUND) else _renamed(data)
        try:
            event: Event | None = _decoder.decode(renamed)
        except UNREADABLE:
            event = None if old else _read_renamed(data)
        if event is not None and not ((wordless := _WORDLESS.get(type(event))) and wordless(event)):
            return event
    return _read_slowly(data, tell, seen)


def _read_renamed(data: bytes) -> Event | None:
    """An event under its old name, which nobody expected; None where that is not it."""
    renamed = _renamed(data)
    if renamed is not data:
        with suppress(*UNREADABLE):
            return _decoder.decode(renamed)
    return None


_WORDLESS: dict[type, Callable[[Any], bool]] = {
    Error: lambda event: not event.error.message,
    InputTranscriptionFailed: lambda event: not event.error.message,
    ResponseDone: lambda event: event.response.status not in UNEXPLAINED and not _reason(event.response),
}
"""What an event has to say why, and whether it does not, as far as its struct can hold it."""


def _reason(response: Response) -> str:
    details = response.status_details
    return details.error.message if details and details.error else ""


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


def _clean(value: Any, depth: int = 0, *, piece: bool = False) -> Any:
    """Decoded JSON with clean texts, at any depth that means something; ``piece``: more of this text comes."""
    if isinstance(value, str):
        return clean_text(value, piece=piece)
    if isinstance(value, dict):
        if depth >= DEEPEST:
            return None
        return {clean_text(name): _clean(v, depth + 1, piece=name == "delta") for name, v in value.items()}
    if isinstance(value, list):
        return [_clean(v, depth + 1) for v in value] if depth < DEEPEST else None
    return value


def _worded(error: Any) -> dict[str, Any]:
    """Why something failed, with words that say all there is, whatever its shape."""
    if not isinstance(error, dict):
        return {"message": _words(error)}
    said = next(
        (error[name] for name in ("message", "detail", "reason", "error", "code", "type") if error.get(name)), None
    )
    fields = {name: error.get(name) if isinstance(error.get(name), str | int) else None for name in ("type", "code")}
    odd = {name: value for name, value in error.items() if value and name != "event_id"}
    return error | fields | {"message": _words(odd if said is None else said)}


def _words(said: Any) -> str:
    if said is None or said in ("", {}, []):
        return NO_REASON
    return said if isinstance(said, str) else one_line(json.dumps(said, ensure_ascii=False))


def _mended_error(event: dict[str, Any]) -> dict[str, Any]:
    """An error may be said in one text, or in the event itself."""
    error = event.get("error") or event.get("message")
    worded = _worded(error if error or "code" not in event else {"code": event["code"]})
    return event | {"error": {"code": event.get("code")} | worded}


def _mended_response(event: dict[str, Any]) -> dict[str, Any]:
    """Why an answer failed may stand in its details, in the answer, or in the event."""
    response = event.get("response")
    status = response.get("status") if isinstance(response, dict) else None
    if not isinstance(response, dict) or not isinstance(status, str) or status in UNEXPLAINED:
        return event
    details = response.get("status_details")
    fields = details if isinstance(details, dict) else {}
    places = (fields.get("error"), response.get("error"), event.get("error"), fields.get("reason"))
    error = next((said for said in (*places, None if fields else details) if said), None)
    odd = {name: value for name, value in fields.items() if name not in ("type", "error")}
    return event | {"response": response | {"status_details": fields | {"error": _worded(error or odd)}}}


def _mended_session(event: dict[str, Any]) -> dict[str, Any]:
    session = event.get("session")
    return event | {"session": session_to_ga(session) if isinstance(session, dict) else session}


_MENDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "error": _mended_error,
    "conversation.item.input_audio_transcription.failed": _mended_error,
    "response.done": _mended_response,
    "session.created": _mended_session,
    "session.updated": _mended_session,
}

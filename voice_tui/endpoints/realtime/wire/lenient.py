"""Reading what does not quite fit, field by field: what fits is used, and a detail never costs the event."""

from __future__ import annotations

import binascii
import math
import re
from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import UnsetType

from voice_tui.endpoints.realtime.wire.items import ContentPart, ErrorDetails, Failure, StatusDetails
from voice_tui.endpoints.realtime.wire.numbers import MOST
from voice_tui.endpoints.realtime.wire.session import AudioFormat, NoiseReduction, Transcription, TurnDetection

T = TypeVar("T", bound=msgspec.Struct)
Tell: TypeAlias = Callable[[str, str], None]
"""Takes what did not fit: the field's path, and why, a few words."""

ALONE: dict[type, str] = {
    ErrorDetails: "message",
    Failure: "message",
    StatusDetails: "reason",
    ContentPart: "text",
    AudioFormat: "type",
    NoiseReduction: "type",
    Transcription: "model",
    TurnDetection: "type",
}
"""What a text says where an object is wanted: the value of this field."""

NAMES: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    bytes: "a base64 text",
    list: "a list",
    dict: "an object",
}
EMPTY: dict[Any, Any] = {str: "", int: 0, float: 0.0, bool: False, bytes: b"", list: [], dict: {}}
SHOWN = 40  # characters of a value that does not fit
DIGITS = 32  # a number written as a text is no longer than this
_STANDARD = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_URL_SAFE = str.maketrans("-_", "+/", " \t\r\n=")


class Unfit(Exception):
    """A value that its field can't use; the text says why, "" for a null that stands for nothing."""


def fitted(value: dict[str, Any], struct: type[T], tell: Tell, path: str = "") -> T:
    """A struct with as much of a JSON object as fits; what is wanted and missing is empty.

    Args:
        value: Decoded JSON.
        struct: What it should be.
        tell: Takes what did not fit or is missing.
        path: Where ``value`` stands, dotted.
    """
    kept: dict[str, Any] = {}
    for field in _fields(struct):
        here = f"{path}.{field.encode_name}" if path else field.encode_name
        reason = "missing"
        if field.encode_name in value:
            try:
                kept[field.name] = _fit(value[field.encode_name], field.type, here, tell)
                continue
            except Unfit as error:
                reason = str(error)
        if field.required:
            kept[field.name] = _empty(field.type)
            tell(here, reason or "null")
        elif reason and reason != "missing":
            tell(here, reason)
    return struct(**kept)


def standard_base64(text: str) -> tuple[bytes, bool]:
    """Bytes out of base64 with line breaks, of the URL-safe kind, without padding, or behind ``data:…,``.

    Returns:
        The bytes, and whether the text was of the standard kind.

    Raises:
        Unfit: It is none of these.
    """
    plain = text.rpartition(",")[2] if text.startswith("data:") else text
    letters = plain.translate(_URL_SAFE)
    if not _STANDARD.fullmatch(letters):
        raise Unfit("no base64")
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters  # six bits are no byte
    return binascii.a2b_base64(whole + "=" * (-len(whole) % 4)), len(text) % 4 == 0 and bool(_STANDARD.fullmatch(text))


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(struct)


@cache
def _options(annotation: Any) -> tuple[Any, ...]:
    """The types that a field may have, without the one for absent."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _options(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return tuple(option for part in get_args(annotation) for option in _options(part) if option is not UnsetType)
    return (annotation,)


def _kind(option: Any) -> Any:
    """What of Python's own types a value of this type has in decoded JSON."""
    origin = get_origin(option) or option
    return dict if isinstance(origin, type) and issubclass(origin, msgspec.Struct) else origin


def _empty(annotation: Any) -> Any:
    options = _options(annotation)
    if NoneType in options:
        return None
    if isinstance(options[0], type) and issubclass(options[0], msgspec.Struct):
        return fitted({}, options[0], lambda path, reason: None)
    empty = EMPTY[_kind(options[0])]
    return empty.copy() if isinstance(empty, list | dict) else empty


def _fit(value: Any, annotation: Any, path: str, tell: Tell) -> Any:
    options = _options(annotation)
    if value is None:
        if NoneType in options:
            return None
        raise Unfit("")
    if Any in options or object in options:
        return value
    named = [option for option in options if option is not NoneType]
    exact = [option for option in named if _kind(option) is type(value)]
    reason = Unfit(f"{' or '.join(dict.fromkeys(NAMES[_kind(o)] for o in named))} is wanted, not {_said(value)}")
    for option in exact or named:
        try:
            return _as(value, option, path, tell)
        except Unfit as error:
            reason = error if str(error) else reason
    raise reason


def _as(value: Any, option: Any, path: str, tell: Tell) -> Any:
    """The value as one of the types of its field."""
    if isinstance(option, type) and issubclass(option, msgspec.Struct):
        if isinstance(value, str) and option in ALONE:
            value = {ALONE[option]: value}
        if isinstance(value, dict):
            return fitted(value, option, tell, path)
        raise Unfit("")
    return _READERS[_kind(option)](value, option, path, tell)


def _text(value: Any, option: Any, path: str, tell: Tell) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unfit("")
    text = str(value)
    tell(path, f"a text written as a number{f' ({text})' if len(text) <= DIGITS else ''}: it is read all the same")
    return text


def _number(value: Any, option: Any, path: str, tell: Tell) -> float:
    number: object = value
    if isinstance(value, str) and len(value) <= DIGITS:
        try:
            number = float(value)
        except ValueError:
            raise Unfit("") from None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Unfit("")
    if not -MOST <= number <= MOST:  # so nothing that is not a number either
        raise Unfit("not a finite number" if isinstance(number, float) and not math.isfinite(number) else "too large")
    if number is not value:
        tell(path, f"a number written as a text ({value!r}): it is read all the same")
    return number


def _whole(value: Any, option: Any, path: str, tell: Tell) -> int:
    return math.floor(_number(value, option, path, tell))


def _truth(value: Any, *_: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise Unfit("")


def _bytes(value: Any, option: Any, path: str, tell: Tell) -> bytes:
    if not isinstance(value, str):
        raise Unfit("")
    read, standard = standard_base64(value)
    if not standard:
        tell(path, "base64 with line breaks, without padding or of the URL-safe kind: it is read all the same")
    return read


def _list(value: Any, option: Any, path: str, tell: Tell) -> list[Any]:
    (inner,) = get_args(option) or (Any,)
    if isinstance(value, dict | str) and _kind(inner) is dict:
        value = [value]  # one, where a list of them is wanted
    if not isinstance(value, list):
        raise Unfit("")
    return _each(value, inner, f"{path}[]", tell)


def _object(value: Any, option: Any, path: str, tell: Tell) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unfit("")
    _, inner = get_args(option) or (str, Any)
    if inner in (Any, object):
        return value
    return {name: fit for name, item in value.items() for fit in _each([item], inner, f"{path}.{name}", tell)}


def _each(values: list[Any], inner: Any, path: str, tell: Tell) -> list[Any]:
    """Those of the values that fit."""
    out = []
    for value in values:
        try:
            out.append(_fit(value, inner, path, tell))
        except Unfit as error:
            tell(path, str(error) or "null")
    return out


def _said(value: Any) -> str:
    """What a value is; one that is short is shown."""
    name = "null" if value is None else NAMES.get(type(value), type(value).__name__)
    shown = repr(value) if isinstance(value, str | int | float) else ""
    return f"{name} ({shown})" if shown and len(shown) <= SHOWN else name


_READERS: dict[Any, Callable[[Any, Any, str, Tell], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _truth,
    bytes: _bytes,
    list: _list,
    dict: _object,
}

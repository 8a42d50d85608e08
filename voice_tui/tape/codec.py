"""Messages as JSON and back, by the types of their fields: what comes back is equal to what was given.

A message of one of several kinds stands under the name of its kind, ``{"Ticked": {"now": 1.5}}``; where there is only
one kind its fields stand alone.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import numpy as np

from voice_tui.messages.packing import Packed, Packing
from voice_tui.plain_text import quoted

PLAIN = (bool, int, str)
NO_NUMBERS = ("nan", "inf", "-inf")  # as they are written, for JSON knows none
AUDIO = "~audio"
"""Beside the fields of an event: the sound that was in it, as base64."""


class Unreadable(ValueError):
    """JSON that is not what it should be; one line."""


SPOILED = (TypeError, KeyError, ValueError, AttributeError, ArithmeticError, IndexError, RecursionError)
"""What reading raises where a value is of another kind than it should be: it was damaged, or is another version's."""


class Form(NamedTuple):
    """How values of one type are written and read."""

    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


class Codec:
    """Writes and reads messages.

    Args:
        packing: How what only the endpoint's family knows is packed.
    """

    def __init__(self, packing: Packing) -> None:
        self._packing = packing
        self._forms: dict[Any, Form] = {}

    def form(self, annotation: Any) -> Form:
        """How values of a type are written and read.

        Raises:
            TypeError: It is a type that no message has.
        """
        form = self._forms.get(annotation)
        if form is None:
            form = self._forms[annotation] = self._made(_meant(annotation))
        return form

    # ---- by type

    def _made(self, annotation: Any) -> Form:
        if annotation in _LEAVES:
            return _LEAVES[annotation]
        if annotation is object:
            return Form(self._pack_event, self._unpack_event)
        origin, inner = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType):
            return self._union(inner)
        if origin is np.ndarray:
            return _ARRAY
        if origin is tuple and inner[-1:] != (...,):
            return self._pair(inner)
        if origin in (tuple, list, Sequence, frozenset):
            return self._several(origin, inner[0])
        if origin in (dict, Mapping):
            return self._mapping(*inner)
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return Form(lambda value: value.value, annotation)
        if isinstance(annotation, type) and is_dataclass(annotation):
            return self._message(annotation)
        raise TypeError(f"no message has a field of the type {annotation!r}")

    def _pack_event(self, event: object) -> Any:
        if event is None:
            return None
        packed = self._packing.pack(event)
        return packed.fields | ({AUDIO: _to_text(packed.audio)} if packed.audio else {})

    def _unpack_event(self, value: Any) -> object:
        if value is None:
            return None
        plain = {name: each for name, each in _object(value).items() if name != AUDIO}
        return self._packing.unpack(Packed(plain, base64.b64decode(value.get(AUDIO, ""))))

    def _message(self, kind: type) -> Form:
        types = get_type_hints(kind)
        names = [each.name for each in fields(kind)]
        forms: list[tuple[str, Form]] = []

        def resolved() -> list[tuple[str, Form]]:
            if not forms:
                forms.extend((name, self.form(types[name])) for name in names)
            return forms

        def pack(value: Any) -> dict[str, Any]:
            return {name: form.pack(getattr(value, name)) for name, form in resolved()}

        def unpack(value: Any) -> Any:
            try:
                known = {name: form.unpack(value[name]) for name, form in resolved() if name in _object(value)}
                return kind(**known)
            except (TypeError, Unreadable) as error:
                raise Unreadable(f"{kind.__name__}: {error}") from None

        return Form(pack, unpack)

    def _several(self, origin: Any, inner: Any) -> Form:
        form = self.form(inner)
        if origin is frozenset:
            return Form(
                lambda v: sorted(form.pack(each) for each in v), lambda v: frozenset(map(form.unpack, _list(v)))
            )
        make = list if origin is list else tuple
        return Form(lambda v: [form.pack(each) for each in v], lambda v: make(form.unpack(each) for each in _list(v)))

    def _pair(self, inner: tuple[Any, ...]) -> Form:
        forms = [self.form(each) for each in inner]
        return Form(
            lambda v: [form.pack(each) for form, each in zip(forms, v, strict=True)],
            lambda v: tuple(form.unpack(each) for form, each in zip(forms, _list(v), strict=True)),
        )

    def _mapping(self, key: Any, inner: Any) -> Form:
        keys, values = self.form(key), self.form(inner)
        return Form(
            lambda v: {keys.pack(name): values.pack(each) for name, each in v.items()},
            lambda v: {keys.unpack(name): values.unpack(each) for name, each in _object(v).items()},
        )

    def _union(self, options: tuple[Any, ...]) -> Form:
        named = [_meant(option) for option in options if option is not NoneType]
        if len(named) == 1:
            form = self.form(named[0])
            return Form(lambda v: None if v is None else form.pack(v), lambda v: None if v is None else form.unpack(v))
        plain = [option for option in named if option in PLAIN or option is float]
        listed = [option for option in named if get_origin(option) is Sequence]
        kinds = {_name(o): (_runtime(o), self.form(o)) for o in named if o not in plain and o not in listed}
        by_type = {runtime: (name, form) for name, (runtime, form) in kinds.items()}
        items = self.form(listed[0]) if listed else None
        known = {*options, *((int,) if float in plain else ())}

        def pack(value: Any) -> Any:
            found = by_type.get(type(value))
            if found is not None:
                return {found[0]: found[1].pack(value)}
            if value is None or isinstance(value, (*PLAIN, float)):
                return _float(value) if isinstance(value, float) else value
            if items is None:
                raise TypeError(f"{type(value).__name__} is none of {', '.join(kinds)}")
            return items.pack(value)

        def unpack(value: Any) -> Any:
            if isinstance(value, dict):
                (name, inner), *more = value.items() or [("", None)]
                if more or name not in kinds:
                    raise Unreadable(f"{name!r} is no kind of message that is known here")
                return kinds[name][1].unpack(inner)
            if items is not None and isinstance(value, list):
                return items.unpack(value)
            if type(value) not in known and not (float in plain and value in NO_NUMBERS):
                raise Unreadable(f"{_kind(value)} is none of {', '.join(map(_name, named))}")
            return value

        return Form(pack, unpack)


def _meant(annotation: Any) -> Any:
    """The type that an alias with a name stands for, without its parameters: numpy's arrays are one from 2.5 on."""
    while (value := getattr(get_origin(annotation) or annotation, "__value__", None)) is not None:
        annotation = value
    return annotation


def _name(option: Any) -> str:
    return "array" if get_origin(option) is np.ndarray else str(option.__name__)


def _runtime(option: Any) -> type:
    runtime: type = np.ndarray if get_origin(option) is np.ndarray else option
    return runtime


def _to_text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _float(value: Any) -> Any:
    """JSON knows no number that is none."""
    if value is None or math.isfinite(value):
        return value if type(value) in (int, float) else float(value)
    return str(float(value))


def _kind(value: Any) -> str:
    """What kind of value JSON has there, in words."""
    return "null" if value is None else f"{type(value).__name__} ({quoted(value)})"


def _only(*kinds: type) -> Callable[[Any], Any]:
    """Takes values of these kinds as they are."""

    def unpack(value: Any) -> Any:
        if type(value) not in kinds:
            raise Unreadable(f"{kinds[0].__name__} is wanted, not {_kind(value)}")
        return value

    return unpack


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"an object is wanted, not {_kind(value)}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable(f"a list is wanted, not {_kind(value)}")
    return value


def _read_float(value: Any) -> Any:
    if value in NO_NUMBERS:
        return float(value)
    return _NUMBER(value)


def _read_decimal(value: Any) -> Decimal:
    try:
        read = Decimal(_TEXT(value))
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite():
        raise Unreadable(f"a number is wanted, not {_kind(value)}")
    return read


def _array(value: Any) -> dict[str, Any]:
    data = _to_text(np.ascontiguousarray(value).tobytes())
    return {"type": value.dtype.str, "shape": list(value.shape), "data": data}


def _read_array(value: Any) -> Any:
    data = np.frombuffer(base64.b64decode(value["data"]), np.dtype(value["type"]))
    return data.reshape(value["shape"]).copy()


_ARRAY = Form(_array, _read_array)
_TEXT, _NUMBER = _only(str), _only(float, int)
_LEAVES: dict[Any, Form] = {
    Any: Form(_same, _same),
    NoneType: Form(_same, _same),
    bool: Form(lambda v: bool(v), _only(bool)),  # numpy's own kinds are written as Python's
    int: Form(lambda v: int(v), _only(int)),
    str: Form(_same, _TEXT),
    float: Form(_float, _read_float),
    Decimal: Form(str, _read_decimal),
    date: Form(lambda v: v.isoformat(), date.fromisoformat),
    bytes: Form(_to_text, base64.b64decode),
}

"""From a typed function to a tool: its signature becomes a JSON schema, and a call's arguments its parameters."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

import msgspec

from voice_tui.messages.tools import TIMEOUT_S, ToolSpec
from voice_tui.plain_text import one_line
from voice_tui.tools.docstring import read_docstring
from voice_tui.tools.marks import LONGEST_S
from voice_tui.tools.names import LONGEST

DESCRIPTION = 1_000
"""Characters of a description that the model is told."""
_NAME = re.compile(rf"[a-zA-Z0-9_-]{{1,{LONGEST}}}")
_REFUSED = {
    inspect.Parameter.VAR_POSITIONAL: "*{}: a call names each argument, so each needs a parameter of its own",
    inspect.Parameter.VAR_KEYWORD: "**{}: a call names each argument, so each needs a parameter of its own",
}


class NoTool(ValueError):
    """A function can't be a tool; one line names it and says why."""


class Recursive(TypeError):
    """A type is made of itself, which a schema without references can't say."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that can be called by the model.

    Attributes:
        spec: What the model is told.
        function: What is called.
        arguments: Its parameters, as a structure that the arguments of a call are read into.
        is_async: It has to be awaited.
    """

    spec: ToolSpec
    function: Callable[..., Any]
    arguments: type[msgspec.Struct]
    is_async: bool

    def bind(self, text: str) -> Callable[[], Any]:
        """What carries out a call with these arguments, a JSON object as text.

        Raises:
            ValueError: They don't fit; one line says which.
        """
        try:
            read = msgspec.json.decode(text or "{}", type=self.arguments)
        except msgspec.DecodeError as error:
            raise ValueError(f"wrong arguments: {one_line(error)}") from error
        signature = inspect.signature(self.function)
        given = {name: getattr(read, name) for name in signature.parameters}
        bound = inspect.BoundArguments(signature, given)
        return lambda: self.function(*bound.args, **bound.kwargs)


def tool_of(function: Callable[..., Any], source: str = "") -> Tool:
    """The tool that a function is.

    Raises:
        NoTool: It can't be one.
    """
    name = getattr(function, "__name__", "")
    if not _NAME.fullmatch(name):
        raise NoTool(f"{one_line(name)}: the name of a tool is 1 to {LONGEST} letters, digits, _ and -")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise NoTool(f"{name}: it yields, a tool has to return")
    about, said = read_docstring(function.__doc__)
    if not about:
        raise NoTool(f"{name}: it has no docstring, which tells the model what it is for")
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except Exception as error:  # whatever the words of an annotation raise
        raise NoTool(f"{name}: its annotations can't be read: {one_line(error)}") from error
    arguments = _structure(name, inspect.signature(function), hints, said)
    spec = ToolSpec(
        name,
        one_line(about, DESCRIPTION),
        schema_of(arguments),
        asks=getattr(function, "approve", False) is True,
        timeout_s=_timeout(name, getattr(function, "timeout", TIMEOUT_S)),
        source=source,
    )
    return Tool(spec, function, arguments, inspect.iscoroutinefunction(function))


def _timeout(name: str, seconds: object) -> float:
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds <= LONGEST_S:
        return float(seconds)
    raise NoTool(f"{name}: a timeout is a number of seconds above 0 and up to {LONGEST_S:g}, not {one_line(seconds)}")


def _structure(
    name: str, signature: inspect.Signature, hints: Mapping[str, Any], said: Mapping[str, str]
) -> type[msgspec.Struct]:
    fields: list[tuple[str, Any, Any]] = []
    for parameter in signature.parameters.values():
        if parameter.kind in _REFUSED:
            raise NoTool(f"{name}: {_REFUSED[parameter.kind].format(parameter.name)}")
        if parameter.name not in hints:
            raise NoTool(f"{name}: {parameter.name} has no type")
        field = (parameter.name, _described(hints[parameter.name], said.get(parameter.name, "")), _default(parameter))
        try:
            schema_of(_struct(name, [field]))
        except Exception as error:  # msgspec's own, and whatever the hooks of somebody's type raise
            why = f": {error}" if isinstance(error, Recursive) else ""
            raise NoTool(f"{name}: {parameter.name}: JSON has nothing for {_words(hints, parameter)}{why}") from error
        fields.append(field)
    return _struct(name, fields)


def _struct(name: str, fields: list[tuple[str, Any, Any]]) -> type[msgspec.Struct]:
    return msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)


def _words(hints: Mapping[str, Any], parameter: inspect.Parameter) -> str:
    hint = hints[parameter.name]
    return one_line(getattr(hint, "__name__", None) if isinstance(hint, type) else str(hint).replace("typing.", ""), 80)


def _default(parameter: inspect.Parameter) -> Any:
    if parameter.default is inspect.Parameter.empty:
        return msgspec.NODEFAULT
    if isinstance(parameter.default, list | dict | set | bytearray):
        return msgspec.field(default_factory=lambda: deepcopy(parameter.default))
    return msgspec.field(default=parameter.default)


def _described(hint: Any, said: str) -> Any:
    """The type with what is said of the parameter: a text in ``Annotated`` goes before the docstring."""
    words = said
    if get_origin(hint) is Annotated:
        bare, *notes = get_args(hint)
        texts = [note for note in notes if isinstance(note, str)]
        words = texts[0] if texts else said
        metas = [note for note in notes if isinstance(note, msgspec.Meta)]
        words = "" if any(meta.description for meta in metas) else words
        hint = Annotated[(bare, *metas)] if metas else bare
    return Annotated[hint, msgspec.Meta(description=one_line(words, DESCRIPTION))] if words else hint


# ---- the schema


def schema_of(of: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of a structure, with every definition in the place where it is meant.

    Raises:
        TypeError: A type has none, or is made of itself.
    """
    whole = msgspec.json.schema(of)
    definitions = whole.get("$defs", {})
    schema: dict[str, Any] = _inlined(definitions[of.__name__], definitions, ())
    schema.pop("title", None)
    return {"type": "object", "properties": {}} | schema


def _inlined(part: Any, definitions: Mapping[str, Any], within: tuple[str, ...]) -> Any:
    if isinstance(part, list):
        return [_inlined(one, definitions, within) for one in part]
    if not isinstance(part, dict):
        return part
    reference = part.get("$ref")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        if name in within:
            raise Recursive(f"{name} is made of itself")
        rest = {key: value for key, value in part.items() if key != "$ref"}
        return _inlined(definitions[name], definitions, (*within, name)) | rest
    return {key: _inlined(value, definitions, within) for key, value in part.items()}

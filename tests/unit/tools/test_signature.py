"""Typed functions become tools: what the model is told, what a call is read into, and what can't be one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.conversation.tool_arguments import faults, read_arguments
from voice_tui.tools import approve, timeout
from voice_tui.tools.signature import NoTool, Tool, tool_of


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Place:
    """Where."""

    city: str
    floors: list[int]


@dataclass
class Tree:
    """Made of itself."""

    below: Optional[Tree]  # noqa: UP045  # as people write it


def everything(
    count: int,
    place: Place,
    colour: Colour,
    share: float = 0.5,
    mode: Literal["fast", "slow", 3] = "fast",
    note: Optional[str] = None,  # noqa: UP045
    tags: list[str] = ["a"],  # noqa: B006  # as people write it
    *,
    sure: Annotated[bool, "Whether you are."] = False,
    extra: dict[str, int] | None = None,
) -> tuple[Any, ...]:
    """Do everything.

    It takes a while.

    Args:
        count: How often,
            in whole numbers.
        place (Place): Where.

    Returns:
        All of it.
    """
    tags.append("seen")
    return count, place, colour, share, mode, note, tags, sure, extra


def properties(tool: Tool) -> dict[str, Any]:
    found: dict[str, Any] = tool.spec.parameters["properties"]
    return found


def test_the_model_is_told_types_defaults_choices_and_words() -> None:
    tool = tool_of(everything, "mine.py")
    told = properties(tool)
    assert (tool.spec.name, tool.spec.source) == ("everything", "mine.py")
    assert tool.spec.description == "Do everything. It takes a while."
    assert tool.spec.parameters["required"] == ["count", "place", "colour"]
    assert tool.spec.parameters["additionalProperties"] is False
    assert told["count"] == {"type": "integer", "description": "How often, in whole numbers."}
    assert told["place"]["properties"]["floors"] == {"type": "array", "items": {"type": "integer"}}
    assert told["place"]["description"] == "Where."
    assert sorted(told["colour"]["enum"]) == ["blue", "red"]
    assert set(told["mode"]["enum"]) == {"fast", "slow", 3}
    assert told["share"] == {"type": "number", "default": 0.5}
    assert {"type": "null"} in told["note"]["anyOf"]
    assert told["sure"] == {"type": "boolean", "default": False, "description": "Whether you are."}
    assert "$ref" not in json.dumps(tool.spec.parameters)


def test_a_call_is_read_into_the_types_and_a_default_is_nobody_elses() -> None:
    tool = tool_of(everything)
    text = json.dumps({"count": 2, "place": {"city": "Rome", "floors": [1]}, "colour": "red", "extra": {"x": 1}})
    once = tool.bind(text)()
    assert once == (2, Place("Rome", [1]), Colour.RED, 0.5, "fast", None, ["a", "seen"], False, {"x": 1})
    assert tool.bind(text)() == once, "the list of the first call is not the second's"


def test_a_position_is_a_name_as_well() -> None:
    def add(left: int, right: int, /, *, by: int = 1) -> int:
        """Add."""
        return (left - right) * by

    assert tool_of(add).bind('{"right": 1, "left": 5, "by": 10}')() == 40


@pytest.mark.parametrize("text", ["{}", '{"count": "2"}', '{"count": 1, "what": 2}', "[]", "nonsense"])
def test_arguments_that_do_not_fit_are_said_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"^wrong arguments: [^\n]+$"):
        tool_of(everything).bind(text)


def sphinx(city: str, days: int) -> None:
    """The weather.

    :param city: Where it is,
        or is to be.
    :param int days: How many.
    :returns: nothing
    """


def numpy_like(city: str, days: int) -> None:
    """
    The weather.

    Parameters
    ----------
    city : str
        Where it is,
        or is to be.
    days
        How many.

    Returns
    -------
    None
    """


def google(city: str, days: int) -> None:
    """The weather.

    Args:
        city: Where it is,
          or is to be.
        days (int): How many.
    """


@pytest.mark.parametrize("function", [sphinx, numpy_like, google])
def test_three_ways_of_writing_about_parameters_are_read(function: Callable[..., Any]) -> None:
    tool = tool_of(function)
    assert tool.spec.description == "The weather."
    assert {name: p["description"] for name, p in properties(tool).items()} == {
        "city": "Where it is, or is to be.",
        "days": "How many.",
    }


def test_marks() -> None:
    @approve
    @timeout(5)
    async def careful() -> None:
        """Be careful."""

    spec = tool_of(careful).spec
    assert (spec.asks, spec.timeout_s, tool_of(careful).is_async) == (True, 5.0, True)
    spec = tool_of(google).spec
    assert (spec.asks, spec.timeout_s, tool_of(google).is_async) == (False, 20.0, False)


def untyped(city) -> None:  # type: ignore[no-untyped-def]
    """Doc."""


def many(*cities: str) -> None:
    """Doc."""


def named(**cities: str) -> None:
    """Doc."""


def odd(session: Callable[[], None]) -> None:
    """Doc."""


def recursive(tree: Tree) -> None:
    """Doc."""


def lost(city: Nowhere) -> None:  # type: ignore[name-defined]  # noqa: F821
    """Doc."""


def silent(city: str) -> None: ...


def yields(city: str) -> Any:
    """Doc."""
    yield city


@timeout(-1)
def hasty(city: str) -> None:
    """Doc."""


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (untyped, "untyped: city has no type"),
        (many, r"many: \*cities: a call names each argument"),
        (named, r"named: \*\*cities: a call names each argument"),
        (odd, "odd: session: JSON has nothing for collections.abc.Callable"),
        (recursive, "recursive: tree: JSON has nothing for Tree: Tree is made of itself"),
        (lost, "lost: its annotations can't be read: name 'Nowhere' is not defined"),
        (silent, "silent: it has no docstring"),
        (yields, "yields: it yields, a tool has to return"),
        (hasty, "hasty: a timeout is a number of seconds above 0 and up to 600, not -1"),
    ],
)
def test_what_can_be_no_tool_is_one_line_with_function_and_parameter(function: Callable[..., Any], words: str) -> None:
    with pytest.raises(NoTool, match=f"^{words}[^\n]*$"):
        tool_of(function)


SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**31), 2**31),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=8),
    bool: st.booleans(),
    list[int]: st.lists(st.integers(0, 9), max_size=3),
    dict[str, bool]: st.dictionaries(st.text(max_size=3), st.booleans(), max_size=3),
    Literal["a", "b"]: st.sampled_from(["a", "b"]),
    Optional[float]: st.none() | st.floats(allow_nan=False, allow_infinity=False),  # noqa: UP045
}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


def function_of(types: dict[str, Any]) -> Callable[..., Any]:
    def function(**given: Any) -> dict[str, Any]:
        """Give back what was given."""
        return given

    import inspect

    kind = inspect.Parameter.KEYWORD_ONLY
    function.__signature__ = inspect.Signature([inspect.Parameter(n, kind) for n in types])  # type: ignore[attr-defined]
    function.__annotations__ = types
    return function


TYPED = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(list(SIMPLE)), min_size=1, max_size=3)


@given(TYPED, st.data())
def test_whatever_fits_the_types_fits_the_schema_and_arrives(types: dict[str, Any], data: st.DataObject) -> None:
    tool = tool_of(function_of(types))
    given_ = {name: data.draw(SIMPLE[kind]) for name, kind in types.items()}
    read, why = read_arguments(json.dumps(given_))
    assert (why, faults(tool.spec.parameters, read)) == ("", "")
    assert tool.bind(json.dumps(given_))() == given_


@given(TYPED, st.data())
def test_schema_and_types_agree_on_what_is_wrong(types: dict[str, Any], data: st.DataObject) -> None:
    tool = tool_of(function_of(types))
    given_ = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(types, ANY)))
    wrong = faults(tool.spec.parameters, given_)
    try:
        tool.bind(json.dumps(given_))
    except ValueError:
        assert wrong
    else:
        assert wrong == ""

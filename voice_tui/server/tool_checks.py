"""What a client may offer as tools, and what it may demand of them. Errors are those of the wire."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.server.brains.dialogue import Tool
from voice_tui.server.checks import check_choice, unknown

CHOICES = ("auto", "none", "required")
FIELDS: dict[str, type] = {"type": str, "name": str, "description": str, "parameters": dict}
CHOICE_FIELDS = ("type", "name")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_tools(where: str, tools: Sequence[dict[str, Any]]) -> None:
    """Refuse tools that are not functions as the wire describes them.

    Args:
        where: What holds them: ``session`` or ``response``.
        tools: As the client wrote them.

    Raises:
        ProtocolError: The first thing that is wrong.
    """
    names: set[str] = set()
    for i, tool in enumerate(tools):
        here = f"{where}.tools[{i}]"
        check_choice(f"{here}.type", tool.get("type"), ("function",))
        for field, value in tool.items():
            if field not in FIELDS:
                raise unknown(f"{here}.{field}")
            if not isinstance(value, FIELDS[field]):
                kind = "an object" if FIELDS[field] is dict else "a string"
                message = f"Invalid type for '{here}.{field}': expected {kind}."
                raise ProtocolError("invalid_type", message, f"{here}.{field}")
        name = tool.get("name")
        if name is None:
            raise _missing(f"{here}.name")
        if not NAME.fullmatch(name) or name in names:
            reason = "another tool has it" if name in names else "expected 1 to 64 letters, digits, '_' or '-'"
            raise ProtocolError("invalid_value", f"Invalid '{here}.name': '{name}': {reason}.", f"{here}.name")
        names.add(name)


def check_tool_choice(where: str, choice: object) -> None:
    """Refuse a choice that is neither a known word nor a function.

    Raises:
        ProtocolError: ``invalid_value``, ``unknown_parameter`` or ``missing_required_parameter``.
    """
    param = f"{where}.tool_choice"
    if not isinstance(choice, dict):
        check_choice(param, choice, CHOICES)
        return
    for field in choice:
        if field not in CHOICE_FIELDS:
            raise unknown(f"{param}.{field}")
    check_choice(f"{param}.type", choice.get("type"), ("function",))
    if not isinstance(choice.get("name"), str):
        raise _missing(f"{param}.name")


def _missing(param: str) -> ProtocolError:
    return ProtocolError("missing_required_parameter", f"Missing required parameter: '{param}'.", param)


def offered(tools: Sequence[dict[str, Any]]) -> tuple[Tool, ...]:
    """The tools as a brain knows them."""
    return tuple(Tool(tool["name"], tool.get("description", ""), tool.get("parameters", {})) for tool in tools)


def demanded(choice: str | dict[str, Any], tools: Sequence[Tool], *, by_session: bool) -> tuple[str, str]:
    """What to do about tools (``auto``, ``none`` or ``required``) and which one must be called ("" for any).

    Args:
        choice: The ``tool_choice``, checked.
        tools: What this answer may call.
        by_session: Whether the choice is the session's, which an answer with other tools need not meet.

    Raises:
        ProtocolError: A call is demanded that cannot be made.
    """
    forced = choice["name"] if isinstance(choice, dict) else ""
    mode = choice if isinstance(choice, str) else "required"
    known = [tool.name for tool in tools]
    if by_session and mode == "required" and (forced not in known if forced else not known):
        return "auto", ""
    if forced and forced not in known:
        message = f"Tool choice '{forced}' not found in 'tools'."
        raise ProtocolError("invalid_value", message, "response.tool_choice.name")
    if mode == "required" and not tools:
        message = "Tool choice 'required' needs 'tools', and there are none."
        raise ProtocolError("invalid_value", message, "response.tool_choice")
    return mode, forced

"""Tools: what the model may call, whether somebody has to agree, and how each call goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

TIMEOUT_S = 20.0
"""A call may take so long unless its tool says otherwise."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function that the model may call.

    Attributes:
        name: As the wire allows it: 1 to 64 letters, digits, ``_`` and ``-``.
        description: What the model is told of it.
        parameters: A JSON schema of an object.
        asks: Somebody has to agree to each call.
        timeout_s: A call may take so long, s.
        source: Who brought it, such as a file or a server; "" where it is built in.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    asks: bool = False
    timeout_s: float = TIMEOUT_S
    source: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """What is agreed to beforehand, of tools that ask.

    Attributes:
        granted: Names of tools that need not ask.
        everything: None has to.
        asks: Somebody is there who can be asked; else what is not granted is refused.
    """

    granted: frozenset[str] = frozenset()
    everything: bool = False
    asks: bool = True

    def grants(self, name: str) -> bool:
        """Whether this tool need not ask."""
        return self.everything or name in self.granted


class Answer(StrEnum):
    """What somebody says who is asked for a call; `ALWAYS` holds for this tool until the talk ends."""

    YES = "yes"
    NO = "no"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class AnswerCall:
    """The user has answered whether a call may be made; too late it means nothing."""

    call_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class CallTool:
    """Carry out a tool; answered by `ToolFinished` with the same ``call_id``.

    Attributes:
        call_id: The call.
        name: One of the profile's tools.
        arguments: A JSON object, as text, that fits the tool's schema.
    """

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class CancelCall:
    """Nobody waits for this call any more; what comes of it is ignored."""

    call_id: str


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool that the engine had called is done.

    Attributes:
        call_id: As in `CallTool`.
        output: What the model is told: any text, usually JSON; errors too.
        failed: It is an error.
        hangs_up: The talk is to end once the answer to it was heard.
    """

    call_id: str
    output: str
    failed: bool = False
    hangs_up: bool = False


@dataclass(frozen=True, slots=True)
class ToolsFound:
    """A server of tools is ready, has other tools, or is gone.

    Attributes:
        source: Which one.
        tools: All that it has now.
    """

    source: str
    tools: tuple[ToolSpec, ...]


ToolInput: TypeAlias = ToolFinished | ToolsFound
ToolCommand: TypeAlias = CallTool | CancelCall


@dataclass(frozen=True, slots=True)
class ToolBegan:
    """A tool is called, or would be if somebody agreed.

    Attributes:
        call_id: The call.
        name: Which tool.
        arguments: A JSON text, as the model wrote it.
        asks: It is not called yet: somebody has to agree, by `AnswerCall`. Until then, and without that, it is told
            again once it is called, or `ToolCalled` says that it was not.
    """

    call_id: str
    name: str
    arguments: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A call is over, and the model was told what came of it.

    Attributes:
        call_id: The call.
        name: Which tool.
        arguments: A JSON text, as the model wrote it.
        output: What the model was told.
        ms: How long it took; nothing where it was not carried out.
        failed: The output is an error: the tool's, or ours (unknown, refused, wrong arguments, no result in time).
    """

    call_id: str
    name: str
    arguments: str
    output: str
    ms: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class DeadAir:
    """Both are silent while a tool is at work, for longer than `DEAD_AIR_S`.

    Attributes:
        names: The tools.
        s: The silence beyond that, s; 0 when it has just begun to count.
        over: Somebody can be heard again, or the tool is done.
        total_s: Of all of these in this talk.
        count: So many there were, with this one.
    """

    names: str
    s: float
    over: bool
    total_s: float
    count: int


DEAD_AIR_S = 2.0
"""Silence that is shorter is no dead air."""


@dataclass(frozen=True, slots=True)
class GoodbyeSaid:
    """The model has ended the talk, and its last answer was heard."""


ToolNotice: TypeAlias = ToolBegan | ToolCalled | DeadAir | GoodbyeSaid

"""What can happen in a talk, by names that scenarios use: one table, from notices to events.

A notice is what a screen needs to know, and may be told again whenever something about it changes; an event happens
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from voice_tui.messages import notices as n
from voice_tui.messages.link import CallEnded, Reconnected
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.tools import DeadAir, GoodbyeSaid, ToolBegan, ToolCalled
from voice_tui.messages.turns import Stage, StageReached

TEXT = "text"
EVENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "connected": ("a session is live", ("endpoint", "model")),
    "reconnecting": ("the connection is lost and is tried again", ("detail",)),
    "took_over": ("another connection carries the talk on", ("why",)),
    "hung_up": ("the talk is over: the assistant or a limit has ended it", ("why",)),
    "listening": ("nobody speaks: the assistant waits for the user", ("why",)),
    "user_speaking": ("the user is heard", ("why",)),
    "thinking": ("an answer is under way and cannot be heard yet", ("why",)),
    "assistant_speaking": ("the assistant can be heard", ("why",)),
    "speech_started": ("a detector heard the user begin", ("source", "at_ms")),
    "speech_stopped": ("a detector heard the user end", ("source", "at_ms")),
    "user_turn": ("a turn of the user stands in the transcript with its words", (TEXT, "spoken")),
    "answer_timed": ("the first sound of an answer can be heard", ("audible_ms", "origin", "by", "tools_ms")),
    "answered": ("an answer is over: heard to its end, or cut", (TEXT, "unheard", "cut")),
    "noticed": ("a voice over the assistant was noticed and let be", ("at_ms",)),
    "ducked": ("the assistant was turned down", ("at_ms",)),
    "paused": ("the assistant was paused", ("at_ms",)),
    "resumed": ("it was a false alarm: the assistant went on where it had paused", ("at_ms",)),
    "interrupted": ("the assistant was stopped", ("source", "cancelled")),
    "truncated": (
        "the server has forgotten what was not heard of an answer",
        ("audio_end_ms", "received_ms", "deleted"),
    ),
    "truncation_rejected": ("the server refused to", ("audio_end_ms", "received_ms", "deleted")),
    "tool_began": ("a tool is called", ("name", "arguments", "asks")),
    "tool_called": ("a call of a tool is over", ("name", "arguments", "output", "ms", "failed")),
    "dead_air": ("both were silent while a tool was at work, and no longer are", ("s", "names")),
    "settings_acknowledged": ("the server took over what was set", ("preset",)),
    "settings_rejected": ("the server refused it", ("preset", "reason")),
    "information": ("something is said to the user", (TEXT,)),
    "warning": ("a warning is said", (TEXT,)),
    "error": ("an error is said", (TEXT,)),
}
"""Every event: what it means, and which fields it has."""

Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        name: One of `EVENTS`.
        t: When, s on the clock of the talk.
        values: Its fields.
    """

    name: str
    t: float
    values: Values = field(default_factory=dict)


_PHASES = {
    n.Phase.LISTENING: "listening",
    n.Phase.USER_SPEAKING: "user_speaking",
    n.Phase.THINKING: "thinking",
    n.Phase.ASSISTANT_SPEAKING: "assistant_speaking",
}
_STAGES = {Stage.DUCK: "ducked", Stage.PAUSE: "paused", Stage.RESUME: "resumed"}
_TRUNCATIONS = {n.Ack.ACKNOWLEDGED: "truncated", n.Ack.REJECTED: "truncation_rejected"}
_SETTINGS = {n.Ack.ACKNOWLEDGED: "settings_acknowledged", n.Ack.REJECTED: "settings_rejected"}
_OVER = (n.Phase.LISTENING, n.Phase.THINKING)


class Events:
    """Finds the events in the notices of a talk, in which most is told more than once."""

    def __init__(self) -> None:
        self._rows = RowOrder()
        self._told: set[str] = set()  # rows whose event has happened
        self._phase = n.Phase.LISTENING
        self._live = self._ended = False
        self._settings = n.Ack.NONE

    def observe(self, notice: n.Notice, t: float) -> list[Event]:
        """What this notice says has happened, in order.

        Args:
            notice: The next one.
            t: When it was told, s.
        """
        self._rows.observe(notice)
        found = [Event(name, t, values) for name, values in self._found(notice)]
        if isinstance(notice, n.RowChanged | n.PhaseChanged):
            found += [Event(name, t, values) for name, values in self._settled()]
        return found

    def _found(self, notice: n.Notice) -> Iterator[tuple[str, Values]]:
        match notice:
            case n.LinkChanged():
                yield from self._linked(notice)
            case Reconnected(why):
                yield "took_over", {"why": why}
            case CallEnded(why):
                yield from self._over(why)
            case GoodbyeSaid():
                yield from self._over("the AI said goodbye")
            case n.PhaseChanged(phase, why):
                before, self._phase = self._phase, phase
                if phase is not before and phase in _PHASES:
                    yield _PHASES[phase], {"why": why}
            case n.SpeechStarted(source, at_ms):
                yield "speech_started", {"source": source, "at_ms": at_ms}
            case n.SpeechStopped(source, at_ms):
                yield "speech_stopped", {"source": source, "at_ms": at_ms}
            case n.TurnTimed():
                yield "answer_timed", _fields(notice, "answer_timed")
            case n.VoiceNoticed(at_ms):
                yield "noticed", {"at_ms": at_ms}
            case StageReached(stage, at_ms) if stage in _STAGES:
                yield _STAGES[stage], {"at_ms": at_ms}
            case n.Interrupted(_, source, cancelled):
                yield "interrupted", {"source": source, "cancelled": cancelled}
            case n.Truncated() if notice.ack in _TRUNCATIONS:
                yield _TRUNCATIONS[notice.ack], _fields(notice, "truncated")
            case ToolBegan():
                yield "tool_began", _fields(notice, "tool_began")
            case ToolCalled():
                yield "tool_called", _fields(notice, "tool_called")
            case DeadAir(over=True):
                yield "dead_air", _fields(notice, "dead_air")
            case n.SettingsChanged(preset=preset, server=server, reason=reason):
                earlier, self._settings = self._settings, server
                if server is not earlier and server in _SETTINGS:
                    yield _SETTINGS[server], {"preset": preset} | ({"reason": reason} if reason else {})
            case n.Announced(severity):
                yield str(severity), {TEXT: notice.words}

    def _linked(self, notice: n.LinkChanged) -> Iterator[tuple[str, Values]]:
        before, self._live = self._live, notice.link is n.Link.LIVE
        if self._live and not before:
            yield "connected", _fields(notice, "connected")
        elif before and notice.link is n.Link.RECONNECTING:
            yield "reconnecting", {"detail": notice.detail}

    def _over(self, why: str) -> Iterator[tuple[str, Values]]:
        if not self._ended:
            self._ended = True
            yield "hung_up", {"why": why}

    def _settled(self) -> Iterator[tuple[str, Values]]:
        """Turns and answers about which nothing can change any more, each once."""
        for row in self._rows:
            if row.item_id in self._told or row.pending:
                continue
            if row.role == "user" and row.text:
                self._told.add(row.item_id)
                yield "user_turn", {TEXT: row.text, "spoken": row.spoken}
            elif row.role == "assistant" and self._is_over(row):
                self._told.add(row.item_id)
                yield "answered", {TEXT: row.text, "unheard": row.unheard, "cut": row.cut is not None}

    def _is_over(self, row: n.Row) -> bool:
        if row.cut is not None:
            return row.cut.ack is not n.Ack.PENDING and self._phase is not n.Phase.INTERRUPTED
        return self._phase in _OVER


def _fields(notice: object, name: str) -> Values:
    return {each: getattr(notice, each) for each in EVENTS[name][1]}

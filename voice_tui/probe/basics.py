"""Steps that cost no tokens and need no audio: the opening, the settings, and items that are put in and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.endpoints.realtime.wire.client_events import (
    ClientEvent,
    ConversationItemCreate,
    ConversationItemDelete,
    ConversationItemRetrieve,
    InputAudioBufferClear,
)
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.endpoints.realtime.wire.server_events import (
    BufferCleared,
    ConversationItemAdded,
    ConversationItemDeleted,
    ConversationItemDone,
    ConversationItemRetrieved,
    SessionCreated,
    SessionUpdated,
)
from voice_tui.endpoints.realtime.wire.session import SessionConfig, given
from voice_tui.probe.line import Event, Reply
from voice_tui.probe.question import silence
from voice_tui.probe.step import Probe

OPENING_S = 3.0  # so long session.created is waited for
USUAL_S, LONGEST_S = 10.0, 60.0  # ... but longer where the provider's row says that a model is loaded first
TOOL: dict[str, Any] = {
    "type": "function",
    "name": "give_number",
    "description": "Tells the program a number.",
    "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
}


def _vad(**fields: Any) -> dict[str, Any]:
    return {"audio": {"input": {"turn_detection": {"type": "server_vad"} | fields}}}


def _hears(**fields: Any) -> dict[str, Any]:
    return {"audio": {"input": fields}}


FIELDS: dict[str, dict[str, Any]] = {
    "instructions": {"instructions": "You are a helpful voice assistant. Be brief."},
    "output_modalities": {"output_modalities": ["audio"]},
    "max_output_tokens": {"max_output_tokens": 1024},
    "tools": {"tools": [TOOL], "tool_choice": "auto"},
    "voice": {"audio": {"output": {"voice": "alloy"}}},
    "speed": {"audio": {"output": {"speed": 1.0}}},
    "transcription": _hears(transcription={"model": "whisper-1"}),
    "noise_reduction": _hears(noise_reduction={"type": "near_field"}),
    "threshold": _vad(threshold=0.6),
    "prefix_padding_ms": _vad(prefix_padding_ms=250),
    "silence_duration_ms": _vad(silence_duration_ms=450),
    "create_response": _vad(create_response=False),
    "interrupt_response": _vad(interrupt_response=False),
    "idle_timeout_ms": _vad(idle_timeout_ms=30_000),
    "semantic_vad": _hears(turn_detection={"type": "semantic_vad", "eagerness": "high"}),
    "turn_detection null": _hears(turn_detection=None),
    "truncation": {"truncation": {"type": "retention_ratio", "retention_ratio": 0.8}},
}
"""Name of a setting → the part of a session that asks for it, and for nothing else."""


async def opening(probe: Probe) -> None:
    """Whether the session begins by itself, and what comes first."""
    line = probe.line
    warm_up_s = PROVIDERS[probe.endpoint.provider].capabilities.warm_up_s
    patience = OPENING_S if warm_up_s <= USUAL_S else min(warm_up_s, LONGEST_S)
    created = await line.until(lambda e: isinstance(e, SessionCreated), patience, 0)
    names = ", ".join(h.name or "an event without a name" for h in line.heard[:3])
    if created is None:
        probe.no(
            "first_events", f"no session.created within {patience:.0f} s, {f'but {names}' if names else 'nothing'}"
        )
        return
    assert isinstance(created.event, SessionCreated)
    session = given(created.event.session.id, "without an id")
    word = probe.yes if line.heard[0] is created else probe.no
    word("first_events", f"{names}; session {session}")


async def round_trip(probe: Probe) -> None:
    """How long a ping and an event take there and back."""
    seconds = await probe.line.ping()
    if seconds is None:
        probe.no("ping", "no answer to a ping")
    else:
        probe.yes("ping", f"{seconds * 1000:.0f} ms", ms=seconds * 1000)
    replies = [await probe.line.update(SessionConfig(instructions=f"Be brief. {n}")) for n in range(3)]
    told = [reply.seconds for reply in replies if reply.event is not None or reply.error]
    if told:
        probe.yes("round_trip", f"{min(told) * 1000:.0f} ms there and back", ms=min(told) * 1000)
    else:
        probe.no("round_trip", "session.update was not answered")


async def settings(probe: Probe) -> None:
    """Which settings are acknowledged, each by itself."""
    refused: list[str] = []
    silent: list[str] = []
    others: list[str] = []
    unsent: list[str] = []
    dropped = {path.rpartition(".")[2] for path in probe.endpoint.deviations.unsent}
    for name, part in FIELDS.items():
        if name in dropped:
            unsent.append(name)
            continue
        reply = await probe.line.update(msgspec.convert(part, SessionConfig))
        if reply.event is None:
            (refused if reply.error else silent).append(f"{name} ({reply.error})" if reply.error else name)
        elif isinstance(reply.event, SessionUpdated) and (other := _other(part, _plain(reply.event.session))):
            others.append(other)
    taken = len(FIELDS) - len(refused) - len(silent) - len(unsent)
    words = [f"{taken} of {len(FIELDS)} acknowledged"]
    groups = (("refused", refused), ("not answered", silent), ("answered as", others), ("never sent there", unsent))
    words += [f"{what}: {', '.join(names)}" for what, names in groups if names]
    (probe.no if refused or silent or others else probe.yes)("settings", "; ".join(words), acknowledged=taken)


def _plain(session: SessionConfig) -> Any:
    return msgspec.to_builtins(session)


def _other(asked: Mapping[str, Any], echoed: Any, path: str = "") -> str:
    """The first value that the server says to be another one than was asked for; what it does not say is not judged."""
    for name, value in asked.items():
        here = f"{path}.{name}" if path else name
        if not isinstance(echoed, Mapping) or name not in echoed:
            return ""
        if isinstance(value, Mapping):
            if deeper := _other(value, echoed[name], here):
                return deeper
        elif isinstance(value, str | int | float | None) and echoed[name] != value and not _named(value, echoed[name]):
            return f"{here} {echoed[name]!r}, not {value!r}"
    return ""


def _named(value: object, echoed: object) -> bool:
    """A name comes back as an object that holds it."""
    return isinstance(echoed, Mapping) and echoed.get("name") == value


async def items(probe: Probe) -> None:
    """Whether items can be put in, asked for and taken away."""
    said = message("user", "This line will be taken away again.")
    reply = await create(probe, said)
    item_id = _id_of(reply.event)
    if not item_id:
        for name in ("retrieve", "delete"):
            probe.undecided(name, f"no item to try it with: conversation.item.create was {reply.words}")
    else:
        got = await probe.line.ask(
            ConversationItemRetrieve(item_id=item_id), lambda e: isinstance(e, ConversationItemRetrieved)
        )
        _judge(probe, "retrieve", got)
        gone = await probe.line.ask(
            ConversationItemDelete(item_id=item_id), lambda e: isinstance(e, ConversationItemDeleted)
        )
        _judge(probe, "delete", gone)
    answer = await create(probe, message("assistant", "This was answered before."))
    _judge(probe, "seed_history", answer)
    if added := _id_of(answer.event):
        await probe.line.send(ConversationItemDelete(item_id=added))


async def buffer(probe: Probe) -> None:
    """Whether audio that no turn has taken can be forgotten."""
    await probe.line.speak(silence(200), lambda e: False, probe.line.mark)
    _judge(probe, "clear", await probe.line.ask(InputAudioBufferClear(), lambda e: isinstance(e, BufferCleared)))


def _judge(probe: Probe, name: str, reply: Reply) -> None:
    if reply.event is None:
        probe.no(name, reply.words)
    else:
        probe.yes(name, f"after {reply.seconds * 1000:.0f} ms", ms=reply.seconds * 1000)


def message(role: str, text: str) -> Item:
    """An item that says something."""
    kind = "output_text" if role == "assistant" else "input_text"
    return Item(type="message", role=role, content=[ContentPart(type=kind, text=text)])


async def create(probe: Probe, item: Item) -> Reply:
    """Put an item at the end of the conversation."""
    event: ClientEvent = ConversationItemCreate(item=item)
    return await probe.line.ask(event, lambda e: bool(_id_of(e)))


def _id_of(event: Event | None) -> str:
    if isinstance(event, ConversationItemAdded | ConversationItemDone):
        return given(event.item.id, "")
    return ""

"""What comes of a call of the model: the output it is told, and what changed in the memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from voice_tui.memory.novelty import identity
from voice_tui.memory.recall import Recall
from voice_tui.memory.records import Fact
from voice_tui.memory.store import Store
from voice_tui.memory.subjects import talks_meant
from voice_tui.memory.tools import LONGEST_TEXT, ForgetCall, RecallCall, RememberCall, ToolCall
from voice_tui.plain_text import one_line

MOST_FACTS = 5
MOST_FORGOTTEN = 3  # more at once is hardly what was meant
PRIVATE = "private mode: nothing is stored now"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who speaks, in which conversation, and whether anything may be stored.

    ``user_name`` is the user's name, ``speaker`` who spoke last where voices are told apart.
    """

    user_name: str = ""
    speaker: str = ""
    conversation: int | None = None
    item_id: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """``output`` is JSON; ``failed``: it says why it did not work."""

    output: str
    remembered: list[Fact] = field(default_factory=list)
    forgotten: list[Fact] = field(default_factory=list)
    failed: bool = False


def answer(store: Store, recall: Recall, call: ToolCall, asker: Asker, now: datetime) -> ToolAnswer:
    """Carry out a call."""
    match call:
        case RememberCall():
            return _remember(store, call, asker)
        case RecallCall():
            return _recall(store, recall, call, asker, now)
        case ForgetCall():
            return _forget(store, call)


def failure(reason: str) -> ToolAnswer:
    """What the model is told when it did not work."""
    return ToolAnswer(json.dumps({"error": reason}), failed=True)


def _remember(store: Store, call: RememberCall, asker: Asker) -> ToolAnswer:
    if asker.private:
        return failure(PRIVATE)
    text = one_line(call.text, LONGEST_TEXT)  # what stands in JSON inside of a text was not looked at by anybody
    key = identity(text, asker.user_name)
    if not text:
        return failure("remember: the text is empty")
    known = next((f for f in store.facts.page(limit=-1) if identity(f.text, asker.user_name) == key), None)
    if known is not None:
        return ToolAnswer(json.dumps({"ok": True, "known": True}))
    subject = one_line(call.subject) or "user"
    fact = store.facts.add(subject, text, speaker=asker.speaker, conversation=asker.conversation, item_id=asker.item_id)
    return ToolAnswer(json.dumps({"ok": True}), remembered=[fact])


def _recall(store: Store, recall: Recall, call: RecallCall, asker: Asker, now: datetime) -> ToolAnswer:
    talks = talks_meant(store, call.query, now, asker.conversation)
    who = asker.speaker or asker.user_name or "user"
    found = [one.fact for one in recall.recall(call.query, MOST_FACTS, speaker=who)]
    if found and not asker.private:
        store.facts.mark_used(fact.id for fact in found)
    output: dict[str, object] = {} if talks is None else {"conversations": talks}
    output["facts"] = [fact.text for fact in found]
    return ToolAnswer(json.dumps(output, ensure_ascii=False))


def _forget(store: Store, call: ForgetCall) -> ToolAnswer:
    found = store.facts.search(call.query, limit=MOST_FORGOTTEN + 1)
    if len(found) > MOST_FORGOTTEN:
        return failure(f"forget: more than {MOST_FORGOTTEN} facts hold these words, ask the user which one")
    for fact in found:
        store.facts.forget(fact.id)
    return ToolAnswer(json.dumps({"forgotten": len(found)}), forgotten=found)

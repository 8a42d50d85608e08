"""What is written down of a conversation, as it happens, and what never is."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.support.memory_held import LISBON, NOW, Held
from voice_tui.memory.store import Store
from voice_tui.messages.context import ContextChanged, ContextItem, Kind, SummaryMade
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.memory import (
    ExtractFacts,
    FactsFound,
    FactsListed,
    KeepFacts,
    ListFacts,
    ListTalks,
    TalksListed,
)
from voice_tui.messages.talk import Announced, Cut, RowRemoved
from voice_tui.messages.tools import CallTool


def test_an_item_is_written_when_it_is_final_and_again_when_it_changes(held: Held) -> None:
    held.memory.observe(LinkChanged(Link.LIVE, "", "embedded"))
    held.row("u1", "I live", pending=True)
    assert held.items() == []
    held.row("u1", "I live in Lisbon.")
    held.row("a1", "How nice it must be there.", "u1", "assistant", pending=True)
    held.row("a1", "How nice it must be there.", "u1", "assistant")
    held.row("a1", "How nice", "u1", "assistant", unheard=" it must be there.", cut=Cut(400, 1200))
    held.row("u2", "Stop!", "a1", speaker="Ben")
    held.memory.observe(
        ContextChanged((ContextItem("u1", "user", "You", "I live in Lisbon.", Kind.SPOKEN, pinned=True),))
    )
    items = [(i.item_id, i.role, i.speaker, i.text, i.heard_ms, i.total_ms, i.pinned) for i in held.items()]
    assert items == [
        ("u1", "user", "", "I live in Lisbon.", None, None, True),
        ("a1", "assistant", "", "How nice", 400, 1200, False),
        ("u2", "user", "Ben", "Stop!", None, None, False),
    ]


def test_what_is_transcribed_late_stands_where_it_was_said(held: Held) -> None:
    held.row("u1", "", pending=True)
    held.row("a1", "Twelve.", "u1", "assistant")
    held.row("a2", "Thirteen.", "a1", "assistant")
    held.row("u1", "How much is it?")
    held.row("u0", "Hello")
    assert [i.item_id for i in held.items()] == ["u0", "u1", "a1", "a2"]


def test_placeholders_and_remarks_are_not_written(held: Held) -> None:
    held.row("local_1", "", pending=True)
    held.memory.observe(RowRemoved("local_1"))
    held.row("u1", "Hello")
    held.row("n1", "connection lost", "u1", "system")
    assert [i.item_id for i in held.items()] == ["u1"]


def test_a_conversation_is_titled_and_summaries_are_kept(held: Held, path: Path) -> None:
    held.row("u1", "I live in Lisbon.")
    held.row("a1", "I see.", "u1", "assistant")
    held.row("u2", "I have a dog.", "a1")
    held.memory.observe(SummaryMade("summary_1", "They live in Lisbon.", 90, 20, 2))
    gone = [ContextItem(i, "user", "You", "x", Kind.SPOKEN, in_server=i == "u2") for i in ("u1", "a1", "u2")]
    held.memory.observe(ContextChanged(tuple(gone)))
    held.memory.observe(FactsFound((), "Lisbon"))
    held.memory.end()
    assert held.options is not None
    held.options.close()
    with Store(path, lambda: NOW) as store:
        (talk,) = store.conversations.page()
        assert (talk.title, talk.ended) == ("Lisbon", NOW)
        (summary,) = store.conversations.summaries(talk.id)
        assert (summary.text, summary.first_item, summary.last_item) == ("They live in Lisbon.", "u1", "a1")


def test_a_summary_that_stands_for_something_private_is_not_kept(held: Held, path: Path) -> None:
    held.row("u1", "I live in Lisbon.")
    held.memory.set_private(True)
    held.row("u2", "I have a secret.", "u1")
    held.memory.set_private(False)
    held.row("u3", "I have a dog.", "u2")
    held.memory.observe(SummaryMade("summary_1", "They live in Lisbon and have a secret.", 90, 20, 2))
    gone = [ContextItem(i, "user", "You", "x", Kind.SPOKEN, in_server=i == "u3") for i in ("u1", "u2", "u3")]
    held.memory.observe(ContextChanged(tuple(gone)))
    held.memory.end()
    assert held.options is not None
    held.options.close()
    with Store(path, lambda: NOW) as store:
        (talk,) = store.conversations.page()
        assert [item.item_id for item in store.conversations.items(talk.id)] == ["u1", "u3"]
        assert list(store.conversations.summaries(talk.id)) == []


def test_without_a_word_there_is_no_conversation(held: Held) -> None:
    held.memory.end()
    held.settle()
    assert held.ask(ListTalks()) == TalksListed(())


def test_nothing_waits_for_a_busy_store(held: Held) -> None:
    assert held.options is not None
    go = threading.Event()
    busy = [thread.submit(lambda m: go.wait(5)) for thread in (held.options.pen, held.options.memory)]
    held.row("u1", "I live in Lisbon.")
    held.memory.call(CallTool("c0", "recall", '{"query": "Lisbon"}'))
    held.memory.poll()
    assert held.outputs == {}
    assert not any(one.done() for one in busy)
    go.set()
    held.settle()
    assert held.outputs == {"c0": {"facts": []}}


def test_in_private_nothing_is_stored_not_even_later(held: Held) -> None:
    held.row("u1", "Public one.")
    held.row("u2", "half", "u1", pending=True)
    held.memory.set_private(True)
    assert held.state.private
    held.row("u2", "half private", "u1")
    held.row("u3", "Secret.", "u2")
    assert held.call("remember", text="The user has a secret.") == {"error": "private mode: nothing is stored now"}
    held.memory.observe(FactsFound((LISBON,)))
    held.ask(KeepFacts((LISBON,)))
    held.memory.set_private(False)
    held.row("u3", "Secret, again.", "u2")
    held.row("u4", "Public two.", "u3")
    assert [i.text for i in held.items()] == ["Public one.", "Public two."]
    held.memory.request(ExtractFacts())
    assert held.extracted == [ExtractFacts(frozenset({"u2", "u3"}))]
    listed = held.ask(ListFacts())
    assert isinstance(listed, FactsListed)
    assert listed.total == 0


def test_what_another_process_wiped_goes_on_as_a_new_conversation(held: Held, path: Path) -> None:
    held.row("u1", "One.")
    held.settle()
    with Store(path, lambda: NOW) as store:
        store.conversations.delete(store.conversations.page()[0].id)
    held.row("u2", "Two.", "u1")
    assert [i.text for i in held.items()] == ["Two."]
    assert held.told(Announced) == []

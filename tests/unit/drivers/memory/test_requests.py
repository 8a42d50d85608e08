"""What the user asks of the memory: facts found, edited, put back, exported, and everything wiped."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.memory_held import LISBON, Held
from voice_tui.messages.memory import (
    DeleteFact,
    EditFact,
    ExportMemory,
    FactsListed,
    ListFacts,
    MemoryExported,
    MemoryRefused,
    MemoryWiped,
    RestoreFact,
    WipeMemory,
)


def test_facts_are_found_edited_deleted_and_put_back(held: Held) -> None:
    held.call("remember", text="The user's sister is called Ana.")
    held.call("remember", text="The user is allergic to walnuts.")
    found = held.ask(ListFacts("sis"))
    assert isinstance(found, FactsListed)
    assert ([f.text for f in found.facts], found.total) == (["The user's sister is called Ana."], 2)
    number = found.facts[0].id
    edited = held.ask(EditFact(number, " The user's sister is called  Anna. "))
    assert isinstance(edited, FactsListed)
    assert edited.facts[0].text == "The user's sister is called Anna."
    assert held.ask(EditFact(number, "  ")) == MemoryRefused("edit", "the fact needs some words")
    gone = held.ask(DeleteFact(number))
    assert isinstance(gone, FactsListed)
    assert (gone.facts, gone.total) == ((), 1)
    back = held.ask(RestoreFact(number))
    assert isinstance(back, FactsListed)
    assert back.facts == edited.facts
    assert held.ask(RestoreFact(number)) == MemoryRefused("undo", "it is gone")
    assert held.ask(EditFact(99, "x")) == MemoryRefused("edit", "it is gone")


def test_an_export_is_the_owners_alone_and_overwrites_nothing(held: Held, tmp_path: Path) -> None:
    held.row("u1", "I live in Lisbon.")
    held.call("remember", text=LISBON.text)
    target = tmp_path / "new" / "mine.json"
    assert held.ask(ExportMemory(str(target))) == MemoryExported(str(target), 1, 1)
    assert target.stat().st_mode & 0o777 == 0o600
    assert json.loads(target.read_text())["facts"][0]["text"] == LISBON.text
    before = target.read_bytes()
    refused = held.ask(ExportMemory(str(target)))
    assert isinstance(refused, MemoryRefused)
    assert "already" in refused.reason
    assert target.read_bytes() == before


def test_after_a_wipe_nothing_of_before_is_written_again(held: Held, tmp_path: Path) -> None:
    held.row("u1", "My code is 4711.")
    held.call("remember", text="The user's code is 4711.")
    assert held.ask(WipeMemory()) == MemoryWiped()
    held.row("u1", "My code is 4711!")
    held.row("u2", "Hello again, old friend.", "u1")
    assert [i.text for i in held.items()] == ["Hello again, old friend."]
    assert held.options is not None
    held.options.close()
    assert not any(b"4711" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

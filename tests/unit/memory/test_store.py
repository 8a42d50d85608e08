"""The store: what goes in comes out, in order, once, and leaves without a trace when it is told to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.memory import database
from voice_tui.memory.schema import MemoryFileError
from voice_tui.memory.store import Store


class Clock:
    """Seconds since 1970; it moves on when told."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "memory.db"


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[Store]:
    with Store(path, clock) as store:
        yield store


def bytes_on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_conversation_is_kept_in_the_order_in_which_it_was_held(store: Store, clock: Clock) -> None:
    talk = store.conversations.begin(endpoint="local", profile="natural", title="Morning")
    store.conversations.add_item(talk, "a", "user", "Hello", speaker="Ada", pinned=True)
    clock.time += 5
    store.conversations.add_item(talk, "b", "assistant", "Good morning, how")
    store.conversations.update_item(talk, "b", text="Good morning", heard_ms=400, total_ms=1500)
    store.conversations.add_summary(talk, "They met.", first_item="a", last_item="b", tokens_before=20, tokens_after=3)
    store.conversations.end(talk, title="A greeting")

    (kept,) = store.conversations.page()
    assert (kept.started, kept.ended, kept.title, kept.endpoint, kept.profile) == (
        1000, 1005, "A greeting", "local", "natural",
    )  # fmt: skip
    first, second = store.conversations.items(talk)
    assert (first.item_id, first.role, first.speaker, first.text, first.at, first.pinned) == (
        "a", "user", "Ada", "Hello", 1000, True,
    )  # fmt: skip
    assert (second.text, second.heard_ms, second.total_ms, second.at, second.pinned) == (
        "Good morning", 400, 1500, 1005, False,
    )  # fmt: skip
    (summary,) = store.conversations.summaries(talk)
    assert (summary.first_item, summary.last_item, summary.tokens_before, summary.tokens_after) == ("a", "b", 20, 3)


def test_an_item_can_move_and_only_known_fields_change(store: Store) -> None:
    talk = store.conversations.begin()
    for item in "abc":
        store.conversations.add_item(talk, item, "user", item)
    assert store.conversations.update_item(talk, "c", position=0)
    assert [item.item_id for item in store.conversations.items(talk, after=-1)] == ["c", "a", "b"]
    assert not store.conversations.update_item(talk, "nobody", text="x")
    with pytest.raises(ValueError, match="item field role: one of position, speaker"):
        store.conversations.update_item(talk, "a", role="system")


def test_an_item_needs_its_conversation_and_its_own_id(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.conversations.add_item(99, "a", "user")
    talk = store.conversations.begin()
    store.conversations.add_item(talk, "a", "user")
    with pytest.raises(sqlite3.IntegrityError):
        store.conversations.add_item(talk, "a", "user")
    assert len(store.conversations.items(talk)) == 1


def test_pages_follow_each_other_without_gap_or_overlap(store: Store) -> None:
    for i in range(7):
        talk = store.conversations.begin(title=str(i))
        store.facts.add("Ada", f"fact number {i}")
        store.conversations.add_item(1, f"item{i}", "user")
    first = store.conversations.page(limit=3)
    rest = store.conversations.page(limit=10, before=first[-1].id)
    assert [c.title for c in first + rest] == list("6543210")
    facts = store.facts.page(limit=3)
    assert len({fact.id for fact in facts + store.facts.page(limit=10, before=facts[-1].id)}) == 7
    items = store.conversations.items(1, limit=4)
    assert [i.item_id for i in items + store.conversations.items(1, after=items[-1].position)] == [
        f"item{i}" for i in range(7)
    ]
    assert store.conversations.items(talk) == []


def test_a_fact_told_twice_is_kept_once_in_its_newest_words(store: Store, clock: Clock) -> None:
    first = store.facts.add("Ada", "I live in Lisbon", speaker="Ada")
    clock.time += 60
    again = store.facts.add("ada", "I really live in Lisbon now.", speaker="Ada")
    assert (again.id, again.created, again.updated) == (first.id, 1000, 1060)
    assert [fact.text for fact in store.facts.page()] == ["I really live in Lisbon now."]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Ben", "I eat meat"),
        ("Ada", "I don't eat meat"),
        ("Ada", "I never eat meat"),
        ("Ada", "I eat fish"),
        ("Ada", "I eat meat on day 2"),
    ],
)
def test_what_differs_in_a_name_a_number_or_a_negation_is_another_fact(store: Store, subject: str, text: str) -> None:
    store.facts.add("Ada", "I eat meat", speaker="Ada")
    store.facts.add("Ada", "I eat meat on day 3", speaker="Ada")
    store.facts.add(subject, text, speaker="Ada")
    assert len(store.facts.page()) == 3


def test_a_fact_is_found_corrected_and_marked(store: Store, clock: Clock) -> None:
    fact = store.facts.add("Ada", "Allergic to penicillin")
    assert store.facts.search("allergy") == [fact]
    clock.time += 1
    edited = store.facts.edit(fact.id, text="Allergic to walnuts")
    assert edited is not None
    assert (edited.text, edited.updated) == ("Allergic to walnuts", 1001)
    assert store.facts.search("penicillin") == []
    assert store.facts.search("walnut") == [edited]
    store.facts.mark_used([fact.id])
    assert store.facts.get([fact.id, 77])[0].used == 1001
    assert store.facts.edit(77, text="x") is None


def test_forgetting_by_words_needs_all_of_them_and_tells_what_is_gone(store: Store) -> None:
    dog = store.facts.add("dog", "The dog is called Biscuit")
    store.facts.add("dog", "The dog sleeps in the kitchen")
    assert store.facts.forget("the and of") == []
    assert store.facts.forget("dog Biscuit") == [dog]
    assert [fact.text for fact in store.facts.page()] == ["The dog sleeps in the kitchen"]
    assert store.facts.forget(dog.id) == []


def test_what_is_forgotten_is_in_no_byte_of_the_files(store: Store, path: Path) -> None:
    for i in range(50):
        store.facts.add("Ada", f"Some other thing number {i}")
    secret = store.facts.add("Ada", "The password is Xylophonia")
    store.facts.edit(secret.id, text="The password is Zanzibarbados")
    assert b"Zanzibarbados" in bytes_on_disk(path)
    store.facts.forget(secret.id)
    for word in (b"Zanzibarbados", b"Xylophonia"):
        assert word not in bytes_on_disk(path)
        assert word.lower() not in bytes_on_disk(path)


def test_a_deleted_conversation_takes_its_items_along_and_leaves_the_facts(store: Store, path: Path) -> None:
    talk = store.conversations.begin()
    store.conversations.add_item(talk, "a", "user", "Quixotically spoken")
    fact = store.facts.add("Ada", "Likes tea", conversation=talk, item_id="a")
    assert store.conversations.delete(talk)
    assert not store.conversations.delete(talk)
    assert store.conversations.items(talk) == []
    assert store.facts.get([fact.id])[0].conversation is None
    assert b"uixotically" not in bytes_on_disk(path)


def test_a_wipe_leaves_no_text_in_any_file_and_a_store_that_works(store: Store, path: Path) -> None:
    talk = store.conversations.begin(title="Zeppelinfahrt")
    for i in range(300):
        store.conversations.add_item(talk, f"i{i}", "user", f"Rhinozeros {i}", speaker="Mnemosyne")
        store.facts.add("Ada", f"Rhinozeros {i}", conversation=talk)
    store.conversations.add_summary(talk, "Xanthippe", first_item="i0", last_item="i9", tokens_before=9, tokens_after=1)
    words = (b"zeppelinfahrt", b"rhinozeros", b"mnemosyne", b"xanthippe")
    assert all(word in bytes_on_disk(path).lower() for word in words)
    size = path.stat().st_size
    store.wipe()
    assert not any(word in bytes_on_disk(path).lower() for word in words)
    assert path.stat().st_size < size
    assert (store.conversations.page(), store.facts.page()) == ([], [])
    store.facts.add("Ada", "Starts anew")
    assert [fact.text for fact in store.facts.search("anew")] == ["Starts anew"]


def test_a_wipe_says_when_another_reader_keeps_the_old_text(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SETTINGS", (*database.SETTINGS, "PRAGMA busy_timeout = 1"))
    with Store(path, lambda: 0.0) as store:
        store.facts.add("Ada", "Rhinozeros")
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM facts").fetchone() == (1,)
        with pytest.raises(MemoryFileError, match=r"memory\.db: wiped, but another process holds on to the old text"):
            store.wipe()
        assert store.facts.page() == []
        reader.close()
    assert b"Rhinozeros" not in bytes_on_disk(path)


def test_everything_is_exported_as_json(store: Store) -> None:
    talk = store.conversations.begin(title="Über Tee")
    store.conversations.add_item(talk, "a", "user", "Grün, bitte")
    store.conversations.add_summary(talk, "Tea.", first_item="a", last_item="a", tokens_before=4, tokens_after=1)
    store.facts.add("Ada", "Likes tea", speaker="Ada", conversation=talk, item_id="a")
    exported = json.loads(store.export())
    (conversation,) = exported["conversations"]
    assert conversation["title"] == "Über Tee"
    assert [item["text"] for item in conversation["items"]] == ["Grün, bitte"]
    assert [summary["text"] for summary in conversation["summaries"]] == ["Tea."]
    assert [(fact["text"], fact["item_id"]) for fact in exported["facts"]] == [("Likes tea", "a")]


def test_private_mode_works_and_writes_nothing(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Store(None, clock) as store:
        store.facts.add("Ada", "Likes tea")
        assert store.facts.search("tea")
        store.wipe()
        assert store.facts.page() == []
    assert list(tmp_path.iterdir()) == []


def test_items_are_found_by_their_newest_text(store: Store) -> None:
    talk = store.conversations.begin()
    store.conversations.add_item(talk, "a", "user", "About sailing")
    store.conversations.update_item(talk, "a", text="About rowing boats")
    assert store.conversations.search("sailing") == []
    assert [item.item_id for item in store.conversations.search("boat rowing")] == ["a"]


@given(st.text(max_size=60))
def test_no_query_breaks_the_search(query: str) -> None:
    with Store(None, lambda: 0.0) as store:
        store.facts.add("Ada", query)
        found = store.facts.search(query)
        assert len(found) <= 1
        assert store.conversations.search(query) == []

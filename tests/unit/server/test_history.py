from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.server import history as history_module
from voice_tui.server.answers.usage import input_tokens, output_tokens, usage
from voice_tui.server.brains.dialogue import DialogueTurn
from voice_tui.server.history import History, HistoryItem
from voice_tui.server.item_rules import admit

SECOND = 48_000  # bytes


def user(item_id: str, text: str = "Hello.") -> HistoryItem:
    part = ContentPart("input_text", text=text)
    return HistoryItem(Item("message", id=item_id, status="completed", role="user", content=[part]))


def spoken(item_id: str = "a", words: tuple[str, ...] = ("One", " two."), ms: int = 2_000) -> HistoryItem:
    part = ContentPart("output_audio", transcript="".join(words))
    item = Item("message", id=item_id, status="completed", role="assistant", content=[part])
    entry = HistoryItem(item, bytearray(ms * 48))
    for i, word in enumerate(words):
        entry.spoken.append(word, ms * 24 * (i + 1) // len(words))
    return entry


def history(*entries: HistoryItem) -> History:
    made = History()
    for entry in entries:
        made.add(entry)
    return made


def ids(made: History) -> list[str]:
    return [entry.id for entry in made]


def test_items_are_put_at_the_end_behind_another_or_first() -> None:
    made = history(user("a"), user("b"))
    assert made.add(user("c"), None) == "b"
    assert made.add(user("d"), "a") == "a"
    assert made.add(user("e"), "root") is None
    assert ids(made) == ["e", "a", "d", "b", "c"]
    assert [made.previous_id(i) for i in ("e", "d", "gone")] == [None, "a", None]


@pytest.mark.parametrize(
    ("entry", "previous", "code", "param"),
    [
        (user("a"), None, "item_create_duplicate_id", "item.id"),
        (user("z"), "nobody", "item_create_invalid_previous_item_id", "previous_item_id"),
    ],
)
def test_what_cannot_be_added(entry: HistoryItem, previous: str | None, code: str, param: str) -> None:
    made = history(user("a"))
    with pytest.raises(ProtocolError) as refused:
        made.add(entry, previous)
    assert (refused.value.code, refused.value.param) == (code, param)
    assert ids(made) == ["a"]


def test_truncation_takes_the_audio_behind_the_point_and_every_word() -> None:
    made = history(spoken())
    made.truncate("a", 0, 1_000)
    kept = made.retrieve("a")
    assert isinstance(kept.content, list)
    assert kept.text == ""
    assert base64.b64decode(str(kept.content[0].audio)) == bytes(SECOND)
    made.truncate("a", 0, 0)
    made.truncate("a", 0, 0)


def test_a_brain_knows_of_a_truncated_answer_what_was_heard() -> None:
    made = history(spoken())
    made.truncate("a", 0, 1_500)
    turn = next(iter(made)).told
    assert isinstance(turn, DialogueTurn)
    assert (turn.text, turn.interrupted) == ("One", True)


@pytest.mark.parametrize(
    ("item_id", "index", "end_ms", "code", "message"),
    [
        ("a", 0, 2_001, "invalid_value", "Audio content of 2000ms is already shorter than 2001ms"),
        ("a", 0, 10**400, "invalid_value", "Audio content of 2000ms is already shorter than 1000"),
        ("u", 0, 0, "unsupported_content_type", "Only model output audio messages can be truncated"),
        ("written", 0, 0, "unsupported_content_type", "Only model output audio messages can be truncated"),
        ("x", 0, 0, "item_truncate_invalid_item_id", "Failed to truncate item. Item with item_id not found: x"),
        ("a", 1, 0, "invalid_value", "Invalid value: 1. The item has one content part, at index 0."),
        ("a", 0, -1, "integer_below_min_value", ""),
    ],
)
def test_truncations_that_cannot_be(item_id: str, index: int, end_ms: int, code: str, message: str) -> None:
    written = HistoryItem(
        Item("message", id="written", role="assistant", content=[ContentPart("output_text", text="Hi")])
    )
    made = history(spoken(), user("u"), written)
    with pytest.raises(ProtocolError) as refused:
        made.truncate(item_id, index, end_ms)
    assert refused.value.code == code
    assert message in refused.value.message


def test_usage_adds_up_and_counts_the_whole_conversation() -> None:
    heard = HistoryItem(Item("message", id="h", role="user", content=[ContentPart("input_audio", transcript="Hi")]))
    heard.audio = bytearray(SECOND)
    read = input_tokens("12345678", [heard, spoken("a", ("Eight", " letters")), user("u", "abcd")])
    assert (read.text_tokens, read.audio_tokens) == (2 + 4 + 1, 10 + 40)
    whole = usage(read, output_tokens("abcde", 24_000))
    assert whole.output_tokens == 2 + 20
    assert whole.total_tokens == whole.input_tokens + whole.output_tokens


def message(role: str, *content: dict[str, Any]) -> Item:
    return Item("message", role=role, content=[ContentPart(**part) for part in content])


SOUND = base64.b64encode(bytes(4_800)).decode()


def test_an_admitted_item_gets_an_id_and_gives_its_audio_up() -> None:
    item, sound = admit(message("user", {"type": "input_audio", "audio": SOUND}))
    assert str(item.id).startswith("item_")
    assert (item.status, item.content, len(sound)) == (
        "completed",
        [ContentPart("input_audio", transcript=None)],
        4_800,
    )


TEXT = {"type": "input_text", "text": "Hi"}


@pytest.mark.parametrize(
    ("item", "code", "param"),
    [
        (Item("mcp_call"), "invalid_value", "item.type"),
        (message("nobody", TEXT), "invalid_value", "item.role"),
        (Item("message", role="user"), "missing_required_parameter", "item.content"),
        (message("system", {"type": "input_audio", "audio": SOUND}), "invalid_value", "item.content[0].type"),
        (message("assistant", {"type": "output_audio", "audio": SOUND}), "invalid_value", "item.content[0].type"),
        (message("user", TEXT, {"type": "input_text"}), "missing_required_parameter", "item.content[1].text"),
        (message("user", {"type": "input_audio", "audio": "???"}), "invalid_value", "item.content[0].audio"),
        (Item("function_call_output", call_id="c"), "missing_required_parameter", "item.output"),
        (Item("message", id="i" * 33, role="user", content=[]), "string_above_max_length", "item.id"),
    ],
)
def test_items_nobody_may_create(item: Item, code: str, param: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        admit(item)
    assert (refused.value.code, refused.value.param) == (code, param)


class AnyHistory(RuleBasedStateMachine):
    """Insertions and deletions in any order against a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.made, self.model, self.count = History(), list[str](), 0

    @rule(place=st.integers(-1, 30))
    def add(self, place: int) -> None:
        self.count += 1
        new = f"i{self.count}"
        behind = self.model[place] if 0 <= place < len(self.model) else None
        previous = self.made.add(user(new), "root" if place < 0 else behind)
        at = 0 if place < 0 else self.model.index(behind) + 1 if behind else len(self.model)
        self.model.insert(at, new)
        assert previous == (self.model[at - 1] if at else None)

    @rule(place=st.integers(0, 30))
    def delete(self, place: int) -> None:
        if place < len(self.model):
            self.made.delete(self.model.pop(place))

    @invariant()
    def same(self) -> None:
        assert ids(self.made) == self.model
        assert self.made.last_id == (self.model[-1] if self.model else None)


TestAnyHistory = AnyHistory.TestCase


def test_of_old_audio_the_length_is_kept_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_tui.server.history.AUDIO_KEPT", 5 * SECOND)
    made = history(*(spoken(name, ms=2_000) for name in "abcd"))
    assert [len(entry.audio) for entry in made] == [0, 0, 2 * SECOND, 2 * SECOND]
    assert {entry.samples for entry in made} == {SECOND}
    assert made.has_spoken
    assert made.retrieve("a") == made.find("a", "retrieve").item, "it is told without its sound"
    with pytest.raises(ProtocolError, match="already shorter"):
        made.truncate("a", 0, 2_001)
    made.truncate("a", 0, 1_000)
    entry = made.find("a", "retrieve")
    assert (entry.samples, entry.told) == (SECOND // 2, DialogueTurn("assistant", "One", interrupted=True))


def test_what_is_longer_than_all_that_is_kept_stays_while_it_is_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_tui.server.history.AUDIO_KEPT", SECOND)
    made = history(spoken("a", ms=5_000))
    assert len(made.find("a", "retrieve").audio) == 5 * SECOND


def test_what_a_client_writes_has_only_so_much_room_until_it_deletes_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "WRITTEN_KEPT_MIB", 1)
    history, half = History(), "x" * (600 << 10)
    history.add_written(user("a", half))
    with pytest.raises(ProtocolError) as refused:
        history.add_written(user("b", half))
    assert refused.value.code == "conversation_full"
    assert [entry.id for entry in history] == ["a"]
    history.add(user("spoken", half))
    history.delete("a")
    history.delete("spoken")
    history.add_written(user("b", half))

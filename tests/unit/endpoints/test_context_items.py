"""What the server holds, what it costs, and how one knows."""

from __future__ import annotations

import pytest

from tests.support.context_story import PROMPT, Talk
from voice_tui.endpoints.models import MODELS
from voice_tui.endpoints.realtime.context.texts import labelled, told_again
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemTruncate
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.messages import tokens as counting
from voice_tui.messages.context import ContextChanged, ContextFailed, ContextItem, Kind, Pin, SetContext
from voice_tui.messages.context_settings import ContextError, ContextSettings, Mode, changed
from voice_tui.messages.talk import Announced, Interrupt, SendText


def item(talk: Talk, item_id: str) -> ContextItem:
    return next(i for i in talk.context.items if i.item_id == item_id)


def test_items_stand_in_conversation_order_with_their_turn() -> None:
    talk = Talk().connect()
    talk.turn("Hello.", "Good morning.")
    talk.want(SendText("What now?"))
    talk.serve()
    talk.answer("Nothing.")
    assert [(i.role, i.speaker, i.text, i.kind, i.turn, i.in_server) for i in talk.context.items] == [
        ("user", "You", "Hello.", Kind.SPOKEN, 1, True),
        ("assistant", "AI", "Good morning.", Kind.SPOKEN, 1, True),
        ("user", "You", "What now?", Kind.TYPED, 2, True),
        ("assistant", "AI", "Nothing.", Kind.SPOKEN, 2, True),
    ]


def test_what_the_server_has_not_confirmed_is_only_in_the_transcript() -> None:
    talk = Talk().connect()
    talk.want(SendText("Hello?"))
    assert [i.in_server for i in talk.session.context.book.items()] == [False]
    talk.serve()
    assert [i.in_server for i in talk.context.items] == [True]


@pytest.mark.parametrize("asks", [False, True], ids=["nobody asks", "somebody asks all the time"])
def test_looking_at_the_items_changes_none_of_their_figures(asks: bool) -> None:
    talk = Talk().connect()
    book = talk.session.context.book

    def look() -> None:
        if asks:
            book.items()

    talk.want(SendText("Hello?"))
    came = book.outbox.now
    look()
    talk.tick(500)
    talk.serve()
    book.transcript.open("late", "assistant", text="So")
    look()
    book.ledger.receive("late", 0, 24_000)  # its sound comes, and no word with it
    typed, late = book.items()
    assert typed.at == came
    assert late.tokens == counting.assistant_audio(1_000) + book.estimate("So")


def test_an_answer_of_one_item_is_counted_by_the_server() -> None:
    talk = Talk().connect()
    _, answer = talk.turn("Hello.", "Good morning to you.", 600)
    assert (item(talk, answer).tokens, item(talk, answer).exact) == (4 + 12, True)


def test_a_new_message_is_the_difference_between_two_answers() -> None:
    talk = Talk().connect()
    first, _ = talk.turn("Hello.")
    assert not item(talk, first).exact, "there was no answer before"
    second, _ = talk.turn("What is the weather?", ms=300)
    assert (item(talk, second).tokens, item(talk, second).exact) == (10, True)
    talk.want(SendText("one two three"))
    talk.serve()
    talk.answer("Good.")
    assert (talk.context.items[-2].tokens, talk.context.items[-2].exact) == (3, True)


def test_two_new_messages_are_not_told_apart() -> None:
    talk = Talk().connect()
    talk.turn("Hello.")
    one, two = talk.user("And"), talk.user("so on.")
    talk.answer("Yes.")
    assert not item(talk, one).exact
    assert not item(talk, two).exact


def test_a_difference_is_not_trusted_when_something_else_has_changed() -> None:
    talk = Talk().connect()
    talk.turn("Hello.")
    _, gone = talk.turn("Again.")
    talk.user("More.")
    del talk.held[talk.ids.index(gone)]
    talk.server.deleted(gone)
    answer = talk.answer("Yes.")
    user = next(i for i in reversed(talk.context.items) if i.role == "user")
    assert not user.exact
    assert item(talk, answer).exact


def test_estimates() -> None:
    assert counting.estimate("") == 0
    assert counting.estimate("abcd") == 1
    assert counting.estimate("abc\ud800") == 1, "half a character"
    assert counting.estimate("abcde") == 2
    assert counting.estimate("äöü") == 2
    assert counting.user_audio(1_250) == 13
    assert counting.assistant_audio(1_001) == 21


def test_a_spoken_turn_is_estimated_by_its_length_and_an_answer_by_voice_and_words() -> None:
    talk = Talk().connect()
    user = talk.user("Hello there, you.", ms=2_300)
    assert (item(talk, user).tokens, item(talk, user).exact) == (23, False)
    answer = talk.begin("Good morning", 1_000)
    assert (item(talk, answer).tokens, item(talk, answer).exact) == (20 + 3, False)


def test_of_a_cut_answer_the_heard_part_counts() -> None:
    talk = Talk().connect()
    talk.user("Hello.")
    answer = talk.begin("A long long story about a fox and a hen", 4_000)
    talk.finish(answer)
    talk.play(1_000)
    talk.want(Interrupt())
    talk.play(100)
    heard = next(e for e in talk.out if isinstance(e, ConversationItemTruncate)).audio_end_ms
    assert item(talk, answer).cut == (heard, 4_000)
    assert (item(talk, answer).tokens, item(talk, answer).exact) == (heard // 50 + bool(heard % 50), False)
    total, exact = talk.session.context.counts.total
    assert not exact
    whole = 10 + 80  # as the server counted the answer
    assert total == talk.reads[-1] + whole - (whole - item(talk, answer).tokens)


def test_the_total_is_the_servers_word_and_estimates_of_what_came_after() -> None:
    talk = Talk().connect()
    talk.turn("Hello.")
    talk.turn("Again.")
    assert (talk.context.total, talk.context.exact) == (talk.total, True)
    talk.want(SendText("one two three four"))
    talk.serve()
    assert (talk.context.total, talk.context.exact) == (talk.total - 4 + counting.estimate("one two three four"), False)


def test_before_the_first_answer_everything_is_estimated() -> None:
    talk = Talk().connect()
    prompt = counting.estimate(talk.session.settings.instructions)
    assert (talk.context.total, talk.context.exact) == (prompt, False)
    talk.user("Hello.", ms=500)
    assert talk.context.total == prompt + 5
    assert talk.context.forecast_usd is None


def test_the_window_and_the_price_are_the_models() -> None:
    assert Talk(model="our-own").connect().context.window is None
    assert Talk(model="gpt-realtime").connect().context.window == 32_000
    talk = Talk(model="gpt-realtime-2").connect()
    assert talk.context.window == 128_000
    talk.turn("Hello.", "Good morning.", 1_000)
    reads = talk.total + 10  # the typical message here
    assert talk.context.forecast_input == reads
    voice = 10 + 22 + 10
    expected = ((reads - voice) * 4 + voice * 32 + 22 * 64) / 1e6
    assert talk.context.forecast_usd == pytest.approx(expected)


def test_models_are_known_by_name_and_dated_snapshot_only() -> None:
    assert MODELS.named("gpt-realtime-2025-08-28") is MODELS.models["gpt-realtime"]
    assert MODELS.named("gpt-realtime-mini-2025-10-06") is MODELS.models["gpt-realtime-mini"]
    assert MODELS.named("gpt-realtime-9") is None
    assert MODELS.named("my-deployment") is None


def test_an_item_that_somebody_else_deleted_is_gone() -> None:
    talk = Talk().connect()
    _, answer = talk.turn("Hello.")
    talk.server.deleted(answer)
    assert [i.role for i in talk.context.items] == ["user"]


def test_pins() -> None:
    talk = Talk().connect()
    user, _ = talk.turn("Hello.")
    talk.want(Pin(user))
    assert item(talk, user).pinned
    talk.want(Pin(user, True))
    assert item(talk, user).pinned
    talk.want(Pin(user))
    assert not item(talk, user).pinned
    talk.want(Pin("nobody"))
    assert [x.what for x in talk.notices if isinstance(x, ContextFailed)] == ["pin"]


def test_a_label_is_in_the_book_and_not_on_the_screen() -> None:
    talk = Talk().connect()
    talk.turn("Hello.")
    rows = list(talk.rows)
    label = Item("message", id="label_1", role="system", content=[ContentPart("input_text", text="Alice spoke.")])
    talk.server.item_added(label, talk.ids[-1])
    assert talk.rows == rows
    assert (talk.context.items[-1].kind, talk.context.items[-1].text) == (Kind.LABEL, "Alice spoke.")


def test_the_list_is_told_when_it_changed_and_at_most_four_times_a_second() -> None:
    talk = Talk().connect()
    talk.wait(1_000)
    talk.notices.clear()
    talk.wait(1_000)
    assert talk.notices == []
    talk.user("Hello.")
    answer = talk.begin("One")
    for _ in range(100):
        talk.server.says(answer, " word")
        talk.tick(10)
    assert 3 <= sum(isinstance(x, ContextChanged) for x in talk.notices) <= 5


def test_settings_are_checked() -> None:
    assert changed(ContextSettings(), budget=4_000, mode="auto", keep_turns=None) == ContextSettings(
        mode=Mode.AUTO, budget=4_000
    )
    with pytest.raises(ContextError, match=r"^budget: 5 is not between 500 and 128000$"):
        changed(ContextSettings(), budget=5)
    with pytest.raises(ContextError, match=r"^mode: 'maybe' is not one of off, ask, auto$"):
        changed(ContextSettings(), mode="maybe")


def test_a_setting_that_cannot_be_changes_nothing_and_is_said() -> None:
    talk = Talk().connect()
    talk.want(SetContext(budget=3_000, keep_turns=0))
    assert [m.text for m in talk.told(Announced)] == ["keep_turns: 0 is not between 1 and 50"]
    assert talk.context.settings == ContextSettings()
    talk.want(SetContext(budget=3_000))
    assert talk.context.settings.budget == 3_000


def test_labels() -> None:
    assert labelled("user", "Alice", "Hello.") == "User (Alice): Hello."
    assert labelled("user", "You", "Hello.") == "User: Hello."
    assert labelled("assistant", "Assistant", "Hello.") == "Assistant: Hello."
    assert told_again("user", "You", "Hello.") == "Hello."
    assert told_again("user", "Alice", "Hello.") == "User (Alice): Hello."


def test_the_story_counts_as_the_engine_believes() -> None:
    talk = Talk().connect()
    for _ in range(5):
        talk.turn("Hello.")
    assert talk.context.total == talk.total == PROMPT + 5 * (10 + 12)


def test_what_every_answer_reads_has_lines_and_all_of_them_make_the_forecast() -> None:
    talk = Talk().connect()
    for turn in range(3):
        state = talk.context
        lines = [*state.fixed, *(i for i in state.items if i.in_server)]
        assert state.coming is not None
        assert sum(i.tokens for i in lines) == state.total
        assert state.total + state.coming.tokens == state.forecast_input
        (prompt,) = [i for i in state.fixed if i.kind is Kind.INSTRUCTIONS]
        assert prompt.text
        assert prompt.tokens > 0
        talk.turn(f"Question {turn}.", "An answer that the server counts.")

"""Losing the connection: what the next session is told, and what is not sent to it."""

from __future__ import annotations

from tests.support.fakes import numbers
from tests.support.harness import Harness
from voice_tui.endpoints.realtime.server_turns import NOTHING_HEARD
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    InputAudioBufferCommit,
    ResponseCreate,
)
from voice_tui.messages import notices as n
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.talk import Interrupt, Phase, PushToTalk, SendText


def words(event: ConversationItemCreate) -> tuple[str, str, str]:
    """Role, kind and text of an item with one part."""
    assert isinstance(event, ConversationItemCreate)
    assert isinstance(event.item.content, list)
    [part] = event.item.content
    return str(event.item.role), part.type, str(part.text)


# ---- losing the connection


def conversation() -> Harness:
    """A spoken turn, its answer, and a typed turn that is being answered."""
    story = Harness().connect()
    story.server.user_turn("U1")
    story.server.transcribed("U1", "Hello there.")
    story.server.answers("A1", "Good morning.", 200)
    story.silence(400)
    story.told(n.TurnTimed)
    story.want(SendText("And now?"))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.server.answers("A2", "Now it is", 300, response="R2", done=False)
    return story


def test_a_new_session_is_told_what_was_said() -> None:
    story = conversation()
    story.lose_connection()
    assert not story.row("A2").pending
    story.connect()
    *events, wish = story.expect(*[ConversationItemCreate] * 4, ResponseCreate)
    assert 'up to "Now it is". Go on exactly where it stopped' in wish.response.instructions
    assert [words(e) for e in events] == [
        ("user", "input_text", "Hello there."),
        ("assistant", "output_text", "Good morning."),
        ("user", "input_text", "And now?"),
        ("assistant", "output_text", "Now it is"),
    ]
    rows = list(story.rows)
    previous = None
    for event in events:
        story.server.item_added(event.item, previous)
        previous = event.item.id
    assert list(story.rows) == rows, "ids stay, so rows stay: in place, and spoken where they were spoken"


def test_while_the_connection_is_gone_nothing_is_sent_whatever_happens() -> None:
    story = conversation()
    story.lose_connection()
    story.want(Interrupt())
    story.speak(500)
    story.want(SendText("Hi?"))
    story.want(SelectPreset("push-to-talk"))
    story.want(PushToTalk())
    story.play(500)
    assert [type(x).__name__ for x in story.out] == ["Flush"]


def test_an_answer_of_a_lost_session_that_is_cut_is_not_repaired_in_the_next() -> None:
    story = conversation()
    story.play(100)
    story.lose_connection()
    story.want(Interrupt())
    story.play(100)
    assert story.row("A2").cut == n.Cut(100, 300, n.Ack.NONE, "the connection was lost first")
    story.out.clear()
    story.connect()
    assert story.doing() is Phase.LISTENING, "nothing is waited for"
    assert words(story.out[-1])[2] != "Now it is"  # type: ignore[arg-type]  # checked by words()


def test_a_cut_under_way_when_the_connection_goes_is_not_sent_to_the_next_session() -> None:
    story = conversation()
    story.play(100)
    story.want(Interrupt())
    story.lose_connection()
    story.out.clear()
    story.play(100)
    story.expect()
    story.connect()
    assert story.doing() is Phase.LISTENING


def test_a_turn_under_the_talk_key_goes_on_over_a_lost_connection() -> None:
    story = Harness("push-to-talk").connect()
    story.want(PushToTalk(True))
    story.speak(300)
    [row] = story.rows
    story.lose_connection()
    story.speak(200)
    assert [x.talking for x in story.notices if isinstance(x, n.SwitchesChanged)] == [True]
    assert numbers(story.audio) == list(range(30)), "nothing is sent to nobody"
    story.out.clear()
    story.audio = b""
    story.connect()
    story.speak(20)
    story.want(PushToTalk(False))
    assert numbers(story.audio) == list(range(52)), "all of it, and in order"
    story.expect(InputAudioBufferCommit, ResponseCreate)
    story.server.committed("U1")
    story.server.transcribed("U1", "Hello there.")
    assert [r.text for r in story.rows if r.role == "user"] == ["Hello there."]
    assert row.item_id not in story.order


def test_what_was_not_understood_is_told_as_it_was_said_and_never_as_our_remark() -> None:
    story = Harness("push-to-talk").connect()
    story.want(PushToTalk(True))
    story.speak(300)
    story.want(PushToTalk(False))
    story.server.committed("U1")
    story.server.transcribed("U1", "")
    assert NOTHING_HEARD in (story.row("U1").note, story.row("U1").text)
    story.out.clear()
    story.lose_connection()
    story.audio = b""
    story.connect()
    story.expect(InputAudioBufferCommit, ResponseCreate)
    assert numbers(story.audio) == list(range(30))
    story.end()

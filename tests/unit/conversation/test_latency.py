"""The latency of a turn: whatever comes, and in whatever order, its parts add up to the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.latency import TurnTimer
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.measures import PARTS, Moment, Origin, Spender, TurnTimed


class Timed:
    """A timer and its clock."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        self.outbox.tick(50.0)
        self.outbox.live = True
        self.timer = TurnTimer(self.outbox, Knobs(self.outbox, "server-vad"))
        self.outbox.notices.clear()

    def wait(self, ms: int, *, tools: bool = False) -> None:
        self.outbox.tick(self.outbox.now + ms / 1000)
        self.timer.tick(tools=tools)

    def ended(self, waited_ms: int = 500) -> None:
        """A turn that was decided now, by silence."""
        now = self.outbox.ms
        self.timer.ended(Origin.VOICE, now - waited_ms, "server", decided_ms=now)

    def answered(self, answer: str = "A1", *moments: Moment) -> None:
        """An answer from its beginning to its first sound."""
        self.timer.reach(Moment.CREATED)
        self.timer.audio_arrived(answer)
        for moment in moments or (Moment.QUEUED, Moment.PLAYED, Moment.AUDIBLE):
            self.wait(10)
            self.timer.sounded(moment, answer)

    @property
    def told(self) -> list[TurnTimed]:
        return [x for x in self.outbox.notices if isinstance(x, TurnTimed)]


def test_every_moment_but_the_first_ends_a_part_that_is_somebodys() -> None:
    assert set(PARTS) == set(Moment) - {Moment.ENDED}
    assert {spender for _, spender in PARTS.values()} == set(Spender)


def test_a_turn_is_measured_from_the_last_sound_and_not_from_its_commit() -> None:
    talk = Timed()
    talk.wait(2_000)
    talk.ended(waited_ms=520)
    talk.wait(40)
    talk.timer.reach(Moment.COMMITTED)
    talk.wait(60)
    talk.answered()
    [timed] = talk.told
    assert (timed.number, timed.item_id, timed.at_ms, timed.by, timed.preset) == (
        1,
        "A1",
        1_480,
        "server",
        "server-vad",
    )
    assert timed.audible_ms == 520 + 40 + 60 + 30
    assert [(part.words, part.ms) for part in timed.parts] == [
        ("waited silence", 520),
        ("turn sent", 40),
        ("answer begun", 60),
        ("gathered", 10),
        ("loudspeaker", 10),
        ("leading silence", 10),
    ]


def test_what_comes_behind_the_first_sound_is_no_part_of_it() -> None:
    talk = Timed()
    talk.ended()
    talk.answered()
    talk.timer.reach(Moment.TEXT)
    talk.answered("A2")
    assert len(talk.told) == 1
    assert Moment.TEXT not in dict(talk.told[0].moments)


def test_an_answer_that_was_being_made_before_is_not_the_turns() -> None:
    talk = Timed()
    talk.ended()
    talk.timer.sounded(Moment.AUDIBLE, "A0")
    assert not talk.told
    talk.answered("A1", Moment.QUEUED)
    talk.timer.sounded(Moment.AUDIBLE, "A0")
    assert not talk.told
    talk.timer.sounded(Moment.AUDIBLE, "A1")
    assert len(talk.told) == 1


def test_a_tools_request_is_none_for_the_turn_and_its_time_stands_beside_it() -> None:
    talk = Timed()
    talk.ended()
    talk.timer.reach(Moment.ASKED)
    talk.timer.reach(Moment.CREATED)
    talk.wait(700, tools=True)
    talk.timer.reach(Moment.ASKED)
    talk.wait(50)
    talk.answered()
    [timed] = talk.told
    assert timed.tools_ms == 700
    assert dict(timed.moments)[Moment.ASKED] == 500


def test_over_a_lost_connection_the_turn_keeps_its_end_and_the_outage_is_a_part() -> None:
    talk = Timed()
    talk.ended()
    talk.timer.reach(Moment.COMMITTED)
    talk.wait(100)
    talk.timer.reach(Moment.CREATED)
    talk.timer.audio_arrived("A1")
    talk.timer.lost()
    talk.wait(3_000)
    talk.timer.sounded(Moment.AUDIBLE, "A1")
    assert not talk.told, "of the lost answer nothing had sounded"
    talk.timer.restored()
    talk.answered("A2")
    [timed] = talk.told
    assert ("no connection", 3_100) in [(part.words, part.ms) for part in timed.parts]


@pytest.mark.parametrize("spoken", [False, True])
def test_a_turn_that_ended_while_there_was_no_connection_is_measured_from_when_it_was_sent(spoken: bool) -> None:
    talk = Timed()
    talk.timer.lost()
    talk.outbox.live = False
    if spoken:
        talk.ended()
    else:
        talk.timer.ended(Origin.ENTER, talk.outbox.ms, "text")
    talk.wait(30_000, tools=True)
    talk.outbox.live = True
    talk.timer.restored()
    sent_ms = talk.outbox.ms
    talk.wait(400)
    talk.answered()
    [timed] = talk.told
    assert (timed.at_ms, timed.audible_ms, timed.tools_ms) == (sent_ms, 430, 0)
    assert timed.origin is (Origin.VOICE if spoken else Origin.ENTER)
    assert "no connection" not in [part.words for part in timed.parts]


def test_no_cause_comes_behind_its_effect() -> None:
    talk = Timed()
    talk.ended()
    talk.timer.reach(Moment.CREATED)
    talk.wait(100)
    talk.timer.audio_arrived("A1")
    talk.timer.sounded(Moment.QUEUED, "A1")
    now = talk.outbox.ms
    talk.timer.sounded(Moment.PLAYED, "A1", now - 20)
    talk.timer.sounded(Moment.AUDIBLE, "A1", now - 15)
    [timed] = talk.told
    assert [(part.words, part.ms) for part in timed.parts][1:] == [("first audio", 80), ("leading silence", 5)]


def test_an_answer_that_was_interrupted_is_not_timed() -> None:
    talk = Timed()
    talk.ended()
    talk.timer.forget()
    talk.answered()
    assert not talk.told


@pytest.mark.parametrize("waited", [-300, 0, 700])
def test_a_turn_never_ends_after_its_end_was_decided(waited: int) -> None:
    talk = Timed()
    talk.wait(5_000)
    talk.ended(waited)
    talk.answered()
    [timed] = talk.told
    assert timed.at_ms == 5_000 - max(0, waited)


STEPS = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 900)),
    st.tuples(st.just("reach"), st.sampled_from(Moment)),
    st.tuples(st.just("audio"), st.sampled_from(["A1", "A2"])),
    st.tuples(st.just("sounded"), st.sampled_from([Moment.QUEUED, Moment.PLAYED])),
    st.tuples(st.just("lost"), st.none()),
)


@given(st.lists(STEPS, max_size=30), st.integers(0, 3_000))
def test_in_whatever_order_things_come_the_parts_add_up_to_the_whole(
    steps: list[tuple[str, object]], waited: int
) -> None:
    talk = Timed()
    talk.wait(4_000)
    talk.ended(waited)
    for kind, what in steps:
        match kind, what:
            case "wait", int(ms):
                talk.wait(ms, tools=True)
            case "reach", Moment() as moment if moment is not Moment.AUDIBLE:
                talk.timer.reach(moment)
            case "audio", str(answer):
                talk.timer.audio_arrived(answer)
            case "sounded", Moment() as moment:
                talk.timer.sounded(moment, "A1")
            case "lost", _:
                talk.timer.lost()
    talk.wait(1)
    talk.answered("A9", Moment.AUDIBLE)
    [timed] = talk.told
    parts = timed.parts
    assert sum(part.ms for part in parts) == timed.audible_ms == talk.outbox.ms - timed.at_ms
    assert all(part.ms > 0 for part in parts)
    moments = [moment for moment, _ in timed.moments]
    assert len(set(moments)) == len(moments)
    assert [ms for _, ms in timed.moments] == sorted(ms for _, ms in timed.moments)
    assert (moments[0], moments[-1]) == (Moment.ENDED, Moment.AUDIBLE)
    assert 0 <= timed.tools_ms <= talk.outbox.ms

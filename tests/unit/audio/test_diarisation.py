"""Who said which turn, on voiceprints that the test makes: directions with noise that shrinks as turns get longer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.voice_vectors import LIKENESS, METHOD, between, book, said
from voice_tui.audio.voices.clusters import Stretch, cluster
from voice_tui.audio.voices.diarisation import FREE, SpeakerBook
from voice_tui.audio.voices.records import Relabelled
from voice_tui.audio.voices.voiceprint import Likeness


def hear(into: SpeakerBook, order: Sequence[int], seconds: float = 3.0) -> None:
    for number, voice in enumerate(order):
        into.hear(f"t{number}", said(voice, seconds, number), seconds)


def test_speakers_are_numbered_in_the_order_in_which_they_speak() -> None:
    talk = book()
    hear(talk, [5, 5, 7, 5, 9, 7])
    assert list(talk.labels().values()) == [1, 1, 2, 1, 3, 2]
    assert [speaker.name for speaker in talk.speakers] == ["Speaker 1", "Speaker 2", "Speaker 3"]
    assert [speaker.turns for speaker in talk.speakers] == [3, 2, 1]
    assert talk.speakers[0].seconds == pytest.approx(9.0)


def test_confidence_is_high_for_long_clear_turns_and_low_for_short_and_mixed_ones() -> None:
    talk = book()
    hear(talk, [1, 2, 1, 2, 1, 2])
    clear = talk.hear("clear", said(1, 4.0, 90), 4.0)
    short = talk.hear("short", said(1, 0.5, 91), 0.5)
    mixed = talk.hear("mixed", between(1, 2, 0.5), 4.0)
    assert clear.speaker == short.speaker == 1
    assert clear.confidence > 0.85
    assert short.confidence < 0.7
    assert mixed.confidence < 0.6


def test_a_turn_without_a_voice_is_nobodys_and_changes_nothing() -> None:
    talk = book()
    hear(talk, [1, 2])
    heard = talk.hear("cough", None, 0.0)
    assert (heard.speaker, heard.confidence, heard.relabelled) == (None, 0.0, ())
    assert talk.label("cough") is None
    assert len(talk.speakers) == 2


def test_a_short_turn_opens_no_speaker_unless_it_is_the_first() -> None:
    talk = book()
    assert talk.hear("yes", said(1, 0.6, 1), 0.6).speaker == 1
    talk.hear("long", said(1, 3.0, 2), 3.0)
    talk.hear("no", said(2, 0.6, 3), 0.6)
    assert len(talk.speakers) == 1


def test_an_earlier_label_is_corrected_once_the_second_voice_is_known() -> None:
    talk = book()
    talk.hear("a", said(1, 4.0, 1), 4.0)
    talk.hear("doubtful", between(1, 2, 0.55), 2.0)
    assert talk.label("doubtful") == 1
    told = [talk.hear(f"b{n}", said(2, 4.0, 10 + n), 4.0) for n in range(3)]
    corrections = [change for heard in told for change in heard.relabelled if change.turn_id == "doubtful"]
    assert [(change.old, change.new) for change in corrections] == [(1, 2)]
    assert talk.label("doubtful") == 2


def test_two_speakers_that_turn_out_the_same_become_one() -> None:
    talk = book()
    talk.hear("soft", between(1, 2, 0.1), 3.0)
    talk.hear("loud", between(1, 2, 0.95), 3.0)
    assert len(talk.speakers) == 2
    changes: list[Relabelled] = []
    for number, share in enumerate((0.4, 0.5, 0.6, 0.5, 0.5)):
        changes += talk.hear(f"more{number}", between(1, 2, share), 5.0).relabelled
    assert len(talk.speakers) == 1
    assert {change.new for change in changes} == {talk.speakers[0].number}


def test_there_are_never_more_speakers_than_allowed() -> None:
    talk = book(most=2)
    hear(talk, [1, 2, 3, 4, 5])
    assert len(talk.speakers) == 2
    assert None not in talk.labels().values()


def test_an_enrolled_voice_is_known_by_name_at_its_first_turn_and_a_stranger_is_not() -> None:
    talk = book()
    anna = talk.enrol("Anna", said(1, 20.0, 500), 20.0)
    ben = talk.enrol("Ben", said(2, 20.0, 501), 20.0)
    assert talk.hear("t1", said(2, 3.0, 1), 3.0).speaker == ben
    stranger = talk.hear("t2", said(3, 3.0, 2), 3.0).speaker
    assert stranger not in (anna, ben)
    assert talk.hear("t3", said(1, 3.0, 3), 3.0).speaker == anna
    assert [speaker.name for speaker in talk.speakers] == ["Anna", "Ben", "Speaker 3"]


def test_an_enrolled_voice_may_sound_a_little_different_here() -> None:
    from_elsewhere = Likeness(LIKENESS.near, LIKENESS.slope, LIKENESS.blur_s, elsewhere=0.15)
    other_room = between(1, 2, 0.65)
    for likeness, name in ((LIKENESS, "Speaker 2"), (from_elsewhere, "Anna")):
        talk = SpeakerBook(METHOD, likeness)
        talk.enrol("Anna", said(1, 20.0, 500), 20.0)
        for number in range(3):
            speaker = talk.hear(f"t{number}", other_room, 4.0).speaker
            assert speaker is not None
            assert talk.name(speaker) == name


def test_enrolled_voices_that_stay_silent_take_nobodys_place() -> None:
    talk = book(most=2)
    for number in range(4):
        talk.enrol(f"friend {number}", said(50 + number, 20.0, number), 20.0)
    hear(talk, [1, 2, 1])
    labels = talk.labels()
    assert labels["t0"] == labels["t2"] != labels["t1"]
    assert min(labels["t0"] or 0, labels["t1"] or 0) > 4


def test_enrolling_a_name_again_adds_to_its_voice() -> None:
    talk = book()
    first = talk.enrol("Anna", said(1, 20.0, 1), 20.0)
    assert talk.enrol(" Anna ", said(1, 20.0, 2), 20.0) == first
    assert len(talk.speakers) == 1


def test_named_speakers_never_become_one_by_themselves() -> None:
    talk = book()
    talk.hear("a", between(1, 2, 0.1), 3.0)
    talk.hear("b", between(1, 2, 0.95), 3.0)
    talk.rename(1, "Anna")
    talk.rename(2, "Ben")
    for number in range(5):
        talk.hear(f"m{number}", between(1, 2, 0.5), 5.0)
    assert [speaker.name for speaker in talk.speakers] == ["Anna", "Ben"]


def test_a_merge_by_hand_is_for_good() -> None:
    talk = book()
    hear(talk, [1, 2, 3, 2])
    changes = talk.merge(1, 2)
    assert [(change.turn_id, change.old, change.new) for change in changes] == [("t1", 2, 1), ("t3", 2, 1)]
    talk.hear("later", said(3, 3.0, 77), 3.0)
    assert [talk.label(turn) for turn in ("t0", "t1", "t2", "t3")] == [1, 1, 3, 1]


def test_a_forgotten_voice_is_somebody_new() -> None:
    talk = book()
    hear(talk, [1, 2, 1])
    talk.rename(1, "Anna")
    changes = talk.forget(1)
    assert [(change.old, change.new) for change in changes] == [(1, None), (1, None)]
    assert [speaker.number for speaker in talk.speakers] == [2]
    again = talk.hear("again", said(1, 3.0, 9), 3.0).speaker
    assert again is not None
    assert talk.name(again) != "Anna"


def test_old_turns_keep_their_label_and_still_teach_the_voice() -> None:
    talk = book()
    order = [n % 2 for n in range(FREE + 20)]
    hear(talk, order)
    assert set(list(talk.labels().values())[::2]) == {1}
    assert set(list(talk.labels().values())[1::2]) == {2}
    kept = sum(turn.vector is not None for turn in talk._turns.values())
    assert kept == FREE


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda talk: talk.rename(7, "Anna"), "speaker: there is no 7; there are: 1, 2"),
        (lambda talk: talk.rename(1, "  "), "name: is empty"),
        (lambda talk: (talk.rename(1, "Anna"), talk.rename(2, "Anna")), "name: 'Anna' is speaker 1 already"),
        (lambda talk: talk.merge(1, 1), "merge: speaker 1 cannot be merged with itself"),
        (lambda talk: talk.forget(3), "speaker: there is no 3"),
        (lambda talk: talk.enrol("", said(1, 3.0, 1)), "name: is empty"),
        (lambda talk: talk.hear("t9", said(1, 3.0, 1), 0.0), "seconds: 0.0 s of speech in a turn"),
        (lambda talk: talk.enrol("Anna", said(1, 3.0, 1), 0.0), "seconds: 0.0 s of speech in an enrolled voice"),
        (lambda talk: book(most=0), "most: 0 speakers, must be 1 or more"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(act: object, message: str) -> None:
    talk = book()
    hear(talk, [1, 2])
    assert callable(act)
    with pytest.raises(ValueError, match=message):
        act(talk)


def test_a_dropped_turn_leaves_nothing_behind() -> None:
    talk = book()
    hear(talk, [5, 7])
    talk.drop("t1")
    assert talk.labels() == {"t0": 1}
    assert [speaker.number for speaker in talk.speakers] == [1]
    with pytest.raises(KeyError):
        talk.drop("t1")


def test_prints_are_the_speakers_so_far_besides_a_turn() -> None:
    talk = book()
    assert talk.prints().shape == (0, 0)
    hear(talk, [5, 7, 5])
    prints = talk.prints()
    assert prints @ said(5, 30.0, 1) == pytest.approx([0.99, 0.0], abs=0.2)
    assert talk.prints(besides="t1") @ said(5, 30.0, 1) == pytest.approx([0.99], abs=0.1)
    talk.enrol("Ada", said(9, 10.0, 3))
    assert len(talk.prints()) == 3


def test_clusters_hold_every_stretch_once() -> None:
    stretches = [Stretch(said(n % 3, 3.0, n) * 3, 3.0) for n in range(12)]
    clusters = cluster(stretches, LIKENESS, most=6)
    assert clusters == [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]]
    assert cluster([], LIKENESS, most=1) == []


Turns = st.lists(st.tuples(st.integers(0, 3), st.sampled_from((0.5, 1.0, 2.0, 5.0))), max_size=12)


@given(Turns, st.integers(1, 4))
def test_the_same_turns_give_the_same_labels(turns: list[tuple[int, float]], most: int) -> None:
    books = [book(most), book(most)]
    for number, (voice, seconds) in enumerate(turns):
        vector = said(voice, seconds, number)
        assert books[0].hear(str(number), vector, seconds) == books[1].hear(str(number), vector, seconds)


@given(Turns, st.data())
def test_names_do_not_move_labels(turns: list[tuple[int, float]], data: st.DataObject) -> None:
    talk = book()
    for number, (voice, seconds) in enumerate(turns):
        talk.hear(str(number), said(voice, seconds, number), seconds)
    before = talk.labels()
    for speaker in talk.speakers:
        talk.rename(speaker.number, data.draw(st.sampled_from(("x", "y"))) + str(speaker.number))
    assert talk.labels() == before

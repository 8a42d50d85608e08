"""Labels that somebody sets, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_tui.audio.stream.audible import Stretch
from voice_tui.replay.judge.label_book import LabelBook, kind_of, verdict_on, with_kind, with_verdict
from voice_tui.replay.judge.labels import Channel, Label, LabelError, read_labels
from voice_tui.replay.judge.timeline import Kind, Verdict

CUT, SOUND = Stretch(1_000, 1_300), Stretch(900, 2_000)


def test_a_verdict_takes_the_place_of_the_one_before_and_leaves_the_kind_of_the_sound() -> None:
    both = Label(1_100, 1_200, Channel.USER, Kind.TIC, Verdict.REAL)
    labels = with_verdict([both], CUT, Verdict.FALSE)
    assert labels == [
        Label(1_000, 1_300, Channel.AGENT, None, Verdict.FALSE),
        Label(1_100, 1_200, Channel.USER, Kind.TIC),
    ]
    assert verdict_on(labels, CUT) is Verdict.FALSE
    assert with_verdict(labels, CUT, None) == [Label(1_100, 1_200, Channel.USER, Kind.TIC)]


def test_a_kind_takes_the_place_of_the_one_before_and_leaves_what_lies_inside() -> None:
    inside = Label(1_100, 1_200, Channel.USER, Kind.TIC)
    labels = with_kind([inside, Label(800, 2_100, kind=Kind.TURN)], SOUND, Kind.BACKCHANNEL)
    assert labels == [Label(900, 2_000, Channel.USER, Kind.BACKCHANNEL), inside]
    assert kind_of(labels, SOUND) is Kind.BACKCHANNEL
    assert with_kind(labels, SOUND, None) == [inside]


def test_what_another_program_wrote_meanwhile_is_kept(tmp_path: Path) -> None:
    book = LabelBook(tmp_path / "talk.wav")
    book.read()
    assert book.labels == []
    book.change(lambda labels: with_verdict(labels, CUT, Verdict.REAL))
    with book.path.open("a") as file:
        file.write("5,6,user,tic,\n")
    book.change(lambda labels: with_kind(labels, SOUND, Kind.TURN))
    kinds = [(label.start_ms, label.kind, label.verdict) for label in read_labels(book.path)]
    assert kinds == [(900, Kind.TURN, None), (1_000, None, Verdict.REAL), (5_000, Kind.TIC, None)]


def test_where_it_can_not_be_written_nothing_is_changed(tmp_path: Path) -> None:
    book = LabelBook(tmp_path / "gone" / "talk.wav")
    with pytest.raises(LabelError, match="No such file"):
        book.change(lambda labels: with_verdict(labels, CUT, Verdict.REAL))
    assert book.labels == []

from __future__ import annotations

from pathlib import Path

import pytest

from voice_tui.audio.stream.audible import Stretch
from voice_tui.replay.judge.labels import Channel, Label, LabelError, labels_path, read_labels, sounds, write_labels
from voice_tui.replay.judge.timeline import Kind, Verdict

LABELS = [
    Label(1_000, 2_500, Channel.USER, Kind.TURN),
    Label(3_000, 3_200, Channel.USER, Kind.TIC, Verdict.FALSE),
    Label(4_005, 5_000, Channel.AGENT, None, Verdict.MISSED),
]


def test_labels_survive_writing_and_reading(tmp_path: Path) -> None:
    path = labels_path(tmp_path / "talk.wav")
    assert path.name == "talk.labels.csv"
    write_labels(path, reversed(LABELS))
    assert read_labels(path) == LABELS
    assert path.read_text().splitlines()[:2] == ["start,end,channel,kind,verdict", "1.000,2.500,user,turn,"]
    assert [p.name for p in tmp_path.iterdir()] == ["talk.labels.csv"]


def test_columns_may_stand_in_any_order_and_sides_be_named(tmp_path: Path) -> None:
    path = tmp_path / "x.labels.csv"
    path.write_text("\ufeffkind, end, start, channel\r\nTic, 2.5, 1, LEFT\r\n\r\n", encoding="utf-8")
    assert read_labels(path) == [Label(1_000, 2_500, Channel.USER, Kind.TIC)]


def test_an_empty_file_has_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "x.labels.csv"
    path.write_text("\n")
    assert read_labels(path) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("start,kind\n1,turn\n", "line 1: end: no such column; there are start, end, channel, kind, verdict"),
        ("start,end,sort\n", "line 1: sort: unknown column"),
        ("start,end,kind\n1,2,turn\n\nx,2,turn\n", "line 4: start: 'x' is no number of seconds from 0 on"),
        ("start,end,kind\n-1,2,turn\n", "line 2: start: '-1' is no number"),
        ("start,end,kind\n1,nan,turn\n", "line 2: end: 'nan' is no number"),
        ("start,end,kind\n2,2,turn\n", "line 2: end: '2' is not behind the start"),
        ("start,end,kind\n1\n", "line 2: end: '' is no number"),
        (
            "start,end,kind\n1,2,cough\n",
            "line 2: kind: 'cough' is none of backchannel, tic, others, interruption, turn",
        ),
        ("start,end,verdict\n1,2,maybe\n", "line 2: verdict: 'maybe' is none of real, false, missed"),
        ("start,end,channel,kind\n1,2,middle,turn\n", "line 2: channel: 'middle' is none of user, agent"),
        ("start,end,channel,kind\n1,2,agent,turn\n", "line 2: kind: 'turn' is a kind of the user's sounds"),
        ("start,end,kind\n1,2,\n", "line 2: kind: '' is empty, and there is no verdict"),
        ('start,end,kind\n1,2,"turn\n', "unexpected end of data"),
        ("start,end,kind\n1,5,2,turn\n", "line 2: 4 cells, the header has 3; a number's point is a point"),
        ("a\0b", "it is no text"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "talk.labels.csv"
    path.write_text(text)
    with pytest.raises(LabelError) as caught:
        read_labels(path)
    assert str(caught.value).startswith(str(path))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_label_stands_in_the_place_of_what_was_detected() -> None:
    detected = [Stretch(1_000, 2_000), Stretch(5_000, 6_000), Stretch(8_000, 12_000)]
    labels = [
        Label(900, 1_900, kind=Kind.BACKCHANNEL),
        Label(9_000, 9_300, kind=Kind.TIC),  # inside what was said: both are there
        Label(5_000, 6_000, verdict=Verdict.REAL),  # says nothing of the sound
    ]
    found = sounds(detected, [Stretch(4_000, 7_000)], labels)
    assert [(s.start_ms, s.kind, s.labelled) for s in found] == [
        (900, Kind.BACKCHANNEL, True),
        (5_000, Kind.INTERRUPTION, False),
        (8_000, Kind.TURN, False),
        (9_000, Kind.TIC, True),
    ]


def test_several_labels_together_stand_in_the_place_of_one_stretch() -> None:
    labels = [Label(1_000, 1_800, kind=Kind.TURN), Label(2_200, 3_000, kind=Kind.OTHERS)]
    assert [s.kind for s in sounds([Stretch(1_000, 3_000)], [], labels)] == [Kind.TURN, Kind.OTHERS]

"""The report: what stands in it is what was told, and nothing that others wrote is markup or an address."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.unit.replay.talks import TITLE, kept, row
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, Announced, Cut, RowChanged, Severity, Truncated
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.replay.account import account
from voice_tui.replay.report import report
from voice_tui.replay.report.waveform import outline, path
from voice_tui.tape.told import Told

EVIL = "</script><img src=x onerror=alert(1)> \x1b]52;c;AAAA\x07 \u202eevil"


def page(tmp_path: Path, *notices: Notice, sound: bool = True) -> str:
    return report(kept(tmp_path, *notices), sound=sound)


def test_what_others_wrote_is_neither_markup_nor_a_terminals_order(tmp_path: Path) -> None:
    text = page(tmp_path, RowChanged(row("a", EVIL), None), Announced(Severity.ERROR, EVIL))
    assert "<img" not in text
    assert text.count("</script>") == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", text)


def test_it_names_no_address(tmp_path: Path) -> None:
    text = page(tmp_path, RowChanged(row("a", "Hello"), None))
    assert not re.search(r"(?:https?:|src=\"(?!data:)|href=|@import|url\()", text)


def test_the_same_recording_gives_the_same_page(tmp_path: Path) -> None:
    talk = kept(tmp_path, RowChanged(row("a", "Hello"), None))
    assert report(talk) == report(talk)


def test_heard_and_unheard_stand_apart_with_what_became_of_the_cut(tmp_path: Path) -> None:
    cut = row("a", "On a black rock", unheard="at the edge", cut=Cut(6_510, 25_320, Ack.ACKNOWLEDGED))
    text = page(tmp_path, RowChanged(cut, None))
    assert "On a black rock" in text
    assert "<s>at the edge</s>" in text
    assert "heard 6.51 s of 25.32 s · truncation acknowledged" in text


def test_the_parts_of_a_turn_are_shares_of_the_longest(tmp_path: Path) -> None:
    moments = ((Moment.ENDED, 0), (Moment.DECIDED, 500), (Moment.AUDIBLE, 1_000))
    text = page(tmp_path, TurnTimed(1, "a", Origin.VOICE, 1_000, moments, "server"))
    assert text.count("width: 50.00%") == 2
    assert "1000 ms from the voice: waited silence 500, leading silence 500" in text


def test_why_it_was_cut_is_told_in_sentences(tmp_path: Path) -> None:
    timed = InterruptionTimed(
        1, "a", ((Stage.ONSET, 0), (Stage.CONFIRM, 90)), origin=Origin.VOICE, at_ms=2_000, by="server"
    )
    text = page(tmp_path, RowChanged(row("a", "On a rock"), None), timed, Truncated("a", 100, 900, Ack.REJECTED))
    assert "The server refused to forget the rest" in text


def test_without_sound_there_is_no_player(tmp_path: Path) -> None:
    assert "<audio" in page(tmp_path / "with", RowChanged(row("a", "Hello"), None))
    assert "<audio" not in page(tmp_path / "without", RowChanged(row("a", "Hello"), None), sound=False)


def test_an_empty_recording_is_a_page_too(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert TITLE in text
    assert "Nothing was said." in text


def test_moments_of_the_talks_clock_stand_where_they_are_in_the_recording() -> None:
    moments = ((Moment.ENDED, 0), (Moment.AUDIBLE, 800))
    told = [
        Told(3.9, RowChanged(row("a", "Hello"), None)),
        Told(4.0, TurnTimed(1, "a", Origin.VOICE, 3_000, moments, "server")),
    ]
    [said] = account(told, offset_s=0.25).said
    assert said.at_s == pytest.approx(4.05)


def test_events_stand_in_the_order_of_time_whatever_was_told_first() -> None:
    from voice_tui.messages.talk import SpeechStarted

    told = [Told(5.0, Announced(Severity.ERROR, "lost")), Told(5.2, SpeechStarted("local", 4_000))]
    assert [event.at_s for event in account(told).events] == [4.0, 5.0]


@pytest.mark.parametrize(("level", "height"), [(0, 0.0), (32, 0.0), (32_767, 1.0)])
def test_the_outline_shows_the_loudest_of_each_column(level: int, height: float) -> None:
    pcm = np.zeros(1_000, np.int16)
    pcm[510] = -level
    found = outline(pcm, 10)
    assert found[5] == pytest.approx(height, abs=0.01)
    assert np.delete(found, 5).max() == 0


@pytest.mark.parametrize("samples", [0, 1, 7, 1_200])
def test_every_column_has_a_value_however_short_the_sound(samples: int) -> None:
    found = outline(np.full(samples, 1_000, np.int16), 100)
    assert found.shape == (100,)
    assert path(found, 25, 20).count(" L") == 199

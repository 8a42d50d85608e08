"""The judge screen: figures of the talk so far, each with its n and what it means, and labels when they come."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.support.stage import staged
from voice_tui.audio.stream.audible import Stretch
from voice_tui.messages.measures import UserSpoke
from voice_tui.messages.talk import LevelMeasured
from voice_tui.replay.judge.facts import Facts
from voice_tui.replay.judge.judgement import MEASURES, judged
from voice_tui.replay.judge.timeline import Kind, Sound, Timeline
from voice_tui.ui.judge.screen import JudgeScreen
from voice_tui.ui.judge.wording import NOTHING, judge_lines

TALK = Timeline(
    user=(
        Sound(1_000, 2_000, Kind.TURN),
        Sound(5_000, 6_000, Kind.INTERRUPTION),
        Sound(12_000, 12_001, Kind.TURN, typed=True),
    ),
    agent=(Stretch(2_800, 5_300), Stretch(6_900, 11_000), Stretch(12_600, 14_000)),
    length_ms=20_000,
    facts=Facts(),
)


def written(cells: int, talk: Timeline = TALK, *, meanings: bool = True) -> list[str]:
    return ["".join(text for text, _ in line) for line in judge_lines(judged("", talk), talk, cells, meanings=meanings)]


def test_every_measure_is_there_with_its_n_or_with_what_it_needs() -> None:
    text = "\n".join(written(116))
    for key in MEASURES:
        assert key in text, key
    assert "L_R" in text
    assert "n 3" in next(line for line in written(116) if line.strip().startswith("L_R"))
    assert "S_BC, S_VT, S_ND: needs labels" in text
    assert "you spoke 2 times and typed once, the AI 3 times" in text


def test_sounds_that_somebody_named_show_what_is_made_of_them() -> None:
    named = Timeline((*TALK.user, Sound(8_000, 8_300, Kind.TIC, labelled=True)), TALK.agent, 20_000, facts=Facts())
    line = next(line for line in written(116, named) if "S_VT" in line)
    assert line.split() == ["S_VT", "1", "of", "1"]
    assert any("S_BC, S_ND: needs labels" in line for line in written(116, named))


@pytest.mark.parametrize("cells", [76, 116, 196])
def test_each_measure_says_what_it_means_in_a_sentence_that_fits(cells: int) -> None:
    lines = written(cells)
    assert all(cell_len(line) <= cells for line in lines[1:]), "only the first line is wrapped"
    shown = [m for m in MEASURES.values() if judged("", TALK).figures[m.key] is not None]
    for measure in shown:
        assert any(measure.meaning in line for line in lines), measure.key
    assert not any(shown[0].meaning in line for line in written(cells, meanings=False))


def test_before_anybody_spoke_it_says_so() -> None:
    assert written(80, Timeline((), (), 3_000)) == [NOTHING]


async def test_it_opens_over_the_console_and_follows_the_talk() -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+j")
        assert isinstance(stage.app.screen, JudgeScreen)
        lines = stage.app.screen.lines
        assert NOTHING in lines._lines[0][0][0]
        for i in range(1, 80):  # the assistant speaks from 1 to 2.6 s
            stage.app.take(LevelMeasured(-70.0, -20.0 if 30 <= i < 78 else -70.0, 0.0, i / 30))
        stage.app.take(UserSpoke(100, 600))
        await stage.pilot.pause()
        told = "\n".join("".join(text for text, _ in line) for line in lines._lines)
        assert "you spoke once, the AI once" in told
        assert "n 1" in told
        await stage.pilot.press("m")
        assert len(lines._lines) < len(told.splitlines())
        await stage.pilot.press("y", "escape")
        assert not any(isinstance(screen, JudgeScreen) for screen in stage.app.screen_stack)

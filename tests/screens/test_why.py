"""The why-view: it stays with its story, leads to the others, decides again, and hands a story on."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from tests.snapshots.stories import cut_by_our_ears, told
from tests.support.stage import Stage, staged
from voice_tui.messages import turns
from voice_tui.messages.evidence import VoiceTraced
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.why.screen import WhyScreen
from voice_tui.ui.why.wording import plain, story_lines
from voice_tui.why import Cut, Wait

LATE = TurnTimed(9, "z", Origin.VOICE, 60_000, ((Moment.ENDED, 0), (Moment.AUDIBLE, 2_000)), "server")


def why(stage: Stage) -> WhyScreen:
    screen = stage.app.screen
    assert isinstance(screen, WhyScreen)
    return screen


async def asked(stage: Stage, *keys: str) -> WhyScreen:
    await stage.say(*(each.notice for each in told(cut_by_our_ears)))
    await stage.pilot.press("f5", *keys)
    await stage.pilot.pause()
    return why(stage)


def shown(screen: WhyScreen) -> str:
    return "\n".join("".join(text for text, _ in line) for line in screen.lines._lines)


async def test_it_opens_at_the_last_story_and_arrows_lead_to_the_others() -> None:
    async with staged((120, 36)) as stage:
        screen = await asked(stage)
        last = screen.story
        await stage.pilot.press("right")
        assert screen.story is last, "there is none behind it"
        await stage.pilot.press("left")
        assert screen.story is not last
        await stage.pilot.press("right")
        assert screen.story is last


@pytest.mark.parametrize("height", [24, 16])
async def test_no_moment_is_written_under_the_scroll_bar(height: int) -> None:
    async with staged((80, height)) as stage:
        screen = await asked(stage)
        assert screen.lines.show_vertical_scrollbar == (height == 16)
        room = screen.lines.scrollable_content_region.width
        lanes = [
            line for line in shown(screen).split("\n") if line.startswith(("ms", "your voice", "the answer", "wire"))
        ]
        assert len(lanes) >= 4
        assert max(map(len, lanes)) <= room


@pytest.mark.parametrize("by", ["local", "server", "key", ""])
@pytest.mark.parametrize("resumed", [False, True])
def test_a_cut_of_which_little_is_known_yet_is_drawn_too(by: str, resumed: bool) -> None:
    """F5 may come at any moment of it: behind the onset, or where somebody else stopped an answer that was silent."""
    for known in (chosen for count in range(4) for chosen in combinations(turns.Stage, count)):
        steps = tuple((stage, 40 * at) for at, stage in enumerate(known))
        text = plain(story_lines(Cut(InterruptionTimed(1, "A1", steps, resumed, by=by), "natural"), 80))
        assert "the answer" in text


async def test_what_happens_meanwhile_is_another_story_and_this_one_stays() -> None:
    async with staged((120, 36)) as stage:
        screen = await asked(stage)
        before = screen.story
        assert before is not None
        await stage.say(LATE)
        assert isinstance(screen.story, type(before))
        assert screen.story.timed == before.timed
        await stage.pilot.press("right")
        assert isinstance(screen.story, Wait)


async def test_another_sureness_is_run_over_the_same_evidence_and_forgotten_with_the_story() -> None:
    async with staged((120, 36)) as stage:
        screen = await asked(stage)
        while not (isinstance(screen.story, Cut) and screen.story.traced):
            await stage.pilot.press("left")
        assert "tried" not in shown(screen)
        await stage.pilot.press("plus")
        assert "sureness 6.5: cut after" in shown(screen)
        await stage.pilot.press("minus")
        assert "sureness 6 (as it was): cut after" in shown(screen)
        await stage.pilot.press(*["plus"] * 40)
        assert "sureness 20: " in shown(screen)
        await stage.pilot.press("left", "right")
        assert "tried" not in shown(screen)


async def test_where_others_decided_there_is_nothing_to_try() -> None:
    async with staged((120, 36)) as stage:
        await stage.say(LATE)
        await stage.pilot.press("f5", "plus")
        assert "tried" not in shown(why(stage))
        assert ["Nothing to try" in note for note in stage.news()] == [True]


async def test_with_nothing_to_explain_it_says_what_would_be() -> None:
    async with staged((120, 36)) as stage:
        await stage.pilot.press("f5", "left", "x", "y")
        assert "Nothing to explain yet" in shown(why(stage))


async def test_the_story_is_copied_as_text() -> None:
    async with staged((120, 36)) as stage:
        await asked(stage, "y")
        assert stage.app.clipboard.startswith("You spoke over it; it stopped after")
        assert "The model remembers" in stage.app.clipboard


@pytest.mark.parametrize(("end", "begins"), [(".svg", "<svg"), (".html", "<!DOCTYPE html>"), (".txt", "Why this cut?")])
async def test_it_is_written_as_a_file(tmp_path: Path, end: str, begins: str) -> None:
    async with staged((120, 36)) as stage:
        screen = await asked(stage, "x")
        screen.question.value = str(tmp_path / f"story{end}")
        await stage.pilot.press("enter")
        text = (tmp_path / f"story{end}").read_text("utf-8")
        assert text.startswith(begins)
        assert "sounded" in text
        assert screen.lines.has_focus


async def test_a_file_that_is_there_or_is_of_no_known_kind_is_refused_in_a_line(tmp_path: Path) -> None:
    async with staged((120, 36)) as stage:
        screen = await asked(stage)
        (tmp_path / "there.txt").write_text("mine", "utf-8")
        for name in ("there.txt", "story.pdf"):
            await stage.pilot.press("x")
            screen.question.value = str(tmp_path / name)
            await stage.pilot.press("enter")
        assert (tmp_path / "there.txt").read_text("utf-8") == "mine"
        assert not (tmp_path / "story.pdf").exists()
        assert len(stage.news()) == 2


async def test_escape_leaves_the_question_first() -> None:
    async with staged((120, 36)) as stage:
        screen = await asked(stage, "x", "escape")
        assert stage.app.screen is screen
        await stage.pilot.press("escape")
        assert not isinstance(stage.app.screen, WhyScreen)


async def test_an_interruption_that_is_told_again_is_one_story() -> None:
    async with staged((120, 36)) as stage:
        screen = await asked(stage)
        count = len(screen._stories)
        timed = next(each.notice for each in told(cut_by_our_ears) if isinstance(each.notice, InterruptionTimed))
        traces = [each.notice for each in told(cut_by_our_ears) if isinstance(each.notice, VoiceTraced)]
        await stage.say(replace(timed), *traces)
        assert len(screen._stories) == count

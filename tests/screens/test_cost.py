"""Usage and cost: on the screen of that name, and in the status bar."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.snapshots.context_scenarios import FILLED
from tests.support.paid_story import FREE, KNOWN, PAID, UNKNOWN, answer
from tests.support.stage import Stage, lines, staged
from voice_tui.messages.link import CallEnded, CountersChanged, DevicesChanged, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.usage import Amount, UsageCounted, UsageKind
from voice_tui.ui.cost.screen import CostScreen


def shown(stage: Stage) -> str:
    """The lines of the screen."""
    screen = stage.app.screen
    assert isinstance(screen, CostScreen)
    return "\n".join("".join(text for text, _ in line) for line in screen.lines._lines)


def status(stage: Stage) -> str:
    return str(stage.app.console_screen.status.render().plain).splitlines()[1]


async def test_every_kind_every_answer_and_the_sum() -> None:
    async with staged((120, 36)) as stage:
        await stage.say(LinkChanged(Link.LIVE), FILLED, *PAID)
        stage.seconds = 120
        await stage.pilot.press("escape", "dollar_sign")
        await stage.pilot.pause()
        total = sum((each.cost or Decimal(0) for each in PAID if isinstance(each, UsageCounted)), Decimal(0))
        text = shown(stage)
        head = text.splitlines()[0]
        assert head == f"${total:.3f}+ in 02:00 · ${total / 2:.3f}/min · gpt-realtime-2.1"
        assert "as read on 2026-11-22; models.toml" in text
        rows = {line[:28].strip(): line[28:].split() for line in text.splitlines()}
        assert rows["text read"] == ["1,756", "4.00", "$0.007"]
        assert rows["text from the cache"] == ["896", "0.40", "<$0.001"]
        assert rows["read, of no known kind"] == ["900", "not", "known"]
        assert rows["your words written down"] == ["5.5", "s", "0.006/min", "<$0.001"]
        assert "(cancelled)" in text
        assert "summary" in text
        await stage.say(answer("i9", audio_out=1_000_000))
        assert "$64.000" not in shown(stage)
        assert f"${total + 64:.2f}+" in shown(stage)
        await stage.pilot.press("escape")
        assert stage.app.screen_stack == [stage.app.console_screen]


@pytest.mark.parametrize(
    ("told", "head"),
    [
        (FREE, "This endpoint costs nothing · demo"),
        (UNKNOWN, "What it costs is not known · grok-voice-latest"),
    ],
)
async def test_no_price_is_made_up(told: object, head: str) -> None:
    used = UsageCounted("R", "completed", 100, 20, "", (Amount(UsageKind.TEXT_IN, 100), Amount(UsageKind.TEXT_OUT, 20)))
    if told is FREE:
        used = replace(used, amounts=tuple(replace(each, cost=Decimal(0)) for each in used.amounts), cost=Decimal(0))
    async with staged() as stage:
        await stage.say(LinkChanged(Link.LIVE), told, used)  # type: ignore[arg-type]  # either is a notice
        assert "tokens  100 in   20 out" in status(stage)
        assert "$" not in status(stage)
        await stage.pilot.press("escape", "dollar_sign")
        await stage.pilot.pause()
        assert shown(stage).splitlines()[0] == head
        assert "$" not in shown(stage)


async def test_the_status_bar_has_the_sum_and_from_the_first_minute_on_what_a_minute_costs() -> None:
    async with staged() as stage:
        await stage.say(LinkChanged(Link.LIVE), KNOWN)
        assert "tokens" in status(stage)
        await stage.say(answer("i2", audio_out=10_000))
        assert "cost $0.640      –/min" in status(stage)
        stage.seconds = 90
        assert "cost $0.640 $0.427/min" in status(stage)
        await stage.say(UsageCounted("R", "completed", 5, 0, "", (Amount(UsageKind.OTHER_IN, 5),)))
        assert "cost $0.640+" in status(stage)
        stage.seconds = 120
        await stage.say(*lines(1), CallEnded("it is enough"))
        stage.seconds = 600
        assert "$0.320/min" in status(stage), "what is over costs no more and no less"
        await stage.say(LinkChanged(Link.RECONNECTING), LinkChanged(Link.LIVE))
        stage.seconds = 720
        assert "$0.160/min" in status(stage), "it goes on where it stopped"
    async with staged((80, 24)) as stage:
        await stage.say(LinkChanged(Link.LIVE), KNOWN, answer("i2", audio_out=10_000))
        assert "  $0.640 " in status(stage)
        assert "/min" not in status(stage)


NOT_KNOWN = UsageCounted(
    "R", "completed", 1_234, 20, "", (Amount(UsageKind.TEXT_IN, 1_234), Amount(UsageKind.TEXT_OUT, 20))
)


@pytest.mark.parametrize(
    ("told", "used", "seen"),
    [
        (KNOWN, answer("i2", audio_out=10_000), "$0.640"),
        (UNKNOWN, NOT_KNOWN, "1.2k in 20 out"),  # what has no price is told by what is paid for
    ],
)
@pytest.mark.parametrize("width", [80, 60, 40])
async def test_what_is_paid_for_is_seen_in_any_width(told: Notice, used: Notice, seen: str, width: int) -> None:
    everything = CountersChanged(interruptions=12, truncations=11, dropped=1_000, inaudible=13)
    async with staged((width, 24)) as stage:
        devices = DevicesChanged("Built-in Microphone", "Built-in Speakers")
        await stage.say(LinkChanged(Link.LIVE), devices, told, used)
        assert seen in status(stage)[:width]
        await stage.say(everything)
        assert seen in status(stage)[:width]
        assert len(status(stage)) <= width
        if width == 80:
            assert "lost 1000" in status(stage), "what has gone wrong keeps its place before zeros"
            assert "cuts 12" in status(stage)


async def test_where_nothing_is_paid_a_narrow_screen_has_no_tokens() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(LinkChanged(Link.LIVE), FREE, NOT_KNOWN)
        assert " out" not in status(stage)

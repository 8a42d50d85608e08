"""Hanging up by itself: in order, with what has come heard to its end, and not on a line that costs nothing."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from tests.simulation.world import World
from voice_tui.drivers.call import HungUp
from voice_tui.drivers.talk import Talk
from voice_tui.endpoints.models import Model, ModelTable, prices
from voice_tui.messages.limits import Limits
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.usage import Billing, UsageKind
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.virtual_time import VirtualLoop

STORY = "Please tell me a long story."
MODELS = ModelTable({"demo": Model(price=prices("4 0.4 16 32 0.4 64"))})


@dataclass
class Ended:
    """What is left of a talk."""

    lines: list[str] = field(default_factory=list)
    why: str = ""
    seconds: float = 0.0
    cost: Decimal = Decimal(0)


def held(
    limits: Limits, billing: Billing = Billing.TOKENS, say: tuple[str, ...] = ("Hello.",), hours: float = 1
) -> Ended:
    """A talk that would go on for hours."""
    ended = Ended()

    async def scene(world: World) -> Ended:
        talk = Talk(world.options, say=say, seconds=hours * 3_600, out=ended.lines.append)
        begun = world.now
        try:
            await talk.run()
        except HungUp as reason:
            ended.why = str(reason)
        ended.seconds, ended.cost = world.now - begun, talk.report.bill.cost
        usages = [event["response"].get("usage") or {} for event in world.received("response.done")]
        on_the_wire = sum(usage.get(name, 0) for usage in usages for name in ("input_tokens", "output_tokens"))
        counts = talk.report.bill.counts.items()
        assert sum(count for kind, count in counts if kind is not UsageKind.SECONDS) == on_the_wire
        return ended

    def main(loop: VirtualLoop) -> Coroutine[Any, Any, Ended]:
        able = Capabilities(billing=billing)
        return scene(World(loop, 3, limits=limits, capabilities=able, models=MODELS))

    return virtual_time.run(main)


def test_silence_ends_a_talk_that_may_cost_money() -> None:
    ended = held(Limits(idle_minutes=0.5))
    assert ended.why.startswith("nobody spoke for 30 s")
    assert 30 < ended.seconds < 45
    warned = next(n for n, line in enumerate(ended.lines) if "nobody has spoken for 24 s" in line)
    assert ended.lines[warned + 1].startswith("── hung up: nobody spoke for 30 s")


@pytest.mark.parametrize(
    ("limits", "billing"),
    [(Limits(idle_minutes=0.3), Billing.FREE), (Limits(idle_minutes=0), Billing.TOKENS)],
    ids=["it costs nothing", "never"],
)
def test_silence_ends_nothing_where_it_costs_nothing_or_is_not_wanted(limits: Limits, billing: Billing) -> None:
    ended = held(limits, billing, hours=0.01)
    assert ended.why == ""
    assert ended.seconds > 35


def test_minutes_end_a_talk_in_mid_answer_and_what_had_come_is_heard() -> None:
    ended = held(Limits(max_minutes=0.2), say=(STORY,))
    assert ended.why == "12 s are over (--max-minutes)"
    assert ended.seconds > 12
    assert any("it hangs up in 2 s" in line for line in ended.lines)
    [answer] = [line for line in ended.lines if line.startswith("AI")]
    assert len(answer.split()) > 10
    assert any(line.startswith("── hung up: 12 s are over") for line in ended.lines)


def test_money_ends_a_talk_with_the_answer_that_goes_beyond() -> None:
    limit = Decimal("0.03")
    ended = held(Limits(max_cost=limit), say=("How much is twelve times seven?",) * 20)
    assert "(--max-cost)" in ended.why
    assert ended.cost >= limit
    assert any("beyond that it hangs up" in line for line in ended.lines)
    assert ended.lines[-1].startswith("[used: ")


def test_a_price_that_is_not_known_is_said_at_the_start_and_ends_nothing() -> None:
    ended = held(Limits(max_cost=Decimal("0.01")), Billing.UNKNOWN, hours=0.02)
    assert ended.why == ""
    assert any("what demo costs here is not known" in line for line in ended.lines[:3])

"""Each limit is said once before it is reached, and then ends the conversation once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from voice_tui.conversation.limits import LimitWatch
from voice_tui.conversation.shared import Shared, share
from voice_tui.messages.limits import HangUp, Limits
from voice_tui.messages.presets import DEFAULT_PRESET
from voice_tui.messages.talk import Announced
from voice_tui.messages.usage import Amount, Billing, BillingChanged, UsageCounted, UsageKind

KNOWN = BillingChanged(
    Billing.TOKENS, "gpt-realtime-2.1", {UsageKind.TEXT_IN: Decimal(4)}, "whisper-1", Decimal("0.006")
)


class Watched:
    """A conversation of which only time and money pass."""

    def __init__(self, limits: Limits, billing: BillingChanged = KNOWN, *, live: bool = True) -> None:
        self.shared: Shared = share(DEFAULT_PRESET)
        if live:
            self.shared.billing = billing
        self.shared.outbox.live = live
        self.watch = LimitWatch(self.shared, limits)
        self.watch.tick(active=False)

    def wait(self, minutes: float, *, active: bool = False) -> Watched:
        self.shared.outbox.tick(self.shared.outbox.now + minutes * 60)
        self.watch.tick(active=active)
        return self

    def pay(self, dollars: str, *, known: bool = True) -> Watched:
        amount = Amount(UsageKind.TEXT_IN, 1, Decimal(dollars) if known else None)
        self.shared.bill.add(UsageCounted("R", "completed", 1, 0, amounts=(amount,)))
        return self.wait(0)

    @property
    def said(self) -> list[str]:
        """What was said since the last look."""
        notices, self.shared.outbox.notices = self.shared.outbox.notices, []
        return [notice.text for notice in notices if isinstance(notice, Announced)]

    @property
    def hung_up(self) -> list[str]:
        return [each.why for each in self.shared.outbox.commands if isinstance(each, HangUp)]


def test_minutes_are_counted_from_the_first_session() -> None:
    talk = Watched(Limits(max_minutes=10))
    assert talk.wait(7.9, active=True).said == []
    assert talk.wait(0.2, active=True).said == ["it hangs up in 2 min (--max-minutes)"]
    talk.shared.outbox.live = False  # a drop is not given back
    assert talk.wait(1.8, active=True).hung_up == []
    assert talk.wait(0.2, active=True).hung_up == ["10 min are over (--max-minutes)"]
    assert talk.wait(5).hung_up == ["10 min are over (--max-minutes)"]
    assert talk.said == []


def test_money_is_what_was_counted() -> None:
    talk = Watched(Limits(Decimal("1.00")))
    assert talk.pay("0.79").said == []
    assert talk.pay("0.01").said == ["$0.800 of $1.000 is spent: beyond that it hangs up (--max-cost)"]
    assert talk.pay("0.19").hung_up == []
    assert talk.pay("0.01").hung_up == ["$1.000 is spent, $1.000 was allowed (--max-cost)"]
    assert talk.said == []


def test_ten_cents_are_ten_cents() -> None:
    talk = Watched(Limits(Decimal("0.3")))
    for _ in range(3):
        assert not talk.hung_up
        talk.pay("0.1")
    assert talk.hung_up


@pytest.mark.parametrize(
    ("billing", "words"),
    [
        (KNOWN, []),
        (BillingChanged(Billing.FREE), ["this endpoint costs nothing"]),
        (BillingChanged(Billing.UNKNOWN, "grok"), ["what grok costs here is not known: nothing counts"]),
        (replace(KNOWN, prices={}, model="team-voice"), ["what team-voice costs here is not known: nothing counts"]),
        (replace(KNOWN, recogniser="gpt-transcribe", per_minute=None),
         ["what gpt-transcribe costs is not known: it does not count"]),
    ],
)  # fmt: skip
def test_a_cost_that_cannot_be_known_is_said_at_the_start(billing: BillingChanged, words: list[str]) -> None:
    assert Watched(Limits(Decimal(1)), billing).said == [f"--max-cost: {each}" for each in words]
    assert Watched(Limits(), billing).said == []


def test_no_cost_is_said_to_be_none_before_the_endpoint_is_known() -> None:
    talk = Watched(Limits(Decimal(1)), live=False)
    assert talk.said == []
    talk.shared.billing, talk.shared.outbox.live = KNOWN, True
    assert talk.wait(0).said == []


def test_what_has_no_price_is_said_once_and_does_not_count() -> None:
    talk = Watched(Limits(Decimal(1))).pay("9", known=False).pay("9", known=False)
    assert [("of some of what was used" in words) for words in talk.said] == [True]
    assert talk.hung_up == []


def test_silence_hangs_up_where_the_line_may_cost_money() -> None:
    talk = Watched(Limits(idle_minutes=10))
    assert talk.wait(7.9).said == []
    assert talk.wait(0.2).said == ["nobody has spoken for 8 min: it hangs up in 2 min (--idle-minutes 0: never)"]
    assert talk.wait(1.8).hung_up == []
    [why] = talk.wait(0.2).hung_up
    assert why.startswith("nobody spoke for 10 min")


@pytest.mark.parametrize("billing", Billing)
def test_a_free_line_stays_open(billing: Billing) -> None:
    talk = Watched(Limits(idle_minutes=10), BillingChanged(billing))
    assert bool(talk.wait(60).wait(60).hung_up) is billing.costs


def test_whoever_speaks_types_or_presses_a_key_begins_the_silence_anew() -> None:
    talk = Watched(Limits(idle_minutes=10)).wait(9)
    assert len(talk.said) == 1
    assert talk.wait(0.5, active=True).wait(0).wait(9).wait(0.1).hung_up == []
    assert len(talk.said) == 1, "it is said again"
    talk.watch.acted()
    assert talk.wait(0).wait(9.9).hung_up == []
    assert talk.wait(0.2).hung_up


def test_while_there_is_no_connection_nobody_waits() -> None:
    talk = Watched(Limits(idle_minutes=10)).wait(5)
    talk.shared.outbox.live = False
    talk.wait(60)
    talk.shared.outbox.live = True
    assert talk.wait(0).wait(9.9).hung_up == []


def test_without_limits_nothing_ends() -> None:
    talk = Watched(Limits()).pay("1000").wait(600)
    assert (talk.hung_up, talk.said) == ([], [])

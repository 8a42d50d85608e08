"""What is said a thousand times is told once and counted, in the order and at the pace in which one can read."""

from __future__ import annotations

import pytest

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.repeats import COUNT_S, QUIET_S, Repeats, alike
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Announced, Severity


def told(outbox: Outbox) -> list[Notice]:
    out, outbox.notices = outbox.notices, []
    return out


def test_a_storm_is_told_once_and_then_counted() -> None:
    outbox = Outbox()
    for i in range(1000):
        outbox.announce(Severity.ERROR, f"rate_limit_exceeded: too many requests (event_{i:04x}x)")
    outbox.tick(COUNT_S)
    first, last = told(outbox)
    assert first == Announced(Severity.ERROR, "rate_limit_exceeded: too many requests (event_0000x)")
    assert last == Announced(Severity.ERROR, "rate_limit_exceeded: too many requests (event_03e7x)", 1000)
    assert last.words.endswith("(1,000 times)")


def test_a_storm_that_goes_on_is_counted_at_a_pace_that_one_can_read() -> None:
    outbox = Outbox()
    for i in range(1000):
        outbox.tick(i * 0.01)
        outbox.announce(Severity.WARNING, "again")
    outbox.finish()
    counts = [notice.count for notice in told(outbox) if isinstance(notice, Announced)]
    assert counts == sorted(set(counts))
    assert counts[0] == 1
    assert counts[-1] == 1000
    assert len(counts) <= 2 + 10 / COUNT_S


def test_after_a_pause_it_is_news_again() -> None:
    repeats = Repeats[str]()
    assert repeats.take("key", "one", 0.0)
    assert not repeats.take("key", "two", QUIET_S / 2)
    assert repeats.due(QUIET_S) == [("two", 2)]
    assert repeats.take("key", "three", QUIET_S / 2 + QUIET_S)
    assert repeats.rest() == []


def test_what_is_different_is_told_at_once() -> None:
    outbox = Outbox()
    outbox.announce(Severity.ERROR, "no such voice")
    outbox.announce(Severity.WARNING, "no such voice")
    outbox.announce(Severity.ERROR, "no such model")
    assert len(told(outbox)) == 3


def test_an_error_of_many_lines_is_one_line() -> None:
    outbox = Outbox()
    outbox.announce(Severity.ERROR, "bad\n\x1b[2J" + "x" * 1000)
    (notice,) = told(outbox)
    assert isinstance(notice, Announced)
    assert notice.text == "bad " + "x" * 295 + "…"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("item msg_abc is gone", "item msg_xyz is gone", True),
        ("in 3 s (request 8f3c-11)", "in 40 s (request 77aa-b2)", True),
        ("conv-abc closed", "conv-def closed", True),
        ("invalid_value: no", "missing_value: no", False),
        ("the answer failed", "the answer is late", False),
    ],
)
def test_ids_and_figures_make_no_difference(one: str, other: str, same: bool) -> None:
    assert (alike(one) == alike(other)) is same

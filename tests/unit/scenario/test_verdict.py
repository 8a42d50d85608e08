"""What an expectation says of a timeline, and when it is decided."""

from __future__ import annotations

from typing import Any

import pytest

from voice_tui.scenario import fields
from voice_tui.scenario.events import Event
from voice_tui.scenario.model import PATIENCE_MS, Expect
from voice_tui.scenario.timeline import Counted, Timeline
from voice_tui.scenario.verdict import Verdict, judged

ANSWER = {"text": "It is 84.", "unheard": "", "cut": False}
CALL = {"name": "lookup", "arguments": '{"city": "Oslo", "days": 2}', "output": "", "ms": 3, "failed": False}


def talk(*events: Event) -> Timeline:
    """The user spoke from 10 to 12 s, and these happened."""
    timeline = Timeline([Event("error", 3.0, {"text": "bad"}), *events], start=5.0)
    timeline.did("say 'Hello.'", 10.0, 12.0)
    return timeline


def verdict(wanted: dict[str, Any], timeline: Timeline, now: float, asked: float = 12.0) -> Verdict | None:
    step = fields.step({"expect": wanted})
    assert isinstance(step, Expect)
    return judged(step.expect, timeline, asked, now)


def of(wanted: dict[str, Any], timeline: Timeline, now: float) -> str:
    """true, open, or why it is false."""
    found = verdict(wanted, timeline, now)
    return "open" if found is None else "true" if found.ok else found.reason


def test_an_event_in_time_is_true_and_one_that_is_late_is_said_to_be() -> None:
    wanted = {"event": "answered", "within_ms": 900}
    assert of(wanted, talk(), 12.9) == "open"
    assert of(wanted, talk(Event("answered", 12.9, ANSWER)), 12.9) == "true"
    assert of(wanted, talk(Event("answered", 12.91, ANSWER)), 12.91) == (
        "expected answered within 900 ms of the end of say 'Hello.': it came later; "
        "since the end of say 'Hello.': answered +910 ms ('It is 84.')"
    )
    assert "it did not happen; since the end of say 'Hello.': nothing happened" in of(wanted, talk(), 12.91)


def test_what_happened_while_the_user_spoke_counts_and_what_was_before_does_not() -> None:
    wanted = {"event": "interrupted", "within_ms": 500}
    values = {"source": "local", "cancelled": True}
    assert of(wanted, talk(Event("interrupted", 11.0, values)), 13.0) == "true"
    assert of(wanted, talk(Event("interrupted", 9.9, values)), 13.0) != "true"
    assert of(wanted | {"since": "start"}, talk(Event("interrupted", 5.1, values)), 13.0) == "true"


def test_time_is_counted_from_what_since_says() -> None:
    timeline = talk(Event("speech_stopped", 12.5, {}), Event("thinking", 12.8, {}))
    for since, ms in (("begin", 2_800), ("end", 800), ("start", 7_800), ("speech_stopped", 300)):
        assert of({"event": "thinking", "since": since, "within_ms": ms}, timeline, 30.0) == "true"
        assert "it came later" in of({"event": "thinking", "since": since, "within_ms": ms - 1}, timeline, 30.0)


def test_an_event_that_time_is_counted_from_may_still_come() -> None:
    wanted = {"event": "thinking", "since": "speech_stopped", "within_ms": 300}
    assert of(wanted, talk(), 12.2) == "open"
    assert "speech_stopped, from which it is counted, did not happen" in of(wanted, talk(), 12.4)


def test_without_a_time_it_is_waited_for_patiently() -> None:
    assert of({"event": "answered"}, talk(), 12.0 + PATIENCE_MS / 1000 - 0.01) == "open"
    assert "it did not happen" in of({"event": "answered"}, talk(), 12.0 + PATIENCE_MS / 1000)


def test_absent_is_decided_at_once_or_when_the_time_is_over() -> None:
    wanted = {"event": "answered", "absent": True}
    assert of(wanted, talk(), 12.0) == "true"
    assert of(wanted | {"within_ms": 900}, talk(), 12.8) == "open"
    assert of(wanted | {"within_ms": 900}, talk(), 12.91) == "true"
    assert of(wanted | {"within_ms": 900}, talk(Event("answered", 13.0, ANSWER)), 13.0) == "true"
    assert "expected no answered: it happened" in of(wanted, talk(Event("answered", 12.0, ANSWER)), 12.0)


def test_a_text_a_field_and_a_bound_tell_events_apart() -> None:
    timed = {"audible_ms": 700, "origin": "voice", "by": "server", "tools_ms": 0}
    timeline = talk(Event("answered", 12.1, ANSWER), Event("answer_timed", 12.2, timed))
    bound = {"event": "answer_timed", "field": "audible_ms"}
    late = 60.0
    assert of({"event": "answered", "text_contains": "IT IS"}, timeline, late) == "true"
    assert of({"event": "answered", "where": {"cut": False}}, timeline, late) == "true"
    assert of(bound | {"at_least": 700, "at_most": 700}, timeline, late) == "true"
    for wanted, why in (
        ({"event": "answered", "text_contains": "85"}, "it happened, but its text is 'It is 84.', without '85'"),
        ({"event": "answered", "where": {"cut": True}}, "it happened, but its cut is False, not True"),
        (bound | {"at_least": 701}, "its audible_ms is 700, less than 701"),
        (bound | {"at_most": 699}, "its audible_ms is 700, more than 699"),
    ):
        assert of(wanted, timeline, 12.3) == "open", "another may come that fits"
        assert why in of(wanted, timeline, late)


def test_a_count_is_exact() -> None:
    two = talk(Event("answered", 12.1, ANSWER), Event("answered", 12.2, ANSWER))
    assert of({"event": "answered", "count": 2}, two, 12.3) == "true"
    assert of({"event": "answered", "count": 3}, two, 12.3) == "open"
    assert "it happened 2 times" in of({"event": "answered", "count": 3}, two, 60.0)
    assert "it happened 2 times" in of({"event": "answered", "count": 1}, two, 12.3)
    assert of({"event": "answered", "count": 2, "within_ms": 900}, two, 12.3) == "open"
    assert of({"event": "answered", "count": 2, "within_ms": 900}, two, 13.0) == "true"


@pytest.mark.parametrize(
    ("calls", "made", "found"),
    [
        (["lookup"], [CALL], "true"),
        ([{"name": "lookup", "arguments": {"city": "Oslo"}}], [CALL], "true"),
        (["lookup", "lookup"], [CALL], "open"),
        ([], [], "open"),
        ([{"name": "lookup", "arguments": {"city": "Rome"}}], [CALL], "the calls were lookup({"),
        ([{"name": "lookup", "failed": True}], [CALL], "the calls were lookup({"),
        ([{"name": "lookup", "arguments": {"town": "Oslo"}}], [CALL], "the calls were lookup({"),
        (["forecast"], [CALL], "expected calls of forecast: the calls were lookup({"),
        ([], [CALL], "expected no call of a tool: the calls were lookup({"),
        (["lookup"], [CALL, CALL], "the calls were lookup({"),
        ([{"name": "lookup", "arguments": {"a": 1}}], [CALL | {"arguments": "no JSON"}], "were lookup(no JSON)"),
    ],
)  # fmt: skip
def test_calls_are_compared_in_order(calls: list[Any], made: list[dict[str, Any]], found: str) -> None:
    timeline = talk(*(Event("tool_called", 12.5 + i, values) for i, values in enumerate(made)))
    assert found in of({"calls": calls}, timeline, 14.0)


def test_no_call_is_true_when_the_time_is_over() -> None:
    assert of({"calls": [], "within_ms": 1_000}, talk(), 13.1) == "true"
    assert "no tool was called" in of({"calls": ["lookup"], "within_ms": 1_000}, talk(), 13.1)


def test_a_long_account_shows_its_end() -> None:
    events = [Event("information", 12.0 + i, {"text": f"line {i}"}) for i in range(20)]
    reason = of({"event": "error", "within_ms": 0}, talk(*events), 40.0)
    assert "(8 before) information" in reason
    assert "'line 19'" in reason
    assert "'line 7'" not in reason


def test_an_interruption_that_did_not_come_is_said_with_what_there_was_of_the_answer() -> None:
    timeline, wanted = talk(), {"event": "interrupted", "within_ms": 500}
    assert "did not happen; since" in of(wanted, timeline, 13.0), "there was no answer at all"
    timeline.counted.extend(
        [Counted(8.0, "a", 3_800, 1_200), Counted(9.9, "a", 3_800, 3_740), Counted(11.0, "b", 9, 0)]
    )
    said = "(the answer had 3.8 s of sound by then, and all of it had been heard)"
    assert f"it did not happen {said}; since" in of(wanted, timeline, 13.0)
    assert f"it did not happen {said}; since" in of(wanted | {"event": "truncated"}, timeline, 13.0)
    assert said not in of(wanted | {"event": "answered"}, timeline, 13.0)
    timeline.counted[1] = Counted(9.9, "a", 9_000, 2_500)
    assert "(the answer had 9.0 s of sound by then, and 2.5 s of it had been heard)" in of(wanted, timeline, 13.0)


def test_what_is_left_to_interrupt_is_of_the_answer_that_sounds_now() -> None:
    timeline = talk()
    assert timeline.unheard_ms(0.0) == 0
    timeline.counted.append(Counted(9.0, "cut", 9_000, 2_000))
    assert timeline.unheard_ms(9.0) == 7_000
    assert timeline.unheard_ms(9.5) == 0, "that one was before"
    timeline.counted.append(Counted(9.6, "next", 1_000, 200))
    assert timeline.unheard_ms(9.5) == 800

"""Whether what was expected is true: decided on the timeline alone, so that a test, a live talk and a tape agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from voice_tui.plain_text import one_line
from voice_tui.scenario.events import TEXT, Event
from voice_tui.scenario.model import PATIENCE_MS, Call, Expectation
from voice_tui.scenario.timeline import QUOTED, Timeline

_LATE_S = 1e-6
STOPS = ("interrupted", "truncated")
"""What there is only where something is left to be stopped when the user begins."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an expectation.

    Attributes:
        ok: It is true.
        reason: Why not, one line.
    """

    ok: bool
    reason: str = ""


TRUE = Verdict(True)


def judged(wanted: Expectation, timeline: Timeline, asked: float, now: float) -> Verdict | None:
    """The verdict; None while it is still open.

    Args:
        wanted: What is expected.
        timeline: What has happened.
        asked: When the step began, s.
        now: s.
    """
    origin = timeline.origin(wanted.since)
    deadline = _deadline(wanted, origin, asked)
    if origin is None:
        if now < deadline:
            return None
        return _failed(wanted, timeline, f"{wanted.since}, from which it is counted, did not happen")
    since, _ = origin
    if wanted.calls is not None:
        return _of_calls(wanted, timeline, since, deadline, now)
    found = [event for event in timeline.of(wanted.event or "", since) if not misses(event, wanted)]
    in_time = [event for event in found if event.t <= deadline]
    if wanted.absent:
        return _of_absence(wanted, timeline, in_time, deadline, now)
    if wanted.count is not None:
        return _of_count(wanted, timeline, len(in_time), deadline, now)
    if in_time:
        return TRUE
    if found:
        return _failed(wanted, timeline, "it came later")
    if now < deadline:
        return None
    return _failed(wanted, timeline, _nearest(wanted, timeline, since) or "it did not happen")


def _deadline(wanted: Expectation, origin: tuple[float, float] | None, asked: float) -> float:
    """When it is decided at the latest, s."""
    if wanted.within_ms is None:
        return asked if wanted.absent else asked + PATIENCE_MS / 1000
    return (asked if origin is None else origin[1]) + wanted.within_ms / 1000 + _LATE_S


def _of_absence(
    wanted: Expectation, timeline: Timeline, found: list[Event], deadline: float, now: float
) -> Verdict | None:
    if found:
        return _failed(wanted, timeline, "it happened")
    return TRUE if now >= deadline else None


def _of_count(wanted: Expectation, timeline: Timeline, count: int, deadline: float, now: float) -> Verdict | None:
    assert wanted.count is not None
    if count > wanted.count or (now >= deadline and count != wanted.count):
        return _failed(wanted, timeline, f"it happened {count} times")
    early = wanted.within_ms is None and count == wanted.count  # nobody says how long to wait for more
    return TRUE if now >= deadline or early else None


def _of_calls(wanted: Expectation, timeline: Timeline, since: float, deadline: float, now: float) -> Verdict | None:
    assert wanted.calls is not None
    made = [event for event in timeline.of("tool_called", since) if event.t <= deadline]
    agree = all(_is_call(event, call) for event, call in zip(made, wanted.calls, strict=False))
    if agree and len(made) == len(wanted.calls) and (wanted.calls or now >= deadline):
        return TRUE
    if agree and len(made) <= len(wanted.calls) and now < deadline:
        return None
    calls = ", ".join(f"{e.values['name']}({one_line(str(e.values['arguments']), QUOTED)})" for e in made)
    return _failed(wanted, timeline, f"the calls were {calls}" if calls else "no tool was called")


def _is_call(event: Event, call: str | Call) -> bool:
    if isinstance(call, str):
        return bool(event.values["name"] == call)
    if (event.values["name"], event.values["failed"]) != (call.name, call.failed):
        return False
    try:
        arguments = json.loads(event.values["arguments"] or "{}")
    except ValueError:
        arguments = {}
    return isinstance(arguments, dict) and all(
        name in arguments and arguments[name] == value for name, value in call.arguments.items()
    )


def misses(event: Event, wanted: Expectation) -> str:
    """What about an event is not as expected, a few words; "" where all of it is."""
    return next(_misses(event, wanted), "")


def _misses(event: Event, wanted: Expectation) -> Iterator[str]:
    values = event.values
    if wanted.text_contains is not None and wanted.text_contains.casefold() not in str(values[TEXT]).casefold():
        yield f"its text is {one_line(str(values[TEXT]), QUOTED)!r}, without {wanted.text_contains!r}"
    for name, value in wanted.where.items():
        if name not in values or values[name] != value:
            yield f"its {name} is {one_line(repr(values.get(name)), QUOTED)}, not {value!r}"
    if wanted.field is not None:
        number = values.get(wanted.field)
        if not isinstance(number, int | float):
            yield f"its {wanted.field} is no number"
        elif wanted.at_least is not None and number < wanted.at_least:
            yield f"its {wanted.field} is {number:,}, less than {wanted.at_least:g}"
        elif wanted.at_most is not None and number > wanted.at_most:
            yield f"its {wanted.field} is {number:,}, more than {wanted.at_most:g}"


def _nearest(wanted: Expectation, timeline: Timeline, since: float) -> str:
    """What is wrong with the last event of that name."""
    found = list(timeline.of(wanted.event or "", since))
    return f"it happened, but {misses(found[-1], wanted)}" if found else ""


def _failed(wanted: Expectation, timeline: Timeline, why: str) -> Verdict:
    since, origin = timeline.origin(wanted.since) or (timeline.begin, timeline.begin)
    stops = wanted.event in STOPS and not wanted.absent and wanted.count is None
    if stops and (sound := timeline.sound(timeline.begin)):
        why = f"{why} ({sound})"
    words = f"{asked_for(wanted, timeline)}: {why}; since {timeline.words(wanted.since)}: "
    return Verdict(False, words + timeline.account(since, origin))


def asked_for(wanted: Expectation, timeline: Timeline) -> str:
    """An expectation in words."""
    if wanted.calls is not None:
        names = [call if isinstance(call, str) else call.name for call in wanted.calls]
        subject = f"calls of {', '.join(names)}" if names else "no call of a tool"
    else:
        subject = f"{'no ' if wanted.absent else ''}{wanted.event}"
    if wanted.count is not None:
        subject += f", {wanted.count} times"
    if wanted.within_ms is not None:
        subject += f" within {wanted.within_ms:,} ms of {timeline.words(wanted.since)}"
    return f"expected {subject}"

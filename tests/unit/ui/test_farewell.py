"""What is printed when one leaves says how the talk went, and nothing of what was not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from voice_tui.messages.link import CountersChanged, Link, LinkChanged
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.talk import SettingsChanged
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.messages.usage import Amount, Billing, BillingChanged, UsageCounted, UsageKind
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common.state import State
from voice_tui.ui.farewell import farewell


def lines(*notices: Notice, seconds: float = 63.0) -> list[str]:
    now = [0.0]
    state = State(lambda: now[0], lambda: datetime(2026, 1, 5), COMMANDS)
    for notice in notices:
        state.take(notice)
    now[0] = seconds
    return list(farewell(state))


def answered(ms: int) -> TurnTimed:
    return TurnTimed(1, "a", Origin.VOICE, 0, ((Moment.ENDED, 0), (Moment.AUDIBLE, ms)), "server")


LIVE = LinkChanged(Link.LIVE)
CUT = InterruptionTimed(1, "a", ((Stage.ONSET, 0), (Stage.QUIET, 135)), by="local")
ALARM = InterruptionTimed(2, "a", ((Stage.ONSET, 0), (Stage.RESUME, 700)), resumed=True)


def test_nothing_is_said_where_nobody_was_on_the_line() -> None:
    assert lines() == []


def test_a_talk_without_events_is_only_as_long_as_it_was() -> None:
    assert lines(LIVE) == ["talked 01:03"]


def test_answers_cuts_false_alarms_and_losses_are_counted() -> None:
    [line] = lines(LIVE, answered(600), answered(800), answered(1_900), CUT, ALARM, CountersChanged(1, 1, 3))
    assert line == (
        "talked 01:03 · 3 answers, first sound after 800 ms (median) · 1 interruption, quiet after 135 ms (median) · "
        "1 false alarm · 3 lost"
    )


def test_what_it_cost_and_where_it_is_kept() -> None:
    used = UsageCounted("r", "completed", 0, 10, amounts=(Amount(UsageKind.AUDIO_OUT, 10, Decimal("0.034")),))
    said = lines(LIVE, BillingChanged(Billing.TOKENS), used, RecordingChanged(False, "/recordings/one"))
    assert said == ["talked 01:03 · cost $0.034", "recorded: /recordings/one"]


def test_knobs_that_were_turned_and_not_saved_are_named() -> None:
    natural = PRESETS["natural"]
    turned = replace(natural.settings, sureness=7.5, confirm=2)
    said = lines(LIVE, SettingsChanged("natural", natural.settings), SettingsChanged("natural", turned))
    assert said[1:] == [
        "not saved: sureness 7.5 (was 6.0), confirmed by both (was here) (s in the conversation saves)",
    ]
    many = replace(turned, duck_gain=0.5, immunity_ms=300, threshold=0.7)
    assert " and 2 more (s" in lines(LIVE, SettingsChanged("natural", many))[1]
    assert lines(LIVE, SettingsChanged("natural", replace(natural.settings, local_threshold=0.1))) == ["talked 01:03"]

"""Which events are found in the notices of a talk; most notices come more than once, an event happens once."""

from __future__ import annotations

from voice_tui.messages import notices as n
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.link import CallEnded, Reconnected
from voice_tui.messages.measures import Moment, Origin
from voice_tui.messages.tools import DeadAir, GoodbyeSaid, ToolBegan, ToolCalled
from voice_tui.messages.turns import Stage, StageReached
from voice_tui.scenario.events import EVENTS, Events

USER = n.Row("U", "user", "You", "Hello.")
ANSWER = n.Row("A", "assistant", "AI", "It is 84.")
SPEAKING, LISTENING = n.PhaseChanged(n.Phase.ASSISTANT_SPEAKING, "now"), n.PhaseChanged(n.Phase.LISTENING)


def found(*notices: n.Notice) -> list[str]:
    events = Events()
    return [event.name for t, notice in enumerate(notices) for event in events.observe(notice, float(t))]


def test_a_turn_of_the_user_has_happened_when_its_words_are_there() -> None:
    begun = n.Row("U", "user", "You", pending=True)
    assert found(n.RowChanged(begun, None)) == []
    assert found(n.RowChanged(begun, None), n.RowChanged(USER, None), n.RowChanged(USER, None)) == ["user_turn"]


def test_an_answer_has_happened_when_it_is_over() -> None:
    assert found(SPEAKING, n.RowChanged(ANSWER, None)) == ["assistant_speaking"]
    assert found(SPEAKING, n.RowChanged(ANSWER, None), LISTENING) == ["assistant_speaking", "listening", "answered"]


def test_a_voice_over_it_is_not_its_end() -> None:
    over = n.PhaseChanged(n.Phase.USER_SPEAKING)
    assert "answered" not in found(SPEAKING, n.RowChanged(ANSWER, None), over, SPEAKING)


def test_a_cut_answer_is_over_when_the_server_has_answered() -> None:
    cut = n.Row("A", "assistant", "AI", "It", unheard="is 84.", cut=n.Cut(300, 900, n.Ack.PENDING))
    agreed = n.Row("A", "assistant", "AI", "It", unheard="is 84.", cut=n.Cut(300, 900, n.Ack.ACKNOWLEDGED))
    over = n.PhaseChanged(n.Phase.USER_SPEAKING)
    assert found(SPEAKING, over, n.RowChanged(cut, None)) == ["assistant_speaking", "user_speaking"]
    assert found(SPEAKING, over, n.RowChanged(cut, None), n.RowChanged(agreed, None))[-1] == "answered"


def test_a_phase_that_is_told_again_for_another_reason_is_no_event() -> None:
    assert found(SPEAKING, n.PhaseChanged(n.Phase.ASSISTANT_SPEAKING, "later")) == ["assistant_speaking"]


def test_a_connection_is_lost_once_however_often_it_is_tried() -> None:
    live, again = n.LinkChanged(n.Link.LIVE), n.LinkChanged(n.Link.RECONNECTING, "now")
    assert found(live, again, n.LinkChanged(n.Link.RECONNECTING, "in 2 s"), live) == [
        "connected", "reconnecting", "connected",
    ]  # fmt: skip


def test_settings_are_told_once_for_each_answer_of_the_server() -> None:
    asked, agreed, refused = (
        n.SettingsChanged("natural", TurnSettings(), server=ack)
        for ack in (n.Ack.PENDING, n.Ack.ACKNOWLEDGED, n.Ack.REJECTED)
    )
    assert found(asked, agreed, agreed, asked, refused) == ["settings_acknowledged", "settings_rejected"]


TIMED = n.TurnTimed(1, "A", Origin.VOICE, 7, ((Moment.ENDED, 0), (Moment.AUDIBLE, 3)), "local")


def test_every_event_can_happen_and_has_the_fields_that_the_table_says() -> None:
    notices: list[n.Notice] = [
        n.LinkChanged(n.Link.LIVE), n.LinkChanged(n.Link.RECONNECTING), Reconnected("soon", planned=True),
        CallEnded("enough"), GoodbyeSaid(), n.PhaseChanged(n.Phase.USER_SPEAKING), n.PhaseChanged(n.Phase.THINKING),
        SPEAKING, n.RowChanged(USER, None), n.RowChanged(ANSWER, "U"), LISTENING, n.SpeechStarted("local", 1),
        n.SpeechStopped("local", 2), TIMED, n.VoiceNoticed(4), StageReached(Stage.ONSET, 5),
        StageReached(Stage.DUCK, 5), StageReached(Stage.PAUSE, 6), StageReached(Stage.RESUME, 7),
        n.Interrupted("A", "key", True, 8_000), n.Truncated("A", 1, 2, n.Ack.PENDING),
        n.Truncated("A", 1, 2, n.Ack.ACKNOWLEDGED), n.Truncated("A", 1, 2, n.Ack.REJECTED),
        ToolBegan("C", "time", "{}"), ToolCalled("C", "time", "{}", "noon", 3), DeadAir("time", 0.0, False, 0.0, 1),
        DeadAir("time", 1.0, True, 1.0, 1), n.SettingsChanged("natural", TurnSettings(), server=n.Ack.ACKNOWLEDGED),
        n.SettingsChanged("natural", TurnSettings(), server=n.Ack.REJECTED, reason="no"),
        *(n.Announced(severity, "so") for severity in n.Severity),
    ]  # fmt: skip
    events = Events()
    happened = [event for notice in notices for event in events.observe(notice, 0.0)]
    assert {event.name for event in happened} == set(EVENTS)
    assert len(happened) == len(EVENTS), "each once, a goodbye and a hanging up are one end"
    for event in happened:
        assert tuple(event.values) == EVENTS[event.name][1]

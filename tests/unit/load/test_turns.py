"""What becomes of turns, told by the server's events and a clock of the test's."""

from __future__ import annotations

import numpy as np
import pytest

from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Failure, Item, Response, StatusDetails
from voice_tui.load.turns import FIRST_AUDIBLE, FIRST_AUDIO, TURN, YIELD, Mark, Outcome, Turn, Turns

LOUD = (np.ones(2_400) * 8_000).astype("<i2").tobytes()
QUIET = bytes(4_800)


class Session:
    """Turns, and what they told."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.over: list[Turn] = []
        self.turns = Turns(self.marks.append, self.over.append)

    def told(self, name: str) -> list[tuple[float, str]]:
        return [(round(mark.seconds, 3), mark.code) for mark in self.marks if mark.name == name]

    def hears(self, start: float, stop: float) -> None:
        self.turns.receive(se.InputSpeechStarted(audio_start_ms=0, item_id="u"), start)
        self.turns.receive(se.InputSpeechStopped(audio_end_ms=0, item_id="u"), stop)
        self.turns.receive(se.BufferCommitted(item_id="u"), stop)

    def creates(self, response: str, at: float) -> None:
        self.turns.receive(se.ResponseCreated(response=Response(response)), at)

    def sounds(self, response: str, pcm: bytes, at: float) -> None:
        delta = se.OutputAudioDelta(response_id=response, item_id=f"item of {response}", delta=pcm)
        self.turns.receive(delta, at)

    def ends(self, response: str, at: float, status: str = "completed", code: str = "", reason: str = "") -> None:
        error = Failure("words", "server_error", code) if code else None
        details = StatusDetails(reason=reason or None, error=error)
        self.turns.receive(se.ResponseDone(response=Response(response, status, status_details=details)), at)


def asked() -> Session:
    """Somebody has spoken from 1.0 to 2.0, and the server has the turn at 2.5."""
    session = Session()
    session.turns.begin("spoken", 1.0, spoken_until=2.0)
    session.hears(1.1, 2.5)
    return session


def test_an_answer_is_timed_from_the_end_of_speech_and_from_the_commit() -> None:
    session = asked()
    session.creates("r", 2.5)
    session.sounds("r", QUIET, 2.7)
    session.sounds("r", LOUD, 2.71)
    assert session.marks == [], "told when it is over"
    session.ends("r", 3.0)
    assert session.told(FIRST_AUDIO) == [(0.2, "")]
    assert session.told(FIRST_AUDIBLE) == [(0.8, "")], "the first 100 ms are silence, and are played first"
    assert session.told(TURN) == [(2.0, "")]
    assert [turn.outcome for turn in session.over] == [Outcome.ANSWERED]
    assert session.over[0].played_until == pytest.approx(2.9)


def test_an_answer_that_begins_in_mid_speech_does_not_count() -> None:
    session = Session()
    session.turns.begin("spoken", 1.0, spoken_until=4.0)
    session.hears(1.1, 2.5)
    session.creates("early", 2.5)
    session.sounds("early", LOUD, 2.6)
    session.turns.receive(se.InputSpeechStarted(audio_start_ms=0, item_id="u"), 2.8)
    session.ends("early", 2.8, "cancelled", reason="turn_detected")
    assert session.turns.open is not None
    session.hears(2.8, 4.5)
    session.creates("late", 4.5)
    session.sounds("late", LOUD, 4.6)
    session.ends("late", 5.0)
    assert session.told(FIRST_AUDIBLE) == [(0.6, "")]
    assert len(session.told(TURN)) == 1


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        ("failed", "server_overloaded", Outcome.REFUSED),
        ("failed", "rate_limit_exceeded", Outcome.REFUSED),
        ("failed", "server_error", Outcome.FAILED),
        ("incomplete", "", Outcome.FAILED),
        ("cancelled", "", Outcome.FAILED),
    ],
)
def test_an_answer_that_is_none_is_told_with_its_code(status: str, code: str, outcome: Outcome) -> None:
    session = asked()
    session.creates("r", 2.5)
    session.ends("r", 2.6, status, code, reason="why")
    assert [turn.outcome for turn in session.over] == [outcome]
    (told,) = session.told(TURN)
    assert told[1] == f"{outcome}: {code or 'why'}"
    assert session.told(FIRST_AUDIBLE) == []


def test_an_error_before_there_is_an_answer_ends_the_turn_and_later_ones_are_only_counted() -> None:
    session = asked()
    session.turns.receive(se.Error(error=ErrorDetails("no", "invalid_request_error", "rate_limit_exceeded")), 2.6)
    assert session.over[0].outcome is Outcome.REFUSED
    session = asked()
    session.creates("r", 2.5)
    session.turns.receive(se.Error(error=ErrorDetails("no", "invalid_request_error", "odd")), 2.6)
    assert session.turns.open is not None
    assert session.told("error odd") == [(0.0, "odd")]


def test_an_interruption_closes_one_turn_and_is_timed_from_its_onset_to_the_servers_word() -> None:
    session = asked()
    session.creates("r", 2.5)
    session.sounds("r", LOUD, 2.6)
    session.turns.begin("barge-in", 3.0, spoken_until=3.8, barged=True)
    assert session.over[0].outcome is Outcome.ANSWERED
    assert session.turns.interrupted is session.over[0]
    session.turns.receive(se.InputSpeechStarted(audio_start_ms=0, item_id="u"), 3.12)
    session.ends("r", 3.13, "cancelled", reason="turn_detected")
    assert session.turns.open is not None, "that was the answer before"
    session.turns.receive(se.InputSpeechStopped(audio_end_ms=0, item_id="u"), 4.3)
    session.turns.receive(se.BufferCommitted(item_id="u"), 4.3)
    session.creates("s", 4.3)
    session.sounds("s", LOUD, 4.4)
    session.ends("s", 4.6)
    assert session.told(YIELD) == [(0.12, "")]
    assert len(session.over) == 2


def test_an_interruption_that_nobody_heard_is_told() -> None:
    session = asked()
    session.turns.begin("barge-in", 3.0, spoken_until=3.8, barged=True)
    session.turns.give_up(Outcome.LOST, "timeout", 33.0)
    assert [code for _, code in session.told(YIELD)] == ["not_heard"]
    assert [code for _, code in session.told(TURN)] == ["", "lost: timeout"]


def test_a_call_keeps_the_turn_open_until_its_output_is_answered() -> None:
    session = Session()
    session.turns.begin("tool", 1.0)
    session.turns.asked(1.0)
    session.creates("r", 1.1)
    call = Item("function_call", name="get_time", call_id="c", arguments="{}")
    session.turns.receive(se.ResponseDone(response=Response("r", "completed", output=[call])), 1.2)
    turn = session.turns.open
    assert turn is not None
    assert [item.call_id for item in turn.calls] == ["c"]
    session.turns.asked(1.3)
    session.creates("s", 1.4)
    session.sounds("s", LOUD, 1.5)
    session.ends("s", 1.6)
    assert session.told(FIRST_AUDIO) == [(0.2, "")]
    assert turn.outcome is Outcome.ANSWERED


def test_what_the_end_of_a_run_cuts_off_says_nothing_of_the_server() -> None:
    session = asked()
    session.turns.give_up(Outcome.UNFINISHED, "", 3.0)
    assert session.marks == []
    assert session.over[0].outcome is Outcome.UNFINISHED
    session.turns.give_up(Outcome.LOST, "timeout", 4.0)
    assert len(session.over) == 1, "once"


def test_an_answer_out_of_band_is_nobodys_turn() -> None:
    session = asked()
    session.turns.receive(se.ResponseCreated(response=Response("aside", conversation_id=None)), 2.5)
    session.sounds("aside", LOUD, 2.6)
    session.creates("r", 2.7)
    session.ends("aside", 2.8)
    assert session.turns.open is not None


@pytest.mark.parametrize(
    ("code", "outcome"), [("server_overloaded", Outcome.REFUSED), ("session_expired", Outcome.FAILED)]
)
def test_who_is_hung_up_on_in_mid_answer_is_told_why(code: str, outcome: Outcome) -> None:
    session = asked()
    session.creates("r", 2.5)
    session.turns.receive(se.Error(error=ErrorDetails("words", "server_error", code)), 2.6)
    assert session.turns.open is not None
    session.turns.hung_up("closed_1013", 2.7)
    (told,) = session.told(TURN)
    assert told[1] == f"{outcome}: {code if outcome is Outcome.REFUSED else 'closed_1013'}"

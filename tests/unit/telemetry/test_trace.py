"""Which spans a conversation makes: names, parents, times, attributes and their units."""

from __future__ import annotations

import json
from decimal import Decimal

from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.link import Link, LinkChanged, Stopped
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import (
    Ack,
    Cut,
    Phase,
    PhaseChanged,
    Row,
    RowChanged,
    SettingsChanged,
    SpeechStarted,
    SpeechStopped,
    Truncated,
)
from voice_tui.messages.tools import ToolBegan, ToolCalled
from voice_tui.messages.turns import InterruptionTimed, LedgerChanged, Stage
from voice_tui.messages.usage import TRANSCRIPTION, Amount, UsageCounted, UsageKind
from voice_tui.telemetry.mapping import ROOT, Span
from voice_tui.telemetry.trace import MOST_HELD, Trace

OFFSET_S = 0.5
SAID, ASKED, RESULT = "The tide comes at four.", "When is high tide?", '{"at": "16:00"}'


def row(item: str, role: str, text: str = "", **more: object) -> Row:
    return Row(item, role, "You" if role == "user" else "AI", text, **more)  # type: ignore[arg-type]


def used(response: str, *items: str, **more: object) -> UsageCounted:
    amounts = (
        Amount(UsageKind.TEXT_IN, 10, Decimal("0.001")),
        Amount(UsageKind.AUDIO_IN, 20, Decimal("0.002")),
        Amount(UsageKind.AUDIO_CACHED, 30, Decimal("0.001")),
        Amount(UsageKind.TEXT_CACHED, 5, Decimal("0.001")),
        Amount(UsageKind.TEXT_OUT, 7, Decimal("0.001")),
        Amount(UsageKind.AUDIO_OUT, 40, Decimal("0.004")),
    )
    given = {"amounts": amounts, "cost": Decimal("0.010"), "items": items, "model": "gpt-voice"} | more
    return UsageCounted(response, "completed", 65, 47, **given)  # type: ignore[arg-type]


TALK: list[tuple[float, Notice]] = [
    (0.0, SettingsChanged("natural", TurnSettings())),
    (0.1, LinkChanged(Link.LIVE, endpoint="voice.example", model="gpt-deployed")),
    (1.0, SpeechStarted("local", 400)),
    (1.0, RowChanged(row("u1", "user", pending=True), None)),
    (2.0, SpeechStopped("local", 1_400)),
    (2.0, RowChanged(row("u1", "user", ASKED), None)),
    (2.1, PhaseChanged(Phase.THINKING)),
    (2.3, RowChanged(row("a1", "assistant", pending=True), "u1")),
    (
        2.5,
        TurnTimed(
            1,
            "a1",
            Origin.VOICE,
            1_400,
            ((Moment.ENDED, 0), (Moment.DECIDED, 150), (Moment.COMMITTED, 200), (Moment.AUDIBLE, 600)),
            "local",
            "natural",
            round_trip_ms=41.5,
        ),
    ),
    (2.6, LedgerChanged("a1", 2_000, 2_000, 400, 300)),
    (3.0, RowChanged(row("a1", "assistant", SAID), "u1")),
    (3.0, used("resp_1", "a1")),
    (
        3.2,
        InterruptionTimed(1, "a1", ((Stage.ONSET, 0), (Stage.CUT, 90), (Stage.QUIET, 104)), at_ms=2_600, by="local"),
    ),
    (3.2, Truncated("a1", 900, 2_000, Ack.PENDING)),
    (
        3.2,
        RowChanged(row("a1", "assistant", "The tide", unheard=" comes at four.", cut=Cut(900, 2_000)), "u1"),
    ),
    (
        3.3,
        InterruptionTimed(
            1,
            "a1",
            ((Stage.ONSET, 0), (Stage.CUT, 90), (Stage.QUIET, 104), (Stage.TRUNCATED, 160)),
            at_ms=2_600,
            by="local",
        ),
    ),
    (4.0, PhaseChanged(Phase.THINKING)),
    (4.2, used("resp_2", "call_item")),
    (4.2, ToolBegan("call_1", "tides", '{"day": "Monday"}')),
    (4.7, ToolCalled("call_1", "tides", '{"day": "Monday"}', RESULT, 500)),
    (4.8, RowChanged(row("a2", "assistant", pending=True), "a1")),
    (5.0, LedgerChanged("a2", 800, 800, 800, 800)),
    (5.1, used("resp_3", "a2")),
]


def told(talk: list[tuple[float, Notice]], *, content: bool = False, end_s: float = 6.0) -> list[Span]:
    trace = Trace("talk-1", OFFSET_S, content=content)
    spans = [span for t, notice in talk for span in trace.observe(t, notice)]
    return spans + trace.finish(end_s)


def named(spans: list[Span], name: str) -> list[Span]:
    return [span for span in spans if span.name == name]


def test_a_talk_is_one_trace_and_everything_in_it_a_child() -> None:
    spans = told(TALK)
    assert sorted(span.name for span in spans) == [
        "conversation",
        "execute_tool tides",
        "interruption",
        *["realtime_inference gpt-voice"] * 3,
        "turn",
        "user_speech",
    ]
    root = spans[-1]
    assert (root.id, root.parent, root.start_s, root.end_s) == (ROOT, None, 0.0, 6.0)
    assert {span.parent for span in spans[:-1]} == {ROOT}
    assert len({span.id for span in spans}) == len(spans)
    assert {span.attributes["gen_ai.realtime_session.id"] for span in spans} == {"talk-1"}
    assert [span for span in spans if span.error] == []


def test_the_conversation_says_where_it_was_held_and_what_was_in_it() -> None:
    assert told(TALK)[-1].attributes == {
        "gen_ai.operation.name": "conversation",
        "gen_ai.realtime_session.id": "talk-1",
        "gen_ai.request.model": "gpt-deployed",
        "server.address": "voice.example",
        "voice_tui.preset": "natural",
        "voice_tui.turns": 1,
        "voice_tui.interruptions": 1,
        "voice_tui.false_alarms": 0,
        "voice_tui.cost_usd": 0.03,
    }


def test_moments_of_the_talks_clock_are_put_on_that_of_the_trace() -> None:
    spans = told(TALK)
    times = {span.name: (round(span.start_s, 3), round(span.end_s, 3)) for span in spans}
    assert times["user_speech"] == (0.9, 1.9)
    assert times["turn"] == (1.9, 2.5)
    assert times["interruption"] == (3.1, 3.26)
    assert times["execute_tool tides"] == (4.2, 4.7)
    first, calling, last = (
        (round(span.start_s, 3), round(span.end_s, 3)) for span in named(spans, "realtime_inference gpt-voice")
    )
    assert first == (2.1, 3.0), "from the moment when it was asked for to its usage"
    assert calling == (4.0, 4.2)
    assert last == (4.8, 5.1)


def test_a_turn_has_its_parts_in_ms() -> None:
    (turn,) = named(told(TALK), "turn")
    assert {name: value for name, value in turn.attributes.items() if name.startswith("voice_tui.")} == {
        "voice_tui.preset": "natural",
        "voice_tui.turn.number": 1,
        "voice_tui.turn.ended_by": "local",
        "voice_tui.turn.origin": "voice",
        "voice_tui.item.id": "a1",
        "voice_tui.time_to_first_audible_ms": 600,
        "voice_tui.round_trip_ms": 41.5,
        "voice_tui.part.waited_silence_ms": 150,
        "voice_tui.part.turn_sent_ms": 50,
        "voice_tui.part.leading_silence_ms": 400,
    }


def test_an_answer_has_its_usage_and_how_much_of_it_was_heard() -> None:
    first, calling, last = named(told(TALK), "realtime_inference gpt-voice")
    assert first.attributes == {
        "gen_ai.operation.name": "realtime_inference",
        "gen_ai.realtime_session.id": "talk-1",
        "gen_ai.request.model": "gpt-voice",
        "gen_ai.response.id": "resp_1",
        "gen_ai.usage.input_tokens": 65,
        "gen_ai.usage.output_tokens": 47,
        "gen_ai.usage.audio.input_tokens": 50,
        "gen_ai.usage.text.input_tokens": 15,
        "gen_ai.usage.audio.output_tokens": 40,
        "gen_ai.usage.text.output_tokens": 7,
        "gen_ai.usage.cache_read.input_tokens": 35,
        "gen_ai.usage.audio.cache_read.input_tokens": 30,
        "gen_ai.usage.text.cache_read.input_tokens": 5,
        "voice_tui.preset": "natural",
        "voice_tui.item.id": "a1",
        "voice_tui.heard_ms": 900,
        "voice_tui.received_ms": 2_000,
        "voice_tui.cut": True,
        "voice_tui.time_to_first_audible_ms": 600,
        "voice_tui.response.status": "completed",
        "voice_tui.cost_usd": 0.01,
    }
    assert "voice_tui.heard_ms" not in calling.attributes, "it called a tool and said nothing"
    assert (last.attributes["voice_tui.heard_ms"], last.attributes["voice_tui.cut"]) == (800, False)


def test_an_interruption_is_told_once_with_who_decided_and_how_long_it_took_to_be_quiet() -> None:
    (span,) = named(told(TALK), "interruption")
    mine = {name.removeprefix("voice_tui."): value for name, value in span.attributes.items()}
    assert mine["interruption.decided_by"] == "local"
    assert mine["interruption.false_alarm"] is False
    assert (mine["yield_ms"], mine["stage.cut_ms"], mine["stage.truncated_ms"]) == (104, 90, 160)


def test_a_false_alarm_is_counted_as_one() -> None:
    steps = ((Stage.ONSET, 0), (Stage.PAUSE, 60), (Stage.RESUME, 400))
    spans = told([(1.0, InterruptionTimed(1, "a1", steps, resumed=True, at_ms=500))])
    assert named(spans, "interruption")[0].attributes["voice_tui.interruption.false_alarm"] is True
    root = spans[-1].attributes
    assert (root["voice_tui.interruptions"], root["voice_tui.false_alarms"]) == (0, 1)


def test_words_go_with_it_only_where_they_are_asked_for() -> None:
    bare, full = told(TALK), told(TALK, content=True)
    for secret in (SAID, ASKED, "The tide", "16:00", "Monday"):
        assert secret not in repr(bare)
        assert secret in repr(full)
    answer = named(full, "realtime_inference gpt-voice")[0].attributes
    assert json.loads(str(answer["gen_ai.input.messages"])) == [
        {"role": "user", "parts": [{"type": "text", "content": ASKED}]}
    ]
    assert json.loads(str(answer["gen_ai.output.messages"])) == [
        {"role": "assistant", "parts": [{"type": "text", "content": SAID}]}
    ]
    assert answer["voice_tui.heard_text"] == "The tide"
    (tool,) = named(full, "execute_tool tides")
    assert tool.attributes["gen_ai.tool.call.result"] == RESULT


def test_what_both_heard_is_told_once_as_our_own_ears_heard_it() -> None:
    both: list[tuple[float, Notice]] = [
        (1.0, SpeechStarted("local", 1_000)),
        (1.2, SpeechStarted("server", 700)),
        (2.0, SpeechStopped("server", 1_990)),
        (2.1, SpeechStopped("local", 1_800)),
        (3.0, SpeechStarted("server", 2_900)),
        (3.5, SpeechStopped("server", 3_400)),
    ]
    heard = [(span.attributes["voice_tui.heard_by"], span.start_s) for span in named(told(both), "user_speech")]
    assert heard == [("local", 1.5), ("server", 3.4)]


def test_what_is_still_open_ends_with_the_talk() -> None:
    spans = told([*TALK[:12], (3.5, SpeechStarted("server", 3_000))], end_s=3.6)
    assert [span.name for span in spans[-3:]] == ["user_speech", "realtime_inference gpt-voice", "conversation"]
    assert spans[-3].end_s == 3.6


def test_what_failed_says_so() -> None:
    spans = told(
        [
            (1.0, RowChanged(row("a1", "assistant", pending=True), None)),
            (1.5, UsageCounted("resp_1", "failed", 1, 0, items=("a1",))),
            (2.0, ToolCalled("c", "tides", "{}", "no such day", 100, failed=True)),
            (3.0, Stopped("the endpoint is gone: sk-abc")),
        ]
    )
    assert {span.name: span.error for span in spans} == {
        "realtime_inference": "failed",
        "execute_tool tides": "failed",
        "conversation": "stopped by an error",
    }
    assert "sk-abc" not in repr(spans)


def test_of_an_unknown_price_nothing_is_said() -> None:
    spans = told([(1.0, used("resp_1", "a1", amounts=(Amount(UsageKind.TEXT_IN, 3),), cost=None))])
    assert [span.attributes for span in spans if "voice_tui.cost_usd" in span.attributes] == []


def test_one_response_that_says_two_things_is_one_span() -> None:
    spans = told(
        [
            (1.0, RowChanged(row("a1", "assistant", pending=True), None)),
            (1.5, RowChanged(row("a2", "assistant", pending=True), "a1")),
            (2.0, used("resp_1", "a1", "a2")),
        ]
    )
    (answer,) = named(spans, "realtime_inference gpt-voice")
    assert (answer.start_s, answer.end_s) == (1.0, 2.0)


def test_an_endpoint_that_tells_no_usage_still_has_its_answers_told_while_it_talks() -> None:
    trace = Trace("talk-1")
    many = MOST_HELD + 3
    live = [
        span.name
        for n in range(many)
        for span in trace.observe(float(n), RowChanged(row(f"a{n}", "assistant", pending=True), None))
    ]
    assert live == ["realtime_inference"] * 2
    assert len(named(trace.finish(99.0), "realtime_inference")) == many - 2


def test_an_answer_that_still_sounds_when_the_next_begins_is_told_once_it_was_heard() -> None:
    spans = told(
        [
            (1.0, RowChanged(row("a1", "assistant", pending=True), None)),
            (1.5, used("resp_1", "a1")),
            (2.0, LedgerChanged("a1", 9_775, 9_775, 9_775, 9_760)),
            (2.0, RowChanged(row("a2", "assistant", pending=True), "a1")),
            (2.1, LedgerChanged("a1", 9_775, 9_775, 9_775, 9_775)),
            (2.2, LedgerChanged("a2", 500, 500, 40, 20)),
            (2.3, used("resp_2", "a2")),
            (2.8, LedgerChanged("a2", 500, 500, 500, 500)),
        ]
    )
    first, second = (span.attributes for span in named(spans, "realtime_inference gpt-voice"))
    assert (first["voice_tui.heard_ms"], first["voice_tui.received_ms"]) == (9_775, 9_775)
    assert (second["voice_tui.heard_ms"], second["voice_tui.received_ms"]) == (500, 500)


def test_a_spoken_answer_of_which_nothing_was_told_yet_waits_for_it_when_the_next_begins() -> None:
    spans = told(
        [
            (1.0, RowChanged(row("a1", "assistant", pending=True), None)),
            (1.5, used("resp_1", "a1")),
            (1.5, RowChanged(row("a2", "assistant", pending=True), "a1")),
            (1.6, LedgerChanged("a1", 900, 900, 900, 900)),
            (1.7, LedgerChanged("a2", 500, 500, 40, 20)),
        ]
    )
    first = next(span for span in spans if span.attributes.get("voice_tui.item.id") == "a1")
    assert (first.attributes["voice_tui.heard_ms"], first.attributes["voice_tui.received_ms"]) == (900, 900)


def test_an_answer_of_which_the_end_is_never_told_does_not_wait_for_ever() -> None:
    trace = Trace("talk-1")
    list(trace.observe(1.0, RowChanged(row("a1", "assistant", pending=True), None)))
    list(trace.observe(1.5, used("resp_1", "a1")))
    list(trace.observe(2.0, LedgerChanged("a1", 900, 900, 400, 380)))
    assert not trace.observe(2.5, RowChanged(row("a2", "assistant", pending=True), "a1")), "it may still sound"
    (span,) = trace.observe(3.0, LedgerChanged("a2", 500, 500, 40, 20))
    assert (span.attributes["voice_tui.item.id"], span.attributes["voice_tui.heard_ms"]) == ("a1", 380)


def test_the_recogniser_has_a_span_of_its_own_and_what_is_asked_beside_the_talk_its_purpose() -> None:
    seconds = (Amount(UsageKind.SECONDS, Decimal(3), Decimal("0.001")),)
    spans = told(
        [
            (1.0, used("", "u1", purpose=TRANSCRIPTION, model="scribe", amounts=seconds)),
            (2.0, used("resp_9", purpose="summary")),
        ]
    )
    (scribe,) = named(spans, "transcription scribe")
    assert scribe.attributes["voice_tui.usage.seconds"] == 3.0
    assert named(spans, "realtime_inference gpt-voice")[0].attributes["voice_tui.purpose"] == "summary"


def test_nothing_that_was_told_is_no_conversation() -> None:
    assert Trace("talk-1").finish(3.0) == []

"""What ``voice-tui talk`` prints: a line each, that no terminal obeys, that can be printed anywhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.latency_story import LATENCIES, cut
from tests.support.terminal_orders import NOTICES, orders
from voice_tui.audio.stream.audible import METRICS
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.report import describe
from voice_tui.drivers.talk import Talk
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.link import CountersChanged, Link, LinkChanged
from voice_tui.messages.measures import Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.talk import Announced, Interrupted, Phase, PhaseChanged, Row, RowChanged, Severity
from voice_tui.messages.usage import TRANSCRIPTION, Amount, Billing, BillingChanged, UsageCounted, UsageKind
from voice_tui.plain_text import LINE, one_line


async def nowhere() -> Endpoint:
    raise AssertionError("nobody connects")


class Voice:
    """A conversation in which nothing happens but that it is told."""

    idle, input_over, live, started = False, False, True, 0.0

    def __init__(self, sink: Callable[[Notice], None], notices: Iterable[Notice]) -> None:
        self._sink, self._notices = sink, notices

    def stop(self) -> None: ...

    async def run(self) -> None:
        for notice in self._notices:
            self._sink(notice)


def held(notices: Iterable[Notice], out: Callable[[str], None] = lambda _: None, **options: Any) -> Talk:
    """A run in which these are told, one after the other, and which then ends."""

    async def run() -> Talk:
        talk = Talk(RunnerOptions(nowhere), out=out, **options)
        talk._voice = Voice(talk._notice, notices)  # type: ignore[assignment]
        await talk.run()
        return talk

    return asyncio.run(run())


def printed(notices: Iterable[Notice], *, as_json: bool = False) -> list[str]:
    """The lines of such a run."""
    lines: list[str] = []
    held(notices, lines.append, as_json=as_json)
    return lines


@given(st.lists(NOTICES, max_size=4))
def test_no_line_holds_anything_that_a_terminal_obeys(notices: list[Notice]) -> None:
    for line in printed(notices):
        assert orders(line.replace("\n" + " " * 12, "")) == []
        line.encode()


@given(st.lists(NOTICES, max_size=4))
def test_json_lines_are_ascii_and_lose_nothing(notices: list[Notice]) -> None:
    lines = printed(notices, as_json=True)
    assert all(line.isascii() and line.isprintable() for line in lines)
    texts = [line["data"]["text"] for line in map(json.loads, lines[:-1]) if line["notice"] == "Announced"]
    assert texts == [notice.text for notice in notices if isinstance(notice, Announced)]


def test_a_row_of_many_lines_cannot_look_like_two() -> None:
    row = Row("A1", "assistant", "AI", "first\r\n[connected to nowhere]\rlast")
    assert describe(row).split("\n") == ["AI          first", "            [connected to nowhere] last"]


def test_a_storm_is_one_line_with_a_count() -> None:
    storm = [Announced(Severity.ERROR, f"too many (event_{i})", i + 1) for i in range(1000)]
    assert printed(storm) == ["[error: too many (event_999) (1,000 times)]"]


def test_a_long_line_keeps_its_count_and_is_known_again_whatever_its_cut_is() -> None:
    storm = [Announced(Severity.ERROR, one_line(f"error {i} " + "y" * 999), i + 1) for i in range(1000)]
    [line] = printed(storm)
    assert line.startswith("[error: error 999 yyy")
    assert line.endswith("y… (1,000 times)]")
    assert len(line) == LINE + 2


def test_other_lines_keep_their_place_between_errors() -> None:
    again = Announced(Severity.ERROR, "again", 2)
    told: list[Notice] = [Announced(Severity.ERROR, "bad"), LinkChanged(Link.RECONNECTING, "now (bad)"), again, again]
    assert printed(told) == ["[error: bad]", "[reconnecting now (bad)]", "[error: again (2 times)]"]


def test_what_was_said_is_printed_however_it_ends() -> None:
    row = RowChanged(Row("A1", "assistant", "AI", "half a sen", pending=True), None)
    assert printed([row]) == ["AI          half a sen"]


def test_an_answer_that_was_being_heard_at_the_end_says_so() -> None:
    row = RowChanged(Row("A1", "assistant", "AI", "One, two, three."), None)
    speaking = PhaseChanged(Phase.ASSISTANT_SPEAKING)
    assert printed([speaking, row]) == ["AI          One, two, three.   (the talk ended while it was spoken)"]
    assert printed([speaking, row, PhaseChanged(Phase.LISTENING)]) == ["AI          One, two, three."]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([], ""),
        ([CountersChanged(interruptions=2, inaudible=1)], ""),
        ([CountersChanged(failed=1)], "an answer failed"),
        ([CountersChanged(failed=1), CountersChanged(failed=3)], "3 answers failed"),
        ([CountersChanged(failed=1), CountersChanged()], ""),
    ],
)
def test_what_was_not_answered_is_known_in_the_end(told: list[Notice], words: str) -> None:
    assert held(told).unanswered == words


def test_typed_turns_for_which_the_time_was_too_short_were_not_answered() -> None:
    thinking, speaking = PhaseChanged(Phase.THINKING), PhaseChanged(Phase.ASSISTANT_SPEAKING)
    late = "the time was over before every typed turn was answered"
    assert held([], say=("Hello",), seconds=0.0).unanswered == late
    assert held([thinking], seconds=0.0).unanswered == "", "nobody's turn was asked for by the command line"
    for phase, words in ((thinking, late), (speaking, "")):
        talk = held([phase], say=("Hello",))
        talk._say.clear()  # it was said
        talk._time_is_over()
        assert talk.unanswered == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([RecordingChanged(True, "/r/1"), RecordingChanged(False, "/r/1")], ""),
        ([RecordingChanged(True, "/r/1", "a sample came late")], ""),
        (
            [RecordingChanged(False, problem="recording: /r: No space left on device")],
            "recording: /r: No space left on device",
        ),
        (
            [
                RecordingChanged(True, "/r/1"),
                RecordingChanged(False, "/r/1", "no room"),
                RecordingChanged(False, "/r/2"),
            ],
            "no room",
        ),
    ],
)
def test_a_recording_that_nobody_ended_is_known_in_the_end(told: list[Notice], words: str) -> None:
    assert held(told).unrecorded == words


ANSWER = UsageCounted(
    "R1", "completed", 1_200, 34,
    amounts=(Amount(UsageKind.TEXT_IN, 1_200, Decimal("0.0048")), Amount(UsageKind.AUDIO_OUT, 34, Decimal("0.002176"))),
    cost=Decimal("0.006976"),
)  # fmt: skip
WORDS = UsageCounted("", "completed", 20, 0, TRANSCRIPTION, (Amount(UsageKind.AUDIO_IN, 20),), None, ("U1",))


def test_what_it_costs_is_said_at_the_end_where_it_costs_something() -> None:
    paid = BillingChanged(Billing.TOKENS, "gpt-realtime-2.1")
    assert printed([paid, ANSWER]) == ["[used: 1,200 tokens in, 34 out: $0.007]"]
    assert printed([paid, ANSWER, WORDS]) == ["[used: 1,220 tokens in, 34 out: $0.007; of some the price is not known]"]
    assert printed([paid, WORDS]) == ["[used: 20 tokens in, 0 out; the price is not known]"]
    assert printed([BillingChanged(Billing.FREE), ANSWER]) == []
    assert printed([paid]) == []


def test_the_summary_has_the_exact_sum() -> None:
    summary = json.loads(printed([BillingChanged(Billing.TOKENS), ANSWER, WORDS], as_json=True)[-1])["summary"]
    assert summary["usage"] == {"input_tokens": 1_200, "output_tokens": 34}
    assert summary["cost"] == {
        "usd": "0.006976",
        "complete": False,
        "usd_per_minute": None,
        "kinds": {
            "text_in": {"count": "1200", "usd": "0.0048"},
            "audio_out": {"count": "34", "usd": "0.002176"},
            "audio_in": {"count": "20", "usd": None},
        },
    }


def measured() -> list[Notice]:
    """Two answers that were timed, and one that was cut."""
    timed = [x for x in LATENCIES if isinstance(x, TurnTimed)][:2]
    stopped = Interrupted("i2", "server", cancelled=False, at_ms=4_130, number=1, origin_ms=4_000)
    return [*timed, stopped, cut(1, "server", Origin.VOICE, 142)]


def test_what_was_measured_is_said_at_the_end() -> None:
    line = "answers, to the first sound: 1,152 ms, worst 1,160 ms (n 2); cut by server, to the silence: 142 ms (n 1)"
    assert printed(measured()) == [f"[{line}]"]


def test_the_summary_has_what_was_measured_with_n_its_parts_and_the_version_of_the_definitions() -> None:
    summary = json.loads(printed(measured(), as_json=True)[-1])["summary"]
    assert summary["figures"] == {
        "metrics": METRICS,
        "answers": {"n": 2, "p50_ms": 1_152.5, "p95_ms": 1_159.2, "worst_ms": 1_160},
        "cuts_server": {"n": 1, "p50_ms": 142.0, "p95_ms": 142.0, "worst_ms": 142},
    }
    for latency in summary["latencies"]:
        assert sum(latency["parts_ms"].values()) == latency["audible_ms"]
    [interruption] = summary["interruptions"]
    assert (interruption["origin"], interruption["origin_t"], interruption["t"]) == ("voice", 4.0, 4.13)
    assert interruption["steps_ms"] == {"onset": 0, "confirm": 130, "cut": 135, "quiet": 142}
    nothing = json.loads(printed([], as_json=True)[-1])["summary"]
    assert nothing["figures"]["answers"] == {"n": 0, "p50_ms": None, "p95_ms": None, "worst_ms": None}

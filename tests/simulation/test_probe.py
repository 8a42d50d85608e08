"""The probe on virtual time, against servers that do it right, and wrong in one way each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.simulation.network import Network
from tests.support.odd_server import Oddities, serving
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.endpoints.providers import Endpoint
from voice_tui.probe.findings import Finding, Report, Verdict
from voice_tui.probe.plan import chosen
from voice_tui.probe.questions import QUESTIONS
from voice_tui.probe.run import LIMIT_S, Run
from voice_tui.probe.table import as_json, lacking, lines, open_needs
from voice_tui.rehearsal.virtual_time import START_S, VirtualLoop, run

YES, NO, UNDECIDED = Verdict.YES, Verdict.NO, Verdict.UNDECIDED
ENDPOINT = Endpoint("any", "ws://somewhere:1/v1/realtime?model=m", "m")


def probed(odd: Oddities, *only: str, status: int = 101) -> tuple[Report, float]:
    """The report, and how long it took, s."""

    async def main(loop: VirtualLoop) -> tuple[Report, float]:
        network = Network(loop, 1, serving(odd))
        network.status = status

        async def resolve() -> Endpoint:
            return ENDPOINT

        report = await Run(resolve, chosen(only), connect=network.connect).run()
        await asyncio.sleep(2)  # goodbyes
        return report, loop.time() - START_S - 2

    return run(main)


def finding(report: Report, name: str) -> Finding:
    return next(f for f in report.findings if f.name == name)


def test_of_a_server_that_does_everything_right_everything_is_seen_and_in_time() -> None:
    report, seconds = probed(Oddities())
    wrong = [f for f in report.findings if f.verdict is not YES]
    assert not wrong
    assert {f.name for f in report.findings} == set(QUESTIONS)
    assert not lacking(report)
    assert seconds <= LIMIT_S


WRONG: list[tuple[dict[str, Any], str, dict[str, Verdict]]] = [
    ({"deaf": True}, "silence", {"speech_started": NO, "silence_duration_ms": UNDECIDED}),
    ({"deaf": True}, "audio-turn", {"create_response": UNDECIDED, "audio_turn": UNDECIDED}),
    ({"deaf": True}, "interruption", {"interrupt_response": UNDECIDED}),
    ({"deaf": True}, "threshold", {"threshold": UNDECIDED}),
    ({"deaf": True}, "prefix-padding", {"prefix_padding_ms": UNDECIDED}),
    ({"semantic_deaf": True}, "semantic-vad", {"semantic_vad": NO}),
    ({"fixed_silence_ms": 400}, "silence", {"speech_started": YES, "silence_duration_ms": NO}),
    ({"fixed_threshold": True}, "threshold", {"threshold": NO}),
    ({"always_interrupts": True}, "interruption", {"interrupt_response": NO}),
    ({"at_once": True}, "interruption", {"interrupt_response": UNDECIDED}),
    ({"always_answers": True}, "audio-turn", {"create_response": NO, "audio_turn": YES}),
    ({"always_listens": True}, "manual-turns", {"manual_turns": NO}),
    ({"truncate": "silent"}, "truncate", {"truncate": NO, "truncate_range": UNDECIDED, "truncate_effect": UNDECIDED}),
    ({"truncate": "blind"}, "truncate", {"truncate": YES, "truncate_range": NO, "truncate_effect": YES}),
    ({"truncate": "idle"}, "truncate", {"truncate": YES, "truncate_range": NO, "truncate_effect": NO}),
    ({"refuses": {"conversation.item.retrieve"}}, "truncate", {"truncate": YES, "truncate_effect": UNDECIDED}),
    ({"silent_audio": True}, "text-turn", {"text_turn": YES, "audible": NO}),
    ({"pace": 0.5}, "cancel", {"pacing": NO, "cancel": YES}),
    ({"at_once": True}, "cancel", {"pacing": UNDECIDED, "cancel": UNDECIDED}),
    ({"refuses": {"response.cancel"}}, "cancel", {"cancel": NO}),
    ({"refuses": {"response.create"}}, "text-turn", {"text_turn": NO, "first_audio": UNDECIDED, "audible": UNDECIDED}),
    ({"refuses": {"response.create"}}, "truncate", {"truncate": UNDECIDED}),
    ({"refuses": {"input_audio_buffer.clear"}}, "buffer", {"clear": NO}),
    ({"refuses": {"conversation.item.delete"}}, "items", {"delete": NO, "retrieve": YES, "seed_history": YES}),
    ({"refuses": {"conversation.item.create"}}, "items", {"delete": UNDECIDED, "retrieve": UNDECIDED}),
    ({"refuses": {"session.update"}}, "settings", {"settings": NO}),
    ({"no_created": True}, "opening", {"first_events": NO}),
    ({"beside_enters": True}, "out-of-band", {"out_of_band": NO}),
    ({"spoken_late": True}, "out-of-band", {"out_of_band": YES}),
    ({"calls_tools": False}, "tools", {"tools": UNDECIDED}),
    ({"preview_names": True}, "items", {"dialect": NO, "seed_history": YES}),
]


@pytest.mark.parametrize(("odd", "step", "verdicts"), WRONG, ids=[f"{next(iter(o))}-{s}" for o, s, _ in WRONG])
def test_what_a_server_does_wrong_is_found_out(odd: dict[str, Any], step: str, verdicts: dict[str, Verdict]) -> None:
    report, _ = probed(Oddities(**odd), step)
    assert {name: report.verdict(name) for name in verdicts} == verdicts
    assert all(f.words for f in report.findings)


def test_a_deaf_server_is_one_that_nobody_can_talk_to() -> None:
    report, seconds = probed(Oddities(deaf=True))
    assert lacking(report) == ["speech_started"]
    assert "needed and missing: hears speech" in lines(report, 100)
    assert seconds <= LIMIT_S + 2


def test_a_step_that_a_server_hangs_up_in_is_undecided_and_the_others_are_asked_on_a_new_connection() -> None:
    report, _ = probed(Oddities(closes_at="conversation.item.truncate"))
    assert [f.name for f in report.findings if f.verdict is UNDECIDED] == [
        "truncate",
        "truncate_effect",
        "truncate_range",
    ]
    assert 'close 1011, the server failed: "out of order"' in finding(report, "truncate").words
    assert report.verdict("tools") is YES


def test_a_server_that_always_hangs_up_is_left_alone() -> None:
    report, _ = probed(Oddities(closes_at="response.create", every_time=True))
    assert report.verdict("text_turn") is UNDECIDED
    assert finding(report, "tools").words == "the connection was lost 3 times"
    assert {f.name for f in report.findings} == set(QUESTIONS)


def asked(serve: Callable[[Any], Awaitable[None]], *only: str) -> tuple[Report, float, int]:
    """The report of a server of its own kind, how long it took, s, and how many connections there were."""

    async def main(loop: VirtualLoop) -> tuple[Report, float, int]:
        network = Network(loop, 1, serve)

        async def resolve() -> Endpoint:
            return ENDPOINT

        try:
            report = await Run(resolve, chosen(only), connect=network.connect).run()
            return report, loop.time() - START_S, network.connections
        finally:
            await asyncio.sleep(2)

    return run(main)


def event(kind: str, **fields: Any) -> bytes:
    return json.dumps({"type": kind, **fields}).encode()


def says(code: str, *, first: bool, hangs_on: bool = False) -> Callable[[Any], Awaitable[None]]:
    """A server that complains once, at its first word or at the client's, and closes with 1000, or says no more."""

    async def serve(link: Any) -> None:
        if not first:
            await link.send(event("session.created", session={"id": "sess_1"}))
            await anext(aiter(link))
        await link.send(event("error", error={"code": code, "message": "So it is."}))
        if hangs_on:
            await asyncio.sleep(3_600)
        await link.close(1000)

    return serve


@pytest.mark.parametrize("hangs_on", [True, False])
def test_a_server_whose_only_word_is_a_refusal_was_never_there(hangs_on: bool) -> None:
    with pytest.raises(ConnectionFailed, match=r'somewhere:1: .*a key is wanted, and none was sent.*"So it is\."'):
        asked(says("invalid_api_key", first=True, hangs_on=hangs_on))


def test_a_refusal_that_no_other_try_would_mend_is_the_reason_of_all_that_was_not_asked() -> None:
    report, _, connections = asked(says("insufficient_quota", first=False))
    assert connections == 1
    assert report.verdict("first_events") is YES
    for name in open_needs(report):
        assert '"So it is."' in finding(report, name).words
        assert "the quota is used up: check plan and billing" in finding(report, name).words
    assert set(open_needs(report)) == {name for name, question in QUESTIONS.items() if question.needed} - {"connects"}
    assert lacking(report) == []
    assert any(line.startswith("needed and not found out: ") for line in lines(report, 100))


def test_the_time_of_a_probe_is_kept_where_another_connection_can_not_be_opened() -> None:
    async def main(loop: VirtualLoop) -> tuple[Report, float]:
        network = Network(loop, 1, serving(Oddities(closes_at="response.create")))

        @asynccontextmanager
        async def connect(endpoint: Endpoint) -> AsyncIterator[Any]:
            if network.connections:
                await asyncio.sleep(3_600)
            async with network.connect(endpoint) as transport:
                yield transport

        async def resolve() -> Endpoint:
            return ENDPOINT

        report = await Run(resolve, chosen(), connect=connect).run()
        spent = loop.time() - START_S
        await asyncio.sleep(2)
        return report, spent

    report, seconds = run(main)
    assert seconds <= LIMIT_S + 1
    assert {f.name for f in report.findings} == set(QUESTIONS)


@pytest.mark.parametrize("failure", ["", "somewhere:1: HTTP 401\x1b[2J"])
def test_json_is_one_line_whatever_became_of_it(failure: str) -> None:
    report = Report("somewhere:1", "m") if failure else probed(Oddities(), "opening")[0]
    line = as_json(report, failure)
    assert line.isascii()
    assert line.isprintable()
    read = json.loads(line)
    assert read["error"] == failure.partition("\x1b")[0]
    assert bool(read["findings"]) != bool(failure)


def test_where_nobody_can_be_asked_one_line_says_why() -> None:
    with pytest.raises(ConnectionFailed, match="somewhere:1: HTTP 401, a key is wanted, and none was sent"):
        probed(Oddities(), status=401)


def test_a_server_that_never_answers_ends_in_time_with_everything_undecided_or_missing() -> None:
    odd = Oddities()

    async def main(loop: VirtualLoop) -> Report:
        async def mute(link: Any) -> None:
            async for _ in link:
                pass

        network = Network(loop, 1, mute)

        async def resolve() -> Endpoint:
            return ENDPOINT

        report = await Run(resolve, chosen(), connect=network.connect).run()
        assert loop.time() - START_S <= LIMIT_S + 2
        await asyncio.sleep(2)
        return report

    report = run(main)
    assert {f.name for f in report.findings} == set(QUESTIONS)
    assert [f.name for f in report.findings if f.verdict is YES] == ["connects", "ping"]
    assert odd.connections == 0


def test_what_a_server_says_reaches_no_terminal_as_it_is() -> None:
    report, _ = probed(Oddities(refuses=frozenset({"response.create\x1b[2J"})), "opening")
    report.add("opening", "settings", NO, "\x1b[2Jgone\x07\nand more")
    assert not any("\x1b" in line or "\x07" in line for line in lines(report, 100))

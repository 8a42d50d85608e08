"""A whole client, on a clock of the test's, with a server that says what the test wants."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import numpy as np

from voice_tui.endpoints.providers import Endpoint
from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec
from voice_tui.load.client import Client
from voice_tui.load.loudspeaker import Loudspeaker
from voice_tui.messages.inputs import CutDone, Progressed
from voice_tui.messages.intents import Interrupt, SendText
from voice_tui.messages.profile import Profile
from voice_tui.messages.tools import CallTool, ToolFinished, ToolSpec

FRAME_S = 0.02
SILENCE, VOICE = np.zeros(480, np.int16), np.full(480, 3_000, np.int16)
SECOND = (np.ones(24_000) * 8_000).astype("<i2").tobytes()
TOOL = ToolSpec("get_time", "The time.", {"type": "object", "properties": {}})


class Talk:
    """A client, and what it sends."""

    def __init__(self, preset: str = "server-vad", silence_ms: int = 700) -> None:
        self.now = 50.0
        self.sent: list[dict[str, Any]] = []
        self.calls: list[CallTool] = []
        endpoint = Endpoint("any", "ws://127.0.0.1:1/v1/realtime", "")
        self._codec = RealtimeCodec(endpoint.url, "", endpoint.deviations)
        profile = Profile("Be brief.", greeting="", tools=(TOOL,))
        self.client = Client(
            endpoint, profile, preset, silence_ms, self.now,
            lambda event: self.sent.append(msgspec.json.decode(self._codec.encode(event))), self.calls.append,
        )  # fmt: skip
        self.client.opened(self.now)
        self.hears("session.created", session={"id": "s", "object": "realtime.session", "type": "realtime"})
        assert not self.client.live
        (update,) = self.all("session.update")
        self.session = update["session"]
        self.hears("session.updated", session=self.session)

    def hears(self, kind: str, **fields: object) -> None:
        raw = msgspec.json.encode({"type": kind, "event_id": "e", **fields})
        self.client.arrived(self._codec.decode(raw), self.now)

    def passes(self, seconds: float, pcm: Any = SILENCE) -> None:
        for _ in range(round(seconds / FRAME_S)):
            self.now += FRAME_S
            self.client.captured(pcm, self.now)

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.sent if event["type"] == kind]

    def answers(self, response: str, *, ends: bool = True, seconds: int = 2) -> None:
        item = f"item of {response}"
        self.hears("response.created", response={"id": response, "status": "in_progress", "output": []})
        entry = {"id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        self.hears("response.output_item.added", response_id=response, output_index=0, item=entry)
        part = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        for _ in range(seconds):
            self.hears("response.output_audio.delta", delta=base64.b64encode(SECOND).decode(), **part)
        if ends:
            self.hears("response.done", response={"id": response, "status": "completed", "output": []})


def test_it_configures_its_session_as_it_was_told_and_sends_every_frame() -> None:
    talk = Talk()
    assert talk.client.live
    assert talk.session["instructions"] == "Be brief."
    assert talk.session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 700
    assert [tool["name"] for tool in talk.session["tools"]] == ["get_time"]
    talk.passes(0.4)
    talk.passes(0.2, VOICE)
    appended = "".join(event["audio"] for event in talk.all("input_audio_buffer.append"))
    assert len(appended) * 3 // 4 == 0.6 * 48_000
    assert not talk.all("response.create"), "nobody has said anything, and it greets nobody"


def test_a_voice_over_the_answer_says_how_much_of_it_was_heard() -> None:
    talk = Talk()
    talk.passes(0.2, VOICE)
    talk.answers("r", ends=False)
    talk.passes(0.5)
    talk.hears("input_audio_buffer.speech_started", audio_start_ms=800, item_id="u")
    talk.passes(0.1, VOICE)
    (truncated,) = talk.all("conversation.item.truncate")
    assert truncated["item_id"] == "item of r"
    assert 450 <= truncated["audio_end_ms"] <= 550


def test_a_key_cancels_and_a_typed_turn_asks_for_its_answer() -> None:
    talk = Talk()
    talk.client.wants(SendText("hello"), talk.now)
    (item,) = talk.all("conversation.item.create")
    assert item["item"]["content"][0]["text"] == "hello"
    assert len(talk.all("response.create")) == 1
    talk.answers("r", ends=False)
    talk.passes(0.3)
    talk.client.wants(Interrupt(), talk.now)
    assert len(talk.all("response.cancel")) == 1


def test_what_the_model_calls_is_carried_out_and_its_answer_asked_for() -> None:
    talk = Talk()
    talk.client.wants(SendText("What time is it?"), talk.now)
    call = {
        "id": "f",
        "type": "function_call",
        "status": "completed",
        "name": "get_time",
        "call_id": "c",
        "arguments": "{}",
    }
    talk.hears("response.created", response={"id": "r", "status": "in_progress", "output": []})
    talk.hears("response.output_item.added", response_id="r", output_index=0, item=call | {"status": "in_progress"})
    talk.hears("response.output_item.done", response_id="r", output_index=0, item=call)
    talk.hears("response.done", response={"id": "r", "status": "completed", "output": [call]})
    assert [(each.name, each.call_id) for each in talk.calls] == [("get_time", "c")]
    talk.client.finished(ToolFinished("c", "noon"), talk.now)
    talk.passes(0.1)
    outputs = [event["item"] for event in talk.all("conversation.item.create")][1:]
    assert [(item["call_id"], item["output"]) for item in outputs] == [("c", "noon")]
    assert len(talk.all("response.create")) == 2


def test_whoever_greets_asks_for_an_answer_without_a_word() -> None:
    talk = Talk("semantic-vad")
    assert talk.session["audio"]["input"]["turn_detection"]["type"] == "semantic_vad"
    talk.client.greets(talk.now)
    assert len(talk.all("response.create")) == 1
    assert not talk.all("conversation.item.create")


def test_a_loudspeaker_plays_in_real_time_and_a_cut_says_what_was_heard() -> None:
    speaker = Loudspeaker(10.0)
    assert speaker.progress(11.0) == []
    speaker.play(bytes(2 * 24_000), 11.0)
    assert speaker.progress(11.25) == [Progressed(6_000, 6_000)]
    assert speaker.progress(11.25) == [], "nothing has happened"
    speaker.flush(1, 11.5)
    assert speaker.progress(12.0) == [CutDone(1, 12_000, 24_000), Progressed(24_000, 24_000)]
    speaker.play(bytes(2 * 2_400), 20.0)
    assert speaker.progress(30.0) == [Progressed(26_400, 26_400)], "no more than there is"

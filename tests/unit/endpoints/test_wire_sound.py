"""The sound of a connection: whatever the endpoint speaks, the console knows int16 at 24 kHz only."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.g711 import from_alaw, from_ulaw, to_alaw, to_ulaw
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS, Deviations
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.endpoints.realtime.wire.session import AudioFormat, AudioInput, AudioOutput, SessionAudio, SessionConfig

PCM = AudioFormat("audio/pcm", RATE)
ASKS = ce.SessionUpdate(
    event_id="event_1",
    session=SessionConfig(audio=SessionAudio(input=AudioInput(format=PCM), output=AudioOutput(format=PCM))),
)
ULAW = replace(NO_DEVIATIONS, audio_format="g711_ulaw")


def tone(rate: int, seconds: float = 0.5, hz: float = 440.0) -> Pcm:
    return (8_000 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.int16)


def pitch(pcm: Pcm, rate: int = RATE) -> float:
    """Hz of the strongest tone."""
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm))))
    return float(np.argmax(spectrum)) * rate / len(pcm)


def delta(audio: bytes | str, **fields: Any) -> str:
    text = audio if isinstance(audio, str) else base64.b64encode(audio).decode()
    event = {"type": "response.output_audio.delta", "response_id": "r", "item_id": "i", "content_index": 0}
    return json.dumps(event | {"delta": text} | fields)


def heard(codec: RealtimeCodec, *raws: str) -> bytes:
    events = [codec.decode(raw) for raw in raws]
    assert all(isinstance(event, se.OutputAudioDelta) for event in events)
    return b"".join(event.delta for event in events if isinstance(event, se.OutputAudioDelta))


def pieces(audio: bytes, size: int) -> list[str]:
    return [delta(audio[at : at + size]) for at in range(0, len(audio), size)]


def said(codec: RealtimeCodec, pcm: Pcm) -> bytes:
    out = b""
    for at in range(0, len(pcm), 480):
        wire = json.loads(codec.encode(ce.InputAudioBufferAppend(audio=pcm[at : at + 480].tobytes())))
        out += base64.b64decode(wire["audio"])
    return out


def opened(session: dict[str, Any], deviations: Deviations = NO_DEVIATIONS, dialect: str = "") -> RealtimeCodec:
    """A codec that has asked for its formats, and got this session for an answer."""
    codec = RealtimeCodec(dialect=dialect, deviations=deviations)
    codec.encode(ASKS)
    codec.decode(json.dumps({"type": "session.updated", "session": session}))
    return codec


def nested(kind: str, **fields: Any) -> dict[str, Any]:
    named = {"format": {"type": kind, **fields}}
    return {"audio": {"input": named, "output": named}}


# ---- bytes


def test_audio_that_fits_is_handed_on_as_it_is() -> None:
    codec = RealtimeCodec()
    audio = tone(RATE).tobytes()
    assert heard(codec, *pieces(audio, 960)) == audio
    assert said(codec, tone(RATE)) == audio
    assert codec.misfits() == []


@given(st.lists(st.integers(1, 61), min_size=1, max_size=20))
def test_samples_that_are_cut_between_pieces_are_joined(sizes: list[int]) -> None:
    audio = bytes(range(256))[: sum(sizes) if sum(sizes) < 256 else 256]
    raws, at = [], 0
    for size in sizes:
        raws.append(delta(audio[at : at + size]))
        at += size
    whole = audio[:at]
    assert heard(RealtimeCodec(), *raws) == whole[: len(whole) // 2 * 2]


def test_a_byte_is_carried_over_within_its_own_part_only_and_that_is_said_once() -> None:
    codec = RealtimeCodec()
    assert heard(codec, delta(b"\x01"), delta(b"\x05\x06", item_id="other"), delta(b"\x02")) == b"\x05\x06\x01\x02"
    assert heard(codec, delta(b"\x07")) == b""
    codec.decode('{"type":"response.output_audio.done","response_id":"r","item_id":"i","content_index":0}')
    assert heard(codec, delta(b"\x08\x09")) == b"\x08\x09"
    assert [line.partition(":")[0] for line in codec.misfits()] == ["response.output_audio.delta"]


@pytest.mark.parametrize(
    "write",
    [
        lambda text: "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76)),
        lambda text: text.rstrip("="),
        lambda text: text.replace("+", "-").replace("/", "_"),
        lambda text: text.replace("+", "-").replace("/", "_").rstrip("="),
        lambda text: f"data:audio/pcm;base64,{text}",
    ],
    ids=["line breaks", "no padding", "URL-safe", "URL-safe without padding", "data URL"],
)
def test_base64_of_any_kind_is_read_and_said_once(write: Any) -> None:
    codec = RealtimeCodec()
    audio = bytes(range(256)) + b"\xfb\xff\xfe\x00"
    text = base64.b64encode(audio).decode()
    assert heard(codec, delta(write(text)), delta(write(text))) == audio * 2
    assert len(codec.misfits()) == 1


def test_what_is_no_base64_is_silence_not_noise() -> None:
    codec = RealtimeCodec()
    assert heard(codec, delta("not base64!")) == b""
    assert "no base64" in codec.misfits()[0]


# ---- rates and formats


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_another_rate_is_converted_both_ways_and_said_once(rate: int) -> None:
    codec = opened(nested("audio/pcm", rate=rate))
    assert len(codec.misfits()) == 2
    came = np.frombuffer(heard(codec, *pieces(tone(rate).tobytes(), 1_001)), np.int16)
    assert abs(len(came) - RATE // 2) < RATE // 100
    assert pitch(came) == pytest.approx(440, abs=4)
    went = np.frombuffer(said(codec, tone(RATE)), np.int16)
    assert abs(len(went) - rate // 2) < rate // 100
    assert pitch(went, rate) == pytest.approx(440, abs=4)
    ours = tone(RATE)[1_000:9_000].astype(float)
    rms = np.sqrt(np.mean(came[1_000:9_000].astype(float) ** 2))
    assert rms == pytest.approx(np.sqrt(np.mean(ours**2)), rel=0.02)


@pytest.mark.parametrize(("name", "kind"), [("g711_ulaw", "audio/pcmu"), ("g711_alaw", "audio/pcma")])
def test_a_telephones_format_can_be_asked_for(name: str, kind: str) -> None:
    deviations = replace(NO_DEVIATIONS, audio_format=name)
    asked = json.loads(RealtimeCodec(deviations=deviations).encode(ASKS))["session"]["audio"]
    assert asked == {"input": {"format": {"type": kind}}, "output": {"format": {"type": kind}}}
    flat = json.loads(RealtimeCodec(dialect="preview", deviations=deviations).encode(ASKS))["session"]
    assert flat == {"input_audio_format": name, "output_audio_format": name}
    codec = opened(nested(kind), deviations)
    assert codec.misfits() == []
    to_wire, from_wire = {"audio/pcmu": (to_ulaw, from_ulaw), "audio/pcma": (to_alaw, from_alaw)}[kind]
    came = np.frombuffer(heard(codec, *pieces(to_wire(tone(8_000)).tobytes(), 161)), np.int16)
    assert abs(len(came) - RATE // 2) < RATE // 100
    assert pitch(came) == pytest.approx(440, abs=4)
    went = from_wire(np.frombuffer(said(codec, tone(RATE)), np.uint8))
    assert pitch(went, 8_000) == pytest.approx(440, abs=4)


def test_where_a_telephone_was_asked_for_and_refused_nothing_changes() -> None:
    codec = RealtimeCodec(deviations=ULAW)
    codec.encode(ASKS)
    codec.decode('{"type":"error","error":{"message":"no","event_id":"event_1"}}')
    assert said(codec, tone(RATE)) == tone(RATE).tobytes()


def test_where_the_answer_is_another_format_it_is_followed() -> None:
    codec = opened(nested("audio/pcm"), ULAW)
    assert said(codec, tone(RATE)) == tone(RATE).tobytes()
    assert len(codec.misfits()) == 2


def test_a_format_that_cannot_be_spoken_is_silence_and_said() -> None:
    codec = opened(nested("audio/opus", rate=48_000))
    assert heard(codec, delta(bytes(960))) == b""
    assert said(codec, tone(RATE)) == b""
    assert [line for line in codec.misfits() if "audio/opus" in line] != []


@pytest.mark.parametrize("kind", ["", "\ud83d", 5, 1e30, "?", "24000"], ids=ascii)
def test_what_names_no_format_counts_as_what_was_asked_for_and_is_said(kind: Any) -> None:
    codec = opened(nested(kind), ULAW)
    assert heard(codec, delta(bytes(8_000))) != b""
    assert said(codec, tone(RATE)) != tone(RATE).tobytes()
    told = [line.partition(":")[2].partition(".type:")[0] for line in codec.misfits()]
    assert list(dict.fromkeys(told)) == [" session.audio.input.format", " session.audio.output.format"]


@pytest.mark.parametrize(
    ("session", "rate"),
    [
        ({"input_audio_format": "pcm16"}, RATE),
        ({"input_audio_format": "pcm16", "input_audio_sampling_rate": 16_000}, 16_000),
        ({"input_audio_format": "pcm16_8000hz"}, 8_000),
        ({"audio": {"input": {"format": "g711_ulaw"}}}, 8_000),
        ({"audio": {"input": {"format": {"type": "audio/pcm", "rate": 7}}}}, RATE),
        ({"audio": {"input": {"format": None}}}, RATE),
        ({}, RATE),
    ],
    ids=range(7),
)
def test_the_names_of_formats_in_any_dialect(session: dict[str, Any], rate: int) -> None:
    codec = opened(session)
    width = 1 if "ulaw" in json.dumps(session) else 2
    assert len(said(codec, tone(RATE))) == pytest.approx(rate * width / 2, rel=0.02)


def test_an_endpoint_of_a_fixed_rate_is_spoken_to_at_that_rate() -> None:
    fixed = replace(NO_DEVIATIONS, input_rate=16_000, sends_formats=False)
    codec = RealtimeCodec(dialect="preview", deviations=fixed)
    codec.encode(ASKS)
    codec.decode('{"type":"session.updated","session":{"input_audio_format":"pcm16","output_audio_format":"pcm24"}}')
    assert len(said(codec, tone(RATE))) == pytest.approx(16_000, rel=0.02)
    assert heard(codec, delta(tone(RATE).tobytes())) == tone(RATE).tobytes()
    assert codec.misfits() == []


def test_a_telephone_cannot_be_asked_for_where_no_format_is_taken_and_that_is_said() -> None:
    codec = RealtimeCodec(deviations=replace(ULAW, sends_formats=False))
    assert "takes no format" in codec.misfits()[0]
    assert said(codec, tone(RATE)) == tone(RATE).tobytes()


def test_a_piece_may_name_its_own_rate() -> None:
    codec = RealtimeCodec()
    audio = tone(16_000).tobytes()
    raws = [delta(audio[at : at + 640], sample_rate_hz=16_000) for at in range(0, len(audio), 640)]
    came = np.frombuffer(heard(codec, *raws), np.int16)
    assert pitch(came) == pytest.approx(440, abs=4)


def test_the_sound_of_an_item_is_converted_too() -> None:
    codec = opened(nested("audio/pcmu"), ULAW)
    audio = base64.b64encode(tone(RATE).tobytes()).decode()
    item = Item("message", role="user", content=[ContentPart("input_audio", audio=audio)])
    wire = json.loads(codec.encode(ce.ConversationItemCreate(item=item)))
    assert len(base64.b64decode(wire["item"]["content"][0]["audio"])) == pytest.approx(4_000, rel=0.02)

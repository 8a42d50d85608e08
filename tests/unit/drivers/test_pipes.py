"""Raw sound on standard input and output: what is lost, what waits, what is late."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.drivers.devices import pipe_microphone
from voice_tui.drivers.devices.pipe_microphone import AHEAD_BYTES, FRAME_BYTES, LATE_FRAMES, PipeMicrophone
from voice_tui.drivers.devices.pipe_speaker import WAITING_BLOCKS, PipeSpeaker
from voice_tui.drivers.devices.portaudio import DeviceError

PATIENCE_S = 20.0


def sound(seconds: float, first: int = 1) -> Pcm:
    """Samples that each have a number of their own, as long as there are numbers."""
    return (np.arange(round(seconds * RATE)) % 30_000 + first).astype(np.int16)


class Writer:
    """Writes into the microphone, on the test's own thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._take: Callable[[bytes], None] | None = None
        monkeypatch.setattr(pipe_microphone, "read_in_background", self._begin)
        self._source, self._target = os.pipe()
        self.microphone = PipeMicrophone(self._source)

    def _begin(self, take: Callable[[bytes], None], source: int) -> None:
        self._take = take

    def write(self, pcm: Pcm) -> None:
        self.raw(pcm.tobytes())

    def raw(self, piece: bytes) -> None:
        assert self._take is not None
        self._take(piece)

    def close(self) -> None:
        os.close(self._source)
        os.close(self._target)


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    writer = Writer(monkeypatch)
    yield writer
    writer.close()


def heard(frames: list[Pcm]) -> Pcm:
    return np.concatenate(frames) if frames else np.zeros(0, np.int16)


def spoken(writer: Writer, pcm: Pcm, now: float, every_ms: int = 10) -> list[Pcm]:
    """What is delivered while this is written as fast as it is spoken."""
    frames, step = list[Pcm](), RATE * every_ms // 1000
    for at in range(0, len(pcm), step):
        writer.write(pcm[at : at + step])
        frames += writer.microphone.read(now + (at + step) / RATE)
    return frames


@pytest.mark.parametrize("gathered_s", [0.0, 3.0])
def test_a_microphone_elsewhere_is_heard_from_now_on_without_what_had_gathered(
    writer: Writer, gathered_s: float
) -> None:
    writer.write(sound(gathered_s, 30_001))
    frames = heard(spoken(writer, pcm := sound(3.0), 100.0))
    assert frames.max() <= 30_000, "what had gathered is not heard"
    first = int(frames[frames > 0][0]) - 1
    kept = frames[frames > 0]
    assert np.array_equal(kept, pcm[first : first + len(kept)]), "every sample from then on, in order"
    assert first + len(kept) == len(pcm), "nothing waits"
    assert 0.5 * RATE < len(kept) < 2.5 * RATE


def test_what_comes_a_little_late_is_in_time_and_no_sample_is_lost(writer: Writer) -> None:
    spoken(writer, sound(2.0), 100.0)
    late = spoken(writer, pcm := sound(1.8), 102.0, every_ms=180)
    assert np.array_equal(heard(late), pcm)


def test_where_nothing_comes_it_is_silent_and_then_goes_on(writer: Writer) -> None:
    spoken(writer, sound(2.0), 100.0)
    silence = writer.microphone.read(107.0)
    assert len(silence) == 500 - LATE_FRAMES
    assert not heard(silence).any()
    writer.write(sound(0.05))
    assert np.array_equal(heard(writer.microphone.read(107.01)), sound(0.05))


@pytest.mark.parametrize("closed", [True, False])
def test_what_was_made_before_waits_for_its_turn_and_is_heard_whole_in_real_time(writer: Writer, closed: bool) -> None:
    pcm = sound(3.005)
    if closed:
        writer.write(pcm)
        writer.raw(b"")
    else:  # a program that is twice as fast as it speaks
        for at in range(0, len(pcm), 480):
            assert writer.microphone.read(100.0 + at / RATE / 2) == []
            writer.write(pcm[at : at + 480])
    assert writer.microphone.read(120.0) == []
    writer.microphone.start(120.0)
    assert writer.microphone.read(120.0) == []
    assert len(writer.microphone.read(121.0)) == 100
    rest = writer.microphone.read(124.0)
    assert writer.microphone.finished is closed
    if closed:
        assert len(rest) == 300
        assert np.array_equal(heard(rest)[: len(pcm) - RATE], pcm[RATE:])
        assert not heard(rest)[len(pcm) - RATE :].any()


def test_half_a_sample_at_the_end_is_none(writer: Writer) -> None:
    writer.raw(sound(0.001).tobytes() + b"\x01")
    writer.raw(b"")
    writer.microphone.start(1.0)
    writer.microphone.read(1.0)
    [frame] = writer.microphone.read(1.01)
    assert np.array_equal(frame[:24], sound(0.001))
    assert not frame[24:].any()
    assert writer.microphone.finished


def test_a_file_with_a_header_is_refused(writer: Writer) -> None:
    writer.raw(b"RIFF....WAVEfmt ")
    with pytest.raises(DeviceError, match="a file with a header: name it in --mic, or give raw sound: 24 kHz"):
        writer.microphone.read(1.0)


def test_who_writes_faster_than_it_is_heard_waits() -> None:
    source, target = os.pipe()
    microphone = PipeMicrophone(source)
    os.set_blocking(target, False)
    written, quiet_since = 0, time.monotonic()
    while time.monotonic() - quiet_since < 0.5:
        try:
            written += os.write(target, bytes(FRAME_BYTES))
            quiet_since = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
    assert AHEAD_BYTES <= written <= AHEAD_BYTES + 4 * 65_536
    microphone.stop()
    os.close(target)


@pytest.mark.parametrize("kind", [PipeMicrophone, PipeSpeaker])
def test_a_terminal_and_nothing_at_all_are_refused(kind: type) -> None:
    one, other = os.openpty()
    for descriptor, words in ((other, "is a terminal"), (-1, "is closed")):
        with pytest.raises(DeviceError, match=words):
            kind(descriptor)
    os.close(one)
    os.close(other)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_what_a_listener_hears_is_written_block_by_block() -> None:
    source, target = os.pipe()
    speaker = PipeSpeaker(target)
    speaker.start(10.0)
    speaker.play(sound(0.1).tobytes())
    with os.fdopen(source, "rb") as reader, ThreadPoolExecutor(1) as elsewhere:
        whole = elsewhere.submit(reader.read)
        for hundredth in range(20):
            speaker.progress(10.0 + hundredth / 100)
        speaker.stop()
        os.close(target)
        written = np.frombuffer(whole.result(PATIENCE_S), "<i2")
    assert len(written) == 19 * FRAME
    assert np.array_equal(written[: RATE // 10], sound(0.1))
    assert not written[RATE // 10 :].any()
    assert (speaker.underflows, speaker.problem) == (0, "")


def test_a_slow_reader_loses_the_oldest_and_it_is_counted() -> None:
    source, target = os.pipe()
    speaker = PipeSpeaker(target)
    speaker.start(10.0)
    speaker.progress(13.0)
    assert 300 - WAITING_BLOCKS - 65_536 // FRAME_BYTES - 1 <= speaker.underflows < 300
    os.close(source)
    until(lambda: bool(speaker.problem))
    assert speaker.problem == "speaker: nobody reads standard output any more"
    assert not speaker.spare, "the talk does not go on without it"
    speaker.stop()
    os.close(target)

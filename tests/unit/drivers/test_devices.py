import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.drivers.devices.loudspeakers import DEAD_CALLBACK_S, RingSpeaker, TimedSpeaker, WavSpeaker
from voice_tui.drivers.devices.microphones import VirtualMicrophone, read_wav
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.messages.inputs import CutDone, Progressed


def tone(samples: int, seed: int = 1) -> Pcm:
    return np.random.default_rng(seed).integers(1000, 20000, samples).astype(np.int16)


def write(path: Path, raw: bytes, width: int = 2, channels: int = 1, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(raw)
    return path


class StoppedSpeaker(RingSpeaker):
    """A device whose callback never comes."""

    def start(self, now: float) -> None: ...

    def stop(self) -> None: ...


def test_a_wav_speaker_writes_what_was_heard_silence_included_in_real_time(tmp_path: Path) -> None:
    speaker = WavSpeaker(tmp_path / "out.wav")
    answer = tone(2400)
    speaker.start(10.0)
    speaker.progress(10.5)
    speaker.play(answer.tobytes())
    speaker.progress(11.0)
    speaker.stop()
    heard = read_wav(tmp_path / "out.wav")
    assert len(heard) == RATE
    assert not heard[: RATE // 2].any()
    assert np.array_equal(heard[RATE // 2 : RATE // 2 + 2400], answer)
    assert not heard[RATE // 2 + 2400 :].any()


def test_progress_is_reported_once_per_change_and_the_cut_before_what_follows_it() -> None:
    speaker = TimedSpeaker()
    speaker.start(0.0)
    speaker.play(tone(RATE).tobytes())
    assert speaker.progress(0.1) == [Progressed(2400, 2400)]
    assert speaker.progress(0.1) == []
    speaker.flush(1)
    reports = speaker.progress(0.2)
    assert reports == [CutDone(1, 2400, RATE), Progressed(RATE, RATE)]


def test_a_cut_that_no_callback_carries_out_is_carried_out_all_the_same() -> None:
    speaker = StoppedSpeaker("dead")
    speaker.play(tone(RATE).tobytes())
    speaker.flush(1)
    now = speaker._asked_at
    assert speaker.progress(now + DEAD_CALLBACK_S / 2) == []
    speaker.progress(now + DEAD_CALLBACK_S * 1.1)
    (cut, *_) = speaker.progress(now + DEAD_CALLBACK_S * 1.2)
    assert cut == CutDone(1, 0, RATE)


def test_a_second_cut_does_not_swallow_the_report_of_the_first() -> None:
    speaker = StoppedSpeaker("by hand")
    block = np.zeros(FRAME, np.int16)
    speaker.play(tone(RATE).tobytes())
    speaker.flush(1)
    speaker.ring.render(block, 0.0)
    speaker.flush(2)
    speaker.ring.render(block, 0.01)
    cuts = [report for report in speaker.progress(0.0) if isinstance(report, CutDone)]
    assert [cut.cut for cut in cuts] == [1, 2]


def test_a_speaker_that_takes_over_goes_on_at_the_sample_where_the_other_stopped() -> None:
    old = TimedSpeaker()
    old.start(0.0)
    old.play(tone(RATE).tobytes())
    old.progress(0.3)
    new = TimedSpeaker()
    new.take_over(old)
    new.start(5.0)
    (progress,) = new.progress(5.1)
    assert isinstance(progress, Progressed)
    assert progress.handed == RATE * 4 // 10
    assert RATE * 4 // 10 - progress.sounding <= 1  # seconds are floats


def test_a_ring_that_nobody_empties_is_an_error_not_a_silent_loss() -> None:
    speaker = StoppedSpeaker("dead")
    minute = tone(RATE * 60).tobytes()
    speaker.play(minute)
    speaker.play(minute)
    with pytest.raises(DeviceError, match="takes no audio"):
        speaker.play(minute)


@given(st.lists(st.floats(0, 0.2), max_size=30), st.integers(0, 5000))
def test_a_virtual_microphone_says_everything_once_then_silence_whenever_it_is_asked(
    steps: list[float], length: int
) -> None:
    speech = tone(length) if length else np.zeros(0, np.int16)
    microphone = VirtualMicrophone(speech)
    microphone.start(0.0)
    now, frames = 0.0, []
    for step in [*steps, 1.0]:
        now += step
        frames += microphone.read(now)
    assert len(frames) == int(now * RATE) // FRAME
    heard = np.concatenate(frames)
    assert np.array_equal(heard[:length], speech)
    assert not heard[length:].any()
    assert microphone.finished


def test_nothing_comes_before_the_start() -> None:
    assert VirtualMicrophone(tone(240)).read(100.0) == []


@pytest.mark.parametrize(("width", "kind"), [(1, "u1"), (2, "<i2"), (4, "<i4")])
def test_wav_files_of_every_width_read_the_same(tmp_path: Path, width: int, kind: str) -> None:
    wave_form = 0.5 * np.sin(np.arange(2400) * 0.05)
    offset, scale = {1: (128, 127), 2: (0, 32767), 4: (0, 2**31 - 1)}[width]
    raw = (wave_form * scale + offset).astype(kind).tobytes()
    pcm = read_wav(write(tmp_path / "x.wav", raw, width))
    assert np.abs(pcm / 32768 - wave_form).max() < 0.02


def test_stereo_is_mixed_and_other_rates_are_resampled(tmp_path: Path) -> None:
    left = (8000 * np.sin(2 * np.pi * 440 * np.arange(48000) / 48000)).astype("<i2")
    stereo = np.stack([left, left], axis=1).tobytes()
    pcm = read_wav(write(tmp_path / "x.wav", stereo, 2, 2, 48000))
    assert abs(len(pcm) - RATE) <= 4
    spectrum = np.abs(np.fft.rfft(pcm[:RATE].astype(float)))
    assert int(np.argmax(spectrum)) in range(438, 443)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), (b"not a wav", "RIFF"), (b"", "cut short")],
)
def test_a_bad_wav_file_is_one_line_that_names_it(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "question.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DeviceError) as failure:
        read_wav(path)
    assert "question.wav" in str(failure.value)
    assert words in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_24_bit_file_is_refused_with_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="24 bit samples are not read, give 8, 16 or 32 bit"):
        read_wav(write(tmp_path / "x.wav", bytes(6), 3))


def test_a_speaker_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="No such file or directory"):
        WavSpeaker(tmp_path / "nowhere" / "out.wav")

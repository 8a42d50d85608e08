from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.drivers.devices.loudspeakers import DEAD_CALLBACK_S, RingSpeaker, TimedSpeaker, WavSpeaker
from voice_tui.drivers.devices.microphones import VirtualMicrophone
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.messages.inputs import CutDone, Progressed


def tone(samples: int, seed: int = 1) -> Pcm:
    return np.random.default_rng(seed).integers(1000, 20000, samples).astype(np.int16)


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
    heard = read_recording(tmp_path / "out.wav").pcm
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


def test_a_speaker_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="No such file or directory"):
        WavSpeaker(tmp_path / "nowhere" / "out.wav")

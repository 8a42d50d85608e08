"""Recordings as people have them: every kind is read, damaged ones as far as they go, with one remark."""

from __future__ import annotations

import tracemalloc
import wave
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_tui import plain_file
from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers import sound_file
from voice_tui.drivers.devices.microphones import VirtualMicrophone
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.devices.recordings import NO_NUMBERS, RecordingError, read_recording, read_tracks
from voice_tui.drivers.devices.selection import open_microphone

SECONDS = 2
KINDS = [
    ("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "PCM_32"), ("WAV", "PCM_U8"), ("WAV", "FLOAT"), ("WAV", "DOUBLE"),
    ("WAV", "ULAW"), ("WAV", "ALAW"), ("WAVEX", "PCM_16"), ("WAVEX", "PCM_24"), ("WAVEX", "FLOAT"), ("RF64", "PCM_16"),
    ("AIFF", "PCM_16"), ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
]  # fmt: skip
EXACT = [(kind, width) for kind, width in KINDS if kind in ("WAV", "WAVEX", "RF64", "AIFF") and "LAW" not in width]


def tone(rate: int) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(SECONDS * rate) / rate)).astype(np.float32)


def content(kind: str = "WAV", width: str = "PCM_16", rate: int = RATE, channels: int = 1) -> bytes:
    out = BytesIO()
    soundfile.write(out, np.stack([tone(rate)] * channels, axis=1), rate, format=kind, subtype=width)
    return out.getvalue()


def saved(path: Path, raw: bytes) -> Path:
    path.write_bytes(raw)
    return path


def pitch(pcm: np.ndarray) -> float:
    """Hz."""
    return float(np.argmax(np.abs(np.fft.rfft(pcm.astype(float)))) * RATE / len(pcm))


@pytest.mark.parametrize(("kind", "width"), KINDS)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_kind_is_read_whatever_its_name_says(tmp_path: Path, kind: str, width: str, channels: int) -> None:
    recording = read_recording(saved(tmp_path / "named.wav", content(kind, width, 48_000, channels)))
    assert recording.remark == ""
    assert len(recording.pcm) == pytest.approx(SECONDS * RATE, rel=0.05)
    assert pitch(recording.pcm) == pytest.approx(440, abs=1)
    assert np.abs(recording.pcm).max() == pytest.approx(16384, rel=0.2)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_every_rate_is_read(tmp_path: Path, rate: int) -> None:
    pcm = read_recording(saved(tmp_path / "x.wav", content(rate=rate))).pcm
    assert abs(len(pcm) - SECONDS * RATE) <= 4
    assert pitch(pcm) == pytest.approx(440, abs=1)


@pytest.mark.parametrize(
    ("kind", "width"), [("WAV", "GSM610"), ("AIFF", "GSM610"), ("AU", "G721_32"), ("WAV", "NMS_ADPCM_32")]
)
def test_what_telephones_record_is_read_though_nobody_can_seek_in_it(tmp_path: Path, kind: str, width: str) -> None:
    recording = read_recording(saved(tmp_path / "call.wav", content(kind, width, 8_000)))
    assert recording.remark == ""
    assert len(recording.pcm) == pytest.approx(SECONDS * RATE, rel=0.05)
    assert pitch(recording.pcm) == pytest.approx(440, abs=2)


def promising(raw: bytes, samples: int) -> bytes:
    """A FLAC file whose header tells another number of samples: 36 bits of its first block, 0 for unknown."""
    head = int.from_bytes(raw[21:26], "big")
    return raw[:21] + (head >> 36 << 36 | samples).to_bytes(5, "big") + raw[26:]


def test_a_flac_that_was_written_into_a_pipe_does_not_tell_its_length_and_is_whole(tmp_path: Path) -> None:
    recording = read_recording(saved(tmp_path / "x.flac", promising(content("FLAC"), 0)))
    assert (len(recording.pcm), recording.remark) == (SECONDS * RATE, "")


def test_no_room_is_made_for_what_a_header_promises(tmp_path: Path) -> None:
    recording = read_recording(saved(tmp_path / "x.flac", promising(content("FLAC", channels=2), 2**36 - 1)))
    assert len(recording.pcm) == SECONDS * RATE
    assert "x.flac: it is cut short: 2.0 s of it are used" in recording.remark


def test_what_unpacks_to_more_than_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_file, "MOST", SECONDS * RATE * 2)
    assert read_recording(saved(tmp_path / "x.flac", content("FLAC", channels=2))).remark == ""
    with pytest.raises(RecordingError, match=r"x\.flac: it holds more than 96,000 samples$"):
        read_recording(saved(tmp_path / "x.flac", content("FLAC", channels=3)))


def test_our_own_rate_and_width_are_read_to_the_bit(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).integers(-32768, 32768, 5_000).astype("<i2")
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    assert np.array_equal(read_recording(tmp_path / "x.wav").pcm, samples)


def test_chunks_before_and_behind_the_sound_are_no_sound(tmp_path: Path) -> None:
    raw = content()
    at = raw.index(b"data")
    noise = b"LIST" + (7).to_bytes(4, "little") + b"INFOabc\0"
    chunky = raw[:at] + noise + raw[at:] + noise
    chunky = chunky[:4] + (len(chunky) - 8).to_bytes(4, "little") + chunky[8:]
    recording = read_recording(saved(tmp_path / "x.wav", chunky))
    assert (len(recording.pcm), recording.remark) == (SECONDS * RATE, "")


def test_what_is_no_number_is_silence_and_what_is_too_loud_is_clipped(tmp_path: Path) -> None:
    samples = np.array([np.nan, np.inf, -np.inf, 7.0, 0.5] * 100, np.float32)
    soundfile.write(tmp_path / "x.wav", samples, RATE, subtype="FLOAT")
    recording = read_recording(tmp_path / "x.wav")
    assert recording.pcm[:5].tolist() == [0, 32767, -32768, 32767, 16384]
    assert f"x.wav: {NO_NUMBERS}" in recording.remark
    assert "nan counts as silence, inf as full scale" in NO_NUMBERS


@pytest.mark.parametrize(("channels", "words"), [(1, "one channel"), (3, "3 channels"), (300, "300 channels")])
def test_what_has_other_channels_than_two_is_refused_for_that(tmp_path: Path, channels: int, words: str) -> None:
    soundfile.write(tmp_path / "x.wav", np.zeros((800, channels), np.int16), 8_000)
    with pytest.raises(RecordingError, match=rf"x\.wav: it has {words}; two are needed: left the user"):
        read_tracks(tmp_path / "x.wav")


def test_a_file_without_a_number_is_not_said_to_hold_zeros(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", np.full(RATE, np.nan, np.float32), RATE, subtype="FLOAT")
    assert read_recording(tmp_path / "x.wav").remark.endswith("x.wav: " + NO_NUMBERS)


def test_samples_that_were_never_scaled_are_said_to_be_cut_off(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", tone(RATE) * 32768, RATE, subtype="FLOAT")
    remark = read_recording(tmp_path / "x.wav").remark
    assert remark.endswith("x.wav: its samples go up to 16384, what is above 1 is cut off")
    soundfile.write(tmp_path / "x.wav", tone(RATE) * 3, RATE, subtype="FLOAT")  # 1.5: as a lossy decoder does it
    assert read_recording(tmp_path / "x.wav").remark == ""


@pytest.mark.parametrize(("kind", "width"), EXACT)
def test_a_file_cut_in_mid_sample_plays_as_far_as_it_goes(tmp_path: Path, kind: str, width: str) -> None:
    raw = content(kind, width)
    recording = read_recording(saved(tmp_path / "cut.wav", raw[: len(raw) // 2 + 1]))
    assert len(recording.pcm) == pytest.approx(SECONDS * RATE / 2, rel=0.02)
    assert "cut.wav: it is cut short: 1.0 s of it are used" in recording.remark


def test_channels_that_cancel_each_other_out_are_not_taken_for_silence(tmp_path: Path) -> None:
    sound = tone(RATE)
    soundfile.write(tmp_path / "x.wav", np.stack((sound / 2, -sound, sound / 2), 1), RATE, subtype="FLOAT")
    recording = read_recording(tmp_path / "x.wav")
    assert recording.remark.endswith("x.wav: its channels cancel each other out: only channel 2 is used")
    assert np.abs(recording.pcm).max() == pytest.approx(np.abs(sound).max() * 32768, rel=0.01)


@pytest.mark.parametrize("share", [(1, 0), (0, 1), (1, 1), (1, -0.3), (0, 0, 0, 0, 1, 0)])
def test_channels_that_leave_something_are_averaged(tmp_path: Path, share: tuple[float, ...]) -> None:
    sound = tone(RATE)
    soundfile.write(tmp_path / "x.wav", np.stack([sound * each for each in share], 1), RATE, subtype="FLOAT")
    recording = read_recording(tmp_path / "x.wav")
    assert recording.remark == ""
    loud = np.abs(sound).max() * 32768 * abs(sum(share)) / len(share)
    assert np.abs(recording.pcm).max() == pytest.approx(loud, rel=0.01)


@pytest.mark.parametrize("rate", [RATE, 48_000])
def test_of_the_sound_there_are_two_copies_at_most_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: int
) -> None:
    path = tmp_path / "x.wav"
    soundfile.write(path, np.zeros((10 * rate, 2), np.int16), rate)
    monkeypatch.setattr(plain_file, "BLOCK", 2**16)
    read_tracks(path)  # whatever is loaded only then
    tracemalloc.start()
    read_tracks(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    beside = (peak - path.stat().st_size) / (10 * RATE * 2 * 2)
    assert beside < 2.5, "a copy as float is twice as much as one as it is kept"


def test_a_file_of_zeros_is_said_to_be_one(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", np.zeros(RATE, np.int16), RATE)
    assert read_recording(tmp_path / "x.wav").remark.endswith("x.wav: there is nothing but zeros in it")
    soundfile.write(tmp_path / "x.wav", np.r_[np.zeros(RATE), 0.1], RATE)
    assert read_recording(tmp_path / "x.wav").remark == ""


def test_a_damaged_file_plays_up_to_the_damage(tmp_path: Path) -> None:
    raw = content("FLAC")
    recording = read_recording(saved(tmp_path / "x.flac", raw[: len(raw) // 2]))
    assert 0.5 * RATE < len(recording.pcm) < 1.5 * RATE
    assert "x.flac: damaged" in recording.remark


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_header_that_was_never_finished_is_no_matter(tmp_path: Path, size: int) -> None:
    raw = bytearray(content())
    at = raw.index(b"data")
    raw[4:8] = raw[at + 4 : at + 8] = size.to_bytes(4, "little")
    recording = read_recording(saved(tmp_path / "x.wav", bytes(raw)))
    assert len(recording.pcm) == SECONDS * RATE
    assert "x.wav: its header was never finished" in recording.remark


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "No such file"),
        (b"", "the file is empty"),
        (b"not a recording\n" * 50, "no recording that can be read"),
        (content()[:44], "there is no audio in it"),
        (content()[:20], "no recording that can be read"),
    ],
)
def test_what_holds_no_audio_is_one_line_that_names_it(tmp_path: Path, raw: bytes | None, words: str) -> None:
    path = tmp_path / "ques\x1btion.wav"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(RecordingError) as failure:
        read_recording(path)
    assert "question.wav: " in str(failure.value)
    assert words in str(failure.value)
    assert "\n" not in str(failure.value)
    with pytest.raises(DeviceError, match=r"^mic: "):
        open_microphone(str(path))


def test_a_microphone_takes_any_file_and_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    raw = content("FLAC")
    whole = open_microphone(str(saved(tmp_path / "recording", raw)))
    damaged = open_microphone(str(saved(tmp_path / "x.FLAC", raw[: len(raw) // 2])))
    assert isinstance(whole, VirtualMicrophone)
    assert isinstance(damaged, VirtualMicrophone)
    assert (whole.remark, "damaged" in damaged.remark) == ("", True)

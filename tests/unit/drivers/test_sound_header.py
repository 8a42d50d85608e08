"""Headers that say what can't be: one line names the file, the value and what is allowed, whoever reads it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.drivers.test_recordings import content, saved
from voice_tui.audio.stream.pcm import RATE
from voice_tui.cli.lab import lab
from voice_tui.drivers import sound_file
from voice_tui.drivers.devices import recordings
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.devices.recordings import RecordingError, read_recording, read_tracks
from voice_tui.drivers.devices.selection import open_microphone
from voice_tui.drivers.recording.reader import flac_samples

WAV = content()
HZ = "allowed are 94 to 6,144,000"
CHANNELS = "allowed are 1 to 1,024"


def put(raw: bytes, at: int, form: str, value: float) -> bytes:
    """With another value there."""
    return raw[:at] + struct.pack(form, value) + raw[at + struct.calcsize(form) :]


def behind(raw: bytes, mark: bytes, by: int) -> int:
    return raw.index(mark) + by


def wav(at: int, form: str) -> Callable[[float], bytes]:
    return lambda value: put(WAV, at, form, value)


def kind(name: str, mark: bytes, by: int, form: str, width: str = "PCM_16") -> Callable[[float], bytes]:
    raw = content(name, width)
    return lambda value: put(raw, behind(raw, mark, by), form, value)


WAV_RATE, WAV_CHANNELS, WAV_BITS = wav(24, "<I"), wav(22, "<H"), wav(34, "<H")
CAF_RATE = kind("CAF", b"desc", 12, ">d")
CASES: list[tuple[Callable[[float], bytes], float, str]] = [
    (WAV_RATE, 0, f"a sample rate of 0 Hz, {HZ}"),
    (WAV_RATE, 1, f"a sample rate of 1 Hz, {HZ}"),
    (WAV_RATE, 93, f"a sample rate of 93 Hz, {HZ}"),
    (WAV_RATE, 6_144_001, f"a sample rate of 6,144,001 Hz, {HZ}"),
    (WAV_RATE, 2**31, f"a sample rate of 2,147,483,648 Hz, {HZ}"),
    (WAV_RATE, 2**32 - 1, f"a sample rate of 4,294,967,295 Hz, {HZ}"),
    (WAV_CHANNELS, 0, f"0 channels, {CHANNELS}"),
    (WAV_CHANNELS, 1_025, f"1,025 channels, {CHANNELS}"),
    (WAV_CHANNELS, 65_535, f"65,535 channels, {CHANNELS}"),
    (WAV_BITS, 0, "a width of 0 bits, allowed are 1 to 64"),
    (WAV_BITS, 65_535, "a width of 65,535 bits, allowed are 1 to 64"),
    (kind("WAV", b"fmt ", 20, "<H", "IMA_ADPCM"), 0, "a block align of 0 bytes, allowed are 1 to 65,535"),
    (kind("W64", b"fmt ", 28, "<I"), 0, f"a sample rate of 0 Hz, {HZ}"),
    (kind("RF64", b"fmt ", 12, "<I"), 0, f"a sample rate of 0 Hz, {HZ}"),
    (kind("AU", b".snd", 16, ">I"), 0, f"a sample rate of 0 Hz, {HZ}"),
    (kind("AU", b".snd", 20, ">I"), 65_535, f"65,535 channels, {CHANNELS}"),
    (kind("AIFF", b"COMM", 8, ">H"), 0, f"0 channels, {CHANNELS}"),
    (CAF_RATE, 0.0, f"a sample rate of 0 Hz, {HZ}"),
    (CAF_RATE, -24_000.0, f"a sample rate of -24,000 Hz, {HZ}"),
    (CAF_RATE, float("inf"), f"a sample rate of inf Hz, {HZ}"),
]


@pytest.mark.parametrize(("made", "value", "words"), CASES)
def test_a_value_that_can_t_be_is_said_with_what_is_allowed(
    tmp_path: Path, made: Callable[[float], bytes], value: float, words: str
) -> None:
    path = saved(tmp_path / "x.wav", made(value))
    for read in (read_recording, read_tracks):
        with pytest.raises(RecordingError) as failure:
            read(path)
        assert str(failure.value) == f"{path}: its header says {words}"
    with pytest.raises(DeviceError) as unusable:
        open_microphone(str(path))
    assert str(unusable.value) == f"mic: {path}: its header says {words}"


@pytest.mark.parametrize("value", [1, 65_535])
def test_what_does_not_fit_together_is_said_as_the_header_has_it(tmp_path: Path, value: int) -> None:
    path = saved(tmp_path / "x.wav", kind("WAV", b"fmt ", 20, "<H", "IMA_ADPCM")(value))
    with pytest.raises(RecordingError) as failure:
        read_recording(path)
    facts = f"24,000 Hz, 1 channel, a block align of {value:,} byte{'s' * (value > 1)}, a width of 4 bits, WAVE_FORMAT_"
    said = "no recording that can be read (that does not fit together): its header says a sample rate of "
    assert str(failure.value) == f"{path}: {said}{facts}IMA_ADPCM"


@pytest.mark.parametrize("value", [0, 1, 3, 65_535])
def test_where_each_sample_stands_for_itself_the_block_align_says_nothing(tmp_path: Path, value: int) -> None:
    recording = read_recording(saved(tmp_path / "x.wav", wav(32, "<H")(value)))
    assert (recording.remark, recording.pcm.tobytes()) == ("", WAV[44:])


def test_the_lowest_rate_is_converted_and_no_more_is_made_of_it_than_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "x.wav", WAV_RATE(94)[: 44 + 2 * 94])  # a second
    assert len(read_recording(path).pcm) == pytest.approx(RATE, abs=300)
    for where in (sound_file, recordings):
        monkeypatch.setattr(where, "MOST", RATE // 2)
    with pytest.raises(RecordingError, match=r"x\.wav: at the 94 Hz that its header says it is more than 12,000 sam"):
        read_recording(path)


@pytest.mark.parametrize(
    "command",
    [
        *("vad x.wav", "barge good.wav x.wav", "barge x.wav good.wav", "echo good.wav x.wav", "echo x.wav good.wav"),
        *("calibrate x.wav", "calibrate good.wav --ref x.wav", "compare x.wav", "steps x.wav"),
    ],
)
def test_every_command_says_it_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    saved(tmp_path / "x.wav", WAV_RATE(0))
    saved(tmp_path / "good.wav", WAV)
    result = CliRunner().invoke(lab, command.split())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [f"Error: x.wav: its header says a sample rate of 0 Hz, {HZ}"]


def test_a_track_of_ours_with_such_a_header_holds_nothing(tmp_path: Path) -> None:
    assert not len(flac_samples(saved(tmp_path / "x.flac", WAV_CHANNELS(0))))


@pytest.mark.parametrize(("name", "size"), [("WAV", 20), ("WAV", 25), ("AIFF", 30), ("AU", 18), ("CAF", 30)])
def test_a_header_that_is_cut_short_is_not_blamed_for_what_lacks(tmp_path: Path, name: str, size: int) -> None:
    with pytest.raises(RecordingError, match=r"x\.wav: no recording that can be read \(its header is cut short\)$"):
        read_recording(saved(tmp_path / "x.wav", content(name)[:size]))


def test_an_mp3_without_a_whole_frame_is_not_said_to_be_missing(tmp_path: Path) -> None:
    raw = content("MP3", "MPEG_LAYER_III")
    with pytest.raises(
        RecordingError, match=r"x\.mp3: no recording that can be read \(no frame of MPEG sound is whole\)$"
    ):
        read_recording(saved(tmp_path / "x.mp3", raw[:200]))


@pytest.mark.filterwarnings("error")
def test_a_header_that_leads_before_the_beginning_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RecordingError):
        read_recording(saved(tmp_path / "x.aiff", content("AIFF")[:30]))
    assert capfd.readouterr().err == ""

"""The noise of another room: how loud it is below a voice, that it goes round, and what is said of wrong options."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_tui.audio.decibels import from_dbfs, to_dbfs
from voice_tui.audio.speech_level import NOMINAL_DBFS, SpeechLevel
from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, RATE, SILENCE, Pcm, rms_dbfs
from voice_tui.cli.noise import room_options
from voice_tui.cli.options import UsageProblem
from voice_tui.drivers.devices.room_noise import SEAM, RoomNoise, RoomOptions, looped
from voice_tui.messages.noise import NOISE_KNOB, NoiseChanged, share_of, snr_of


def hum(dbfs: float, seconds: float, seed: int = 1) -> Pcm:
    """White noise at an RMS level."""
    x = np.random.default_rng(seed).standard_normal(round(seconds * RATE)) * from_dbfs(dbfs) * FULL_SCALE
    pcm: Pcm = np.clip(x, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    return pcm


def words(dbfs: float, seconds: float) -> Pcm:
    """As loud as that while it sounds, 300 ms in every half second."""
    pcm = hum(dbfs, seconds)
    pcm[np.arange(len(pcm)) % (RATE // 2) >= 3 * RATE // 10] = 0
    return pcm


def noise(snr_db: float | None = 10.0, dbfs: float = -33.0) -> RoomNoise:
    return RoomNoise(RoomOptions("fan", lambda: hum(dbfs, 2.0, seed=2), snr_db))


# ---- how loud somebody speaks


@pytest.mark.parametrize("dbfs", [-38.0, -26.0, -12.0])
def test_the_level_of_speech_is_that_of_its_words_and_not_of_its_pauses(dbfs: float) -> None:
    level = SpeechLevel()
    level.feed(words(dbfs, 4.0))
    assert level.dbfs == pytest.approx(dbfs, abs=0.5)


def test_what_can_not_be_heard_is_no_speech_and_little_of_it_not_enough() -> None:
    level = SpeechLevel()
    level.feed(hum(-60, 5.0))
    level.feed(words(-20, 1.0))
    assert level.dbfs == NOMINAL_DBFS


def test_a_shout_among_words_counts_by_its_share() -> None:
    level = SpeechLevel()
    level.feed(np.concatenate([words(-30, 10.0), words(-10, 0.5)]))
    assert -30 < level.dbfs < -20


# ---- the mixing


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 10.0, 25.0])
@pytest.mark.parametrize("dbfs", [-20.0, -50.0])
def test_the_noise_lies_so_far_below_the_voice_however_loud_its_file_is(snr_db: float, dbfs: float) -> None:
    heard = noise(snr_db, dbfs).under(np.zeros(RATE, np.int16), quiet=True)
    assert NOMINAL_DBFS - rms_dbfs(heard) == pytest.approx(snr_db, abs=0.5)


def test_the_level_follows_the_voice_slowly() -> None:
    room = noise(10.0)
    for _ in range(10):  # 10 s of a quiet voice, with the noise going to its place at 2 dB/s
        room.under(words(-36, 1.0), quiet=True)
    heard = room.under(np.zeros(RATE, np.int16), quiet=True)
    assert rms_dbfs(heard) == pytest.approx(-46, abs=1)


def test_what_is_played_is_not_taken_for_the_voice() -> None:
    room = noise(10.0)
    for _ in range(5):
        room.under(words(-10, 1.0), quiet=False)
    assert rms_dbfs(room.under(np.zeros(RATE, np.int16), quiet=True)) == pytest.approx(NOMINAL_DBFS - 10, abs=0.5)


def test_frames_together_and_one_by_one_are_the_same() -> None:
    whole, pieces = noise(), noise()
    together = whole.under(np.tile(SILENCE, 400), quiet=True)
    apart = np.concatenate([pieces.under(SILENCE, quiet=True) for _ in range(400)])
    assert np.array_equal(together, apart)
    assert len(together) > 2 * RATE - SEAM, "it went round"


def test_there_is_no_click_where_its_end_meets_its_beginning() -> None:
    t = np.arange(RATE) / RATE
    tone = (8_000 * np.sin(2 * np.pi * 100.37 * t)).astype(np.int16)
    loop = looped(tone)
    steps = np.abs(np.diff(np.concatenate([loop, loop[:1]])))
    assert steps[-1] < 2 * np.median(steps) + steps[:-SEAM].max()
    assert steps[-1] < 0.2


def test_off_and_on_again() -> None:
    room = noise(None)
    assert room.under(SILENCE, quiet=True) is SILENCE
    room.set(5.0)
    assert room.told == NoiseChanged("fan", 5.0)
    assert room.under(SILENCE, quiet=True).any()
    room.set(None)
    assert not room.under(SILENCE, quiet=True).any()


def test_where_there_is_none_nothing_is_touched() -> None:
    room = RoomNoise(None)
    room.set(5.0)
    assert room.told is None
    assert room.under(SILENCE, quiet=True) is SILENCE


def test_too_loud_is_clipped_and_never_wraps_round() -> None:
    loud = np.full(FRAME, 32_000, np.int16)
    heard = noise(-10.0).under(loud, quiet=False)
    assert heard.dtype == np.int16
    assert heard.min() > 0


# ---- the knob


@pytest.mark.parametrize("snr_db", [None, 40.0, 10.0, 0.0, -10.0])
def test_the_knob_says_how_far_the_noise_is_below_the_voice(snr_db: float | None) -> None:
    share = share_of(snr_db)
    assert NOISE_KNOB.check(share) == share
    assert snr_of(share) == (None if snr_db is None else pytest.approx(snr_db, abs=0.1))
    assert NOISE_KNOB.format(share) == ("off" if snr_db is None else f"{-snr_db + 0.0:.0f} dB")
    assert to_dbfs(NOISE_KNOB.high) == pytest.approx(10, abs=0.01)


# ---- the options


def test_a_recording_of_any_format_is_read(tmp_path: Path) -> None:
    path = tmp_path / "office.flac"
    soundfile.write(path, np.random.default_rng(3).uniform(-0.1, 0.1, (16_000, 2)), 16_000)
    room = room_options(str(path), 20.0)
    assert room is not None
    assert (room.name, room.snr_db) == ("office.flac", 20.0)
    assert len(room.sound()) == RATE


def test_hiss_needs_no_file_and_10_db_are_usual() -> None:
    room = room_options("hiss", None)
    assert room is not None
    assert (room.name, room.snr_db) == ("hiss", 10.0)
    assert rms_dbfs(room.sound()) > -40
    assert room_options(None, None) is None


@pytest.mark.parametrize(
    ("given", "snr_db", "words"),
    [
        (None, 10.0, "--snr: it says how loud the noise is: give --noise FILE, too"),
        ("hiss", 99.0, "--snr: 99 is not allowed, give -10 to 40 dB"),
        ("hiss", float("nan"), "--snr: nan is not allowed, give -10 to 40 dB"),
        ("nowhere.wav", 10.0, "--noise: nowhere.wav: No such file or directory"),
        ("silent.wav", 10.0, "--noise: silent.wav: it is silent"),
        ("text.wav", 10.0, "--noise: text.wav: no recording that can be read"),
    ],
)
def test_what_is_wrong_is_one_line(
    given: str | None, snr_db: float, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("silent.wav", np.zeros(2_400), RATE)
    Path("text.wav").write_text("no sound", encoding="utf-8")
    with pytest.raises(UsageProblem) as caught:
        room_options(given, snr_db)
    assert caught.value.message.startswith(words)
    assert "\n" not in caught.value.message

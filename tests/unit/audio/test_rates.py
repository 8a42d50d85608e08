"""Block resampling: exact lengths, speech unchanged, nothing aliased."""

import numpy as np
import pytest
import samplerate

from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.audio.stream.rates import BlockResampler, FileResampler

RATES = (8000, 16000, 22100, 32000, 44100, 48000, 96000)


def tone(rate: int, hz: float, seconds: float = 1.0) -> Pcm:
    wave: Pcm = np.rint(8000 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.int16)
    return wave


def through(resampler: BlockResampler, pcm: Pcm) -> Pcm:
    blocks = pcm.reshape(-1, resampler.block_in)
    return np.concatenate([resampler.process(block) for block in blocks])


@pytest.mark.parametrize("rate", RATES)
def test_ten_milliseconds_in_are_ten_milliseconds_out(rate: int) -> None:
    assert len(BlockResampler(rate, RATE).process(np.zeros(rate // 100, np.int16))) == RATE // 100
    assert len(BlockResampler(RATE, rate).process(np.zeros(RATE // 100, np.int16))) == rate // 100


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hz", [200, 1000, 3000])
def test_speech_keeps_its_level_in_both_directions(rate: int, hz: float) -> None:
    for a, b in ((rate, RATE), (RATE, rate)):
        out = through(BlockResampler(a, b), tone(a, hz))[b // 10 :].astype(float)
        expected = 2 * np.abs(np.fft.rfft(out)).max() / len(out)
        assert expected == pytest.approx(8000, rel=0.02)
        assert np.sqrt((out**2).mean()) == pytest.approx(8000 / np.sqrt(2), rel=0.02), "and nothing besides"


@pytest.mark.parametrize("rate", [44100, 48000])
def test_what_would_alias_is_gone(rate: int) -> None:
    out = through(BlockResampler(rate, RATE), tone(rate, 15_000))[RATE // 10 :].astype(float)
    assert np.sqrt((out**2).mean()) < 80, "more than 37 dB down"


def test_full_scale_does_not_wrap_around() -> None:
    square = np.where(np.arange(4800) // 60 % 2, 32767, -32768).astype(np.int16)
    out = through(BlockResampler(48000, RATE), square)
    assert np.abs(np.diff(out.astype(int))).max() <= 65535
    assert out.max() > 30000
    assert out.min() < -30000


def test_a_rate_without_whole_blocks_is_refused() -> None:
    with pytest.raises(ValueError, match="multiples of 100 Hz, not 11025 and 24000"):
        BlockResampler(11025, RATE)


@pytest.mark.parametrize("rate", [94, 8_000, 11_025, 22_051, 23_999, 24_001, 44_100, 48_000, 192_000, 1_000_003])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("piece", [1_024, 40_000])
def test_a_file_in_pieces_becomes_what_it_becomes_at_once(rate: int, channels: int, piece: int) -> None:
    samples = np.random.default_rng(rate).standard_normal((min(50_001, rate * 5), channels)).astype(np.float32)
    once = samplerate.resample(samples, RATE / rate, "sinc_best").reshape(-1, channels)
    resampler = FileResampler(rate, RATE, channels)
    blocks = [resampler.process(samples[at : at + piece]) for at in range(0, len(samples), piece)]
    pieces = np.concatenate([*blocks, resampler.rest()])
    assert len(pieces) == len(samples) * RATE // rate
    both = min(len(pieces), len(once))
    assert abs(len(once) - len(pieces)) <= 1  # it counts otherwise at the end, sometimes
    assert np.array_equal(pieces[:both], once[:both])


def test_nothing_is_lost_at_the_farthest_rate() -> None:
    rate = RATE * 256
    sound = np.sin(2 * np.pi * 1_000 * np.arange(rate // 50) / rate, dtype=np.float32)[:, None]
    resampler = FileResampler(rate, RATE, 1)
    pieces = np.concatenate([resampler.process(sound), resampler.rest()])[:, 0]
    assert len(pieces) == RATE // 50
    assert np.abs(pieces[-24:]).max() == pytest.approx(1.0, abs=0.15), "its last period is there"

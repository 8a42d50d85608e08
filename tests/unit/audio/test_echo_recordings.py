"""What is told of an echo in recordings, in which something other than our sweeps was played."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.audio.test_echo_path import convolved, diffuse
from tests.unit.audio.test_engines import voice
from voice_tui.audio.echo.advice import EchoAdvice
from voice_tui.audio.echo.kalman import TAIL_MS
from voice_tui.audio.echo.moved import PIECE, jumps
from voice_tui.audio.echo.outcome import EchoPath, Finding
from voice_tui.audio.echo.path import EchoPathError, HeardError
from voice_tui.audio.echo.powers import strange_share
from voice_tui.audio.echo.response import Signal, deconvolved, highest, repeats
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.replay.calibration import echo_path

QUIET = 1e-4


def talk(seconds: float, seed: int = 0) -> Signal:
    """Noise that comes in syllables, words and pauses, as speech does."""
    rng = np.random.default_rng(seed)
    sound, at = np.zeros(round(seconds * RATE)), 0
    while at < len(sound):
        long = int(rng.integers(RATE // 8, RATE // 3))
        part = sound[at : at + long]
        part[:] = rng.standard_normal(len(part)) * np.hanning(long)[: len(part)] * rng.uniform(0.05, 0.15)
        at += long + int(rng.choice([0, 0, 0, RATE // 2]))
    return sound


def late(sound: Signal, ms: float) -> Signal:
    samples = round(ms * RATE / 1000)
    if samples < 0:
        return np.concatenate((sound[-samples:], np.zeros(-samples)))
    return np.concatenate((np.zeros(samples), sound))[: len(sound)]


def room(length: int, level: float = QUIET, seed: int = 7) -> Signal:
    return np.random.default_rng(seed).standard_normal(length) * level


def samples(sound: Signal) -> Pcm:
    return np.clip(np.rint(sound * 32_768), -32_768, 32_767).astype(np.int16)


def told(played: Signal, heard: Signal) -> EchoPath:
    return echo_path(samples(played), samples(heard))


def with_voice(sound: Signal, level: float, at_s: float, seconds: float = 0.5) -> Signal:
    said = voice(seconds) / 32_768
    mixed = sound.copy()
    mixed[round(at_s * RATE) :][: len(said)] += said / np.sqrt((said**2).mean()) * level
    return mixed


@pytest.mark.parametrize("seed", range(3))
def test_speech_tells_delay_and_leakage_as_sweeps_do(seed: int) -> None:
    played = talk(8, seed)
    path = told(played, late(played, 120) * 0.1 + room(len(played)))
    assert (path.finding, path.advice, path.jumps) == (Finding.HEARD, EchoAdvice.CANCELLER, ())
    assert path.delay_ms == pytest.approx(120, abs=0.1)
    assert path.leakage_db == pytest.approx(-20, abs=0.5)


@pytest.mark.parametrize("hertz", [220, 1_000, 3_000])
def test_a_tone_tells_no_delay(hertz: float) -> None:
    played = 0.3 * np.sin(2 * np.pi * hertz * np.arange(6 * RATE) / RATE)
    path = told(played, late(played, 120) * 0.25 + room(len(played)))
    assert (path.finding, path.advice) == (Finding.HEARD, EchoAdvice.OTHER_SOUND)
    assert path.delay_ms is path.erle_db is None


def melody(seconds: float, seed: int = 1) -> Signal:
    """Notes of 300 ms with 10 ms between them: the room is never heard by itself."""
    rng, played = np.random.default_rng(seed), np.zeros(round(seconds * RATE))
    t = np.arange(round(0.29 * RATE)) / RATE
    for at in range(0, len(played) - len(t), round(0.3 * RATE)):
        hertz = rng.choice([262, 294, 330, 349, 392, 440, 494, 523])
        note = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in (1, 2, 3, 4))
        played[at : at + len(t)] = 0.2 * np.minimum(1, t / 0.01) * np.exp(-t) * note
    return played


def test_the_echo_of_a_note_is_not_the_noise_of_the_room() -> None:
    played = melody(9)
    path = told(played, late(played, 120) * 0.25 + room(len(played)))
    assert path.delay_ms == pytest.approx(120, abs=0.2)
    assert path.noise_dbfs is None, "nothing is known of a room that is never heard by itself"
    assert path.erle_db is not None
    assert path.advice is not EchoAdvice.QUIETER_ROOM


@pytest.mark.parametrize(("noise", "share"), [(1e-3, 0.0), (0.01, 0.2), (0.03, 0.7)])
def test_what_is_no_echo_is_known_without_a_pause(noise: float, share: float) -> None:
    played = room(8 * RATE, 0.1, seed=3)
    heard = late(played, 120) * 0.2 + room(len(played), noise)
    assert strange_share(heard[round(0.12 * RATE) :], played) == pytest.approx(share, abs=0.05)
    path = told(played, heard)
    assert path.leakage_db == pytest.approx(20 * np.log10(0.2), abs=0.5)
    assert (path.advice is EchoAdvice.QUIETER_ROOM) is (share > 0.1)
    assert strange_share(np.zeros(len(played)), played) == 0


@pytest.mark.parametrize("by_ms", [-200, -40, 40, 200])
@pytest.mark.parametrize("rt60_s", [0.0, 0.3])
def test_a_delay_that_jumps_is_said(by_ms: float, rt60_s: float) -> None:
    played = talk(9)
    echo = (convolved(played, diffuse(rt60_s)) if rt60_s else played) * 0.2
    half = len(echo) // 2
    heard = np.concatenate((late(echo, 220)[:half], late(echo, 220 + by_ms)[half:]))
    path = told(played, heard + room(len(played)))
    ((at_s, jump_ms),) = path.jumps
    assert jump_ms == pytest.approx(by_ms, abs=1)
    assert abs(at_s - half / RATE) <= PIECE / RATE
    assert (path.finding, path.advice, path.erle_db) == (Finding.HEARD, EchoAdvice.STEADY_DEVICE, None)
    assert path.as_json()["jumps"] == [[round(at_s, 1), round(jump_ms, 1)]]


@pytest.mark.parametrize("rt60_s", [0.0, 0.2, 0.6])
@pytest.mark.parametrize("seed", range(3))
def test_a_room_is_no_jump(rt60_s: float, seed: int) -> None:
    played = talk(9, seed)
    echo = (convolved(played, diffuse(rt60_s)) if rt60_s else played) * 0.2
    assert jumps(late(echo, 80) + room(len(played), 1e-3), played) == ()


def test_two_clocks_are_no_jump() -> None:
    played = talk(9)
    apart = np.interp(np.arange(len(played)) * 1.0002, np.arange(len(played)), late(played, 120) * 0.2)
    assert jumps(apart + room(len(played)), played) == ()


@pytest.mark.parametrize(
    ("delay_ms", "too_late"), [(120, False), (250, False), (TAIL_MS, True), (400, True), (900, True)]
)
def test_an_echo_later_than_the_canceller_reaches_is_said(delay_ms: float, too_late: bool) -> None:
    played = talk(8)
    path = told(played, late(played, delay_ms) * 0.2 + room(len(played)))
    assert path.delay_ms == pytest.approx(delay_ms, abs=0.1)
    assert (path.advice is EchoAdvice.EARLIER_DEVICE) is too_late


@pytest.mark.parametrize(
    ("ms", "words"), [(-50, "0.05 s earlier"), (-1_500, "1.50 s earlier"), (3_000, "3.00 s later")]
)
def test_recordings_that_do_not_begin_together_are_told(ms: float, words: str) -> None:
    played = talk(8)
    with pytest.raises(HeardError, match=f"is in it, but {words}: both must begin at the same moment"):
        told(played, late(played, ms) * 0.2 + room(len(played)))


@pytest.mark.parametrize("at_s", [1, 4, 7])
@pytest.mark.parametrize("gain", [0.1, 0.01])
def test_half_a_second_of_a_loud_voice_is_noticed(at_s: float, gain: float) -> None:
    played = talk(8)
    heard = with_voice(late(played, 120) * gain + room(len(played)), 0.1, at_s)
    assert told(played, heard).finding is Finding.DISTURBED


def test_a_voice_that_is_fainter_than_the_echo_does_no_harm() -> None:
    played = talk(8)
    path = told(played, with_voice(late(played, 120) * 0.2 + room(len(played)), 0.003, 4))
    assert path.leakage_db == pytest.approx(-14, abs=0.5)


@pytest.mark.parametrize("pauses", [True, False])
@pytest.mark.parametrize(("level", "finding"), [(0.1, Finding.DISTURBED), (0, Finding.NOT_HEARD)])
def test_without_an_echo_a_voice_is_noticed_too(pauses: bool, level: float, finding: Finding) -> None:
    played = talk(8) if pauses else room(8 * RATE, 0.1, seed=3)
    path = told(played, with_voice(room(len(played), 1e-3), level, 4))
    assert path.finding is finding
    assert (path.noise_dbfs is None) is not pauses
    if path.below_db is not None:
        assert -80 < path.below_db < -20


def test_what_is_too_short_to_tell_is_no_nothing() -> None:
    played = talk(8)
    with pytest.raises(HeardError, match=r"^0\.5 s are too short to tell whether what was played, 8\.0 s, was heard"):
        told(played, room(RATE // 2, 0.2))
    with pytest.raises(HeardError, match=r"^0\.1 s are too short"):
        told(played, room(RATE // 10))
    with pytest.raises(EchoPathError, match="too little to tell whether it was heard: give more") as caught:
        told(played[: RATE // 2], room(RATE, 0.2))
    assert not isinstance(caught.value, HeardError), "what was played is too short"


def test_a_response_has_its_peak_where_the_echo_stands() -> None:
    played = talk(3)
    response = deconvolved(late(played, 50) * 0.5, played, RATE // 10, RATE // 10)
    assert highest(response, -RATE // 10).lag == RATE // 20
    assert highest(response, -RATE // 10).height == pytest.approx(0.5 * deconvolved(played, played, 0, 1)[0], rel=0.05)
    early = deconvolved(late(played, -50), played, RATE // 10, RATE // 10)
    assert highest(early, -RATE // 10).lag == -RATE // 20
    assert not deconvolved(played, np.zeros(len(played)), 10, 10).any()
    assert highest(np.zeros(20)).certainty == 0


def test_what_repeats_itself_is_told_from_what_does_not() -> None:
    assert not repeats(talk(3), RATE // 2)
    assert not repeats(melody(3), RATE // 2)
    assert repeats(np.tile(room(RATE // 50, 0.1), 150), RATE // 2)

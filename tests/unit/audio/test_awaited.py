"""What a path makes of what was played: the same made at once or kept up, and it explains what it should."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_tui.audio.echo.awaited import COMPARED, EARLIER, EMPHASIS, FAINT, LATER, RISE, Awaited
from voice_tui.audio.echo.kalman import KalmanCanceller
from voice_tui.audio.stream.resample import MODEL_FRAME, MODEL_RATE, Samples

TAIL, FRAMES = 5120, 90
RNG = np.random.default_rng(4)
PLAYED = (RNG.standard_normal(FRAMES * MODEL_FRAME) * np.repeat(RNG.uniform(0.01, 0.3, FRAMES), MODEL_FRAME)).astype(
    np.float32
)


def path(delay: int) -> Samples:
    """A room of 30 ms behind so many samples."""
    taps, room = np.zeros(TAIL, np.float32), MODEL_RATE * 30 // 1000
    taps[delay : delay + room] = 0.1 * RNG.standard_normal(room) * np.exp(-np.arange(room) / 60)
    taps[delay] = 0.5
    taps[:delay] = 1e-3 * RNG.standard_normal(delay)  # as in one that was learned
    return taps


def mic(taps: Samples, later: int) -> Samples:
    """The end of what comes back, so many samples later than the path says."""
    echo = np.convolve(PLAYED, taps)[: len(PLAYED)]
    return np.asarray(np.roll(echo, later)[-COMPARED:] + 1e-3 * RNG.standard_normal(COMPARED), np.float32)


def by_the_book(taps: Samples, heard: Samples, advance: int) -> NDArray[np.float64]:
    """The same sample by sample and in double precision."""
    forward = np.convolve(PLAYED.astype(float), taps[advance:].astype(float))[: len(PLAYED)]
    echo, own = (x[1:] - float(EMPHASIS) * x[:-1] for x in (forward, heard.astype(float)))
    shares, power = [], float(own @ own)
    for later in range(advance + LATER + 1):
        part = echo[len(echo) - later - len(own) : len(echo) - later]
        product, energy = float(part @ own), float(part @ part)
        shares.append(max(product, 0.0) ** 2 / energy / power if energy > FAINT * power else 0.0)
    return np.array(shares)


@pytest.mark.parametrize(("delay", "later"), [(2400, -300), (700, 1111), (0, 4000), (1040, 0)])
def test_what_it_explains_at_each_delay(delay: int, later: int) -> None:
    taps, awaited = path(delay), Awaited(TAIL)
    awaited.begin(taps, PLAYED[-awaited.history :])
    heard = mic(taps, later)
    share = awaited.explains(heard)
    assert awaited.advance == max(0, min(EARLIER, delay - RISE))
    assert np.allclose(share, by_the_book(taps, heard, awaited.advance), atol=2e-3)
    assert int(share.argmax()) - awaited.advance == later
    assert share.max() > 0.9


def test_kept_up_frame_by_frame_it_is_what_it_would_be_made_anew() -> None:
    taps, kept, anew, canceller = path(1500), Awaited(TAIL), Awaited(TAIL), KalmanCanceller()
    heard, first = mic(taps, 800), FRAMES - 40
    for frame in range(FRAMES):
        canceller.process(np.zeros(MODEL_FRAME, np.float32), PLAYED[frame * MODEL_FRAME :][:MODEL_FRAME])
        if frame == first:
            past = np.zeros(kept.history, np.float32)
            known = PLAYED[: (frame + 1) * MODEL_FRAME][-kept.history :]
            past[-len(known) :] = known
            kept.begin(taps, past)
        elif frame > first:
            kept.add(canceller.played)
    anew.begin(taps, PLAYED[-anew.history :])
    assert np.allclose(kept.explains(heard), anew.explains(heard), atol=1e-4)
    assert int(kept.explains(heard).argmax()) - kept.advance == 800


def test_another_path_is_another_expectation() -> None:
    first, second, used, fresh = path(900), path(2000), Awaited(TAIL), Awaited(TAIL)
    used.begin(first, PLAYED[-used.history :])
    for awaited in (used, fresh):
        awaited.begin(second, PLAYED[-awaited.history :])
    heard = mic(second, 50)
    assert np.array_equal(used.explains(heard), fresh.explains(heard))


def test_silence_explains_nothing_and_is_not_explained() -> None:
    taps, awaited = path(900), Awaited(TAIL)
    awaited.begin(taps, np.zeros(awaited.history, np.float32))
    assert not awaited.explains(mic(taps, 0)).any()
    awaited.begin(taps, PLAYED[-awaited.history :])
    assert not awaited.explains(np.zeros(COMPARED, np.float32)).any()

"""Our high-pass is the library's, sample by sample, in pieces of any length."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pywebrtc_audio import AudioProcessor

from voice_tui.audio.echo.high_pass import FAINT, HighPass
from voice_tui.audio.stream.resample import MODEL_FRAME, MODEL_RATE, Samples


def sound(frames: int) -> Samples:
    """A voice's level over a direct current, then a quiet room."""
    x = np.random.default_rng(frames).standard_normal(frames * MODEL_FRAME) * 0.1 + 0.3
    x[len(x) // 2 :] *= 1e-4
    return x.astype(np.float32)


def test_it_is_the_librarys() -> None:
    x, library, ours = (
        sound(200).reshape(-1, MODEL_FRAME),
        AudioProcessor(MODEL_RATE, high_pass_filter=True),
        HighPass(),
    )
    for frame in x:
        np.testing.assert_allclose(ours.process(frame), library.process(frame + FAINT[0]), atol=2e-5)
    assert np.abs(ours.process(x[0] * 0 + x[-1])).max() < 1e-4, "and the current is gone"


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_pieces_of_any_length_are_filtered_as_one(sizes: list[int]) -> None:
    x, pieces = sound(sum(sizes)), HighPass()
    edges = np.cumsum([0, *sizes]) * MODEL_FRAME
    out = [pieces.process(x[a:b]) for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)]
    np.testing.assert_allclose(np.concatenate(out), HighPass().process(x), atol=5e-6)

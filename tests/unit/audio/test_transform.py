"""The quick transforms are numpy's, whichever way they are called."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from voice_tui.audio.spectral.transform import Back, Forward, functions, irfft, rfft

RNG = np.random.default_rng(8)
EXACT = 3e-6  # single precision, of samples around 1
SHAPES = [(512,), (320,), (32, 320), (5, 512), (11250,), (2, 3, 8)]


@pytest.mark.parametrize("shape", SHAPES)
def test_they_are_those_of_numpy(shape: tuple[int, ...]) -> None:
    samples = RNG.standard_normal(shape).astype(np.float32)
    spectra = rfft(samples)
    assert spectra.dtype == np.complex64
    assert np.allclose(spectra, np.fft.rfft(samples.astype(np.float64)), atol=EXACT * np.sqrt(shape[-1]))
    back = irfft(spectra)
    assert back.dtype == np.float32
    assert np.allclose(back, samples, atol=EXACT)
    assert np.array_equal(back, np.fft.irfft(spectra))
    assert np.array_equal(rfft(samples, precise=True), np.fft.rfft(samples))


def test_they_put_it_where_they_are_told_to() -> None:
    samples, spectra = RNG.standard_normal((4, 16)).astype(np.float32), np.empty((4, 9), np.complex64)
    again = np.empty((4, 16), np.float32)
    assert rfft(samples, spectra) is spectra
    assert irfft(spectra, again) is again
    assert np.allclose(again, samples, atol=EXACT)


def test_parts_of_other_memory_are_transformed_as_well() -> None:
    line = RNG.standard_normal(64).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(line, 32)[::16]
    assert np.array_equal(rfft(windows), rfft(windows.copy()))


def works(pair: tuple[Forward, Back]) -> bool:
    samples = RNG.standard_normal((3, 20)).astype(np.float32)
    quick, precise = (pair[0](samples, np.empty((3, 11), np.complex64), exact) for exact in (False, True))
    again = pair[1](precise, np.empty((3, 20), np.float32))
    return (
        np.allclose(quick, precise, atol=1e-5)
        and np.array_equal(precise, np.fft.rfft(samples))
        and np.allclose(again, samples, atol=EXACT)
    )


def other(*_: object) -> None:
    """Does nothing that was asked for."""


def fails(*_: object) -> None:
    """Is called otherwise."""
    raise TypeError


@pytest.mark.parametrize(
    "content",
    [{}, {"rfft_n_even": other, "irfft": other}, {"rfft_n_even": fails, "irfft": fails}],
    ids=["other names", "other meaning", "other arguments"],
)
def test_a_numpy_that_has_others_is_asked_in_public(
    content: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("otherwise")
    vars(module).update(vars(SimpleNamespace(**content)))
    monkeypatch.setitem(sys.modules, "otherwise", module)
    assert works(functions("otherwise"))


def test_a_numpy_without_the_module_is_asked_in_public() -> None:
    assert works(functions("numpy.fft.is_not_there"))
    assert works(functions())

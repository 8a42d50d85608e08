"""Real transforms in single precision, for what is transformed in every frame.

``np.fft.rfft`` transforms single precision in double precision and rounds what comes of it; and what it does before,
looking at its arguments and at what may stand in the place of an array, takes as long as a transform of 512 samples.
The transforms themselves are ufuncs of a module of numpy's own, and are called directly where it has them; where it has
not, or has other ones, the public functions give the same but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Spectra = NDArray[np.complex64]
Forward = Callable[[Samples, Spectra, bool], Spectra]
Back = Callable[[Spectra, Samples], Samples]

NATIVE = "numpy.fft._pocketfft_umath"


def _public_forward(samples: Samples, out: Spectra, precise: bool) -> Spectra:
    out[:] = np.fft.rfft(samples, norm=None if precise else "forward")
    if not precise:  # so it stays in single precision
        out *= np.float32(samples.shape[-1])
    return out


def _public_back(spectra: Spectra, out: Samples) -> Samples:
    out[:] = np.fft.irfft(spectra, out.shape[-1])
    return out


def functions(module: str = NATIVE) -> tuple[Forward, Back]:
    """The two transforms: the ufuncs of this module if they do what is expected of them, else the public ones."""
    single, double = np.array(1, np.float32), np.array(1, np.float64)  # a factor, by which the precision is chosen
    try:
        ufuncs = import_module(module)
        to_spectra, to_samples = ufuncs.rfft_n_even, ufuncs.irfft

        def forward(samples: Samples, out: Spectra, precise: bool) -> Spectra:
            to_spectra(samples, double if precise else single, out)
            return out

        def back(spectra: Spectra, out: Samples) -> Samples:
            to_samples(spectra, _share(out.shape[-1]), out)
            return out

        rows = np.array(((1, 2, 3, 5), (8, 13, 21, 34)), np.float32)
        known = forward(rows, np.empty((2, 3), np.complex64), False)
        if np.allclose(known, np.fft.rfft(rows)) and np.allclose(back(known, np.empty_like(rows)), rows):
            return forward, back
    except (ImportError, AttributeError, TypeError, ValueError):
        pass
    return _public_forward, _public_back


@cache
def _share(size: int) -> NDArray[np.float32]:
    return np.array(1 / size, np.float32)


_FORWARD, _BACK = functions()


def rfft(samples: Samples, out: Spectra | None = None, *, precise: bool = False) -> Spectra:
    """Spectra of rows of samples.

    Args:
        samples: float32, shape (…, n), n even.
        out: complex64, shape (…, n // 2 + 1): where they are put; None: into new memory.
        precise: Computed in double precision, as numpy does it, and rounded: takes nearly twice as long.
    """
    if out is None:
        out = np.empty((*samples.shape[:-1], samples.shape[-1] // 2 + 1), np.complex64)
    return _FORWARD(samples, out, precise)


def irfft(spectra: Spectra, out: Samples | None = None) -> Samples:
    """The samples that rows of spectra are of.

    Args:
        spectra: complex64, shape (…, n // 2 + 1).
        out: float32, shape (…, n), n even: where they are put; None: into new memory.
    """
    if out is None:
        out = np.empty((*spectra.shape[:-1], 2 * (spectra.shape[-1] - 1)), np.float32)
    return _BACK(spectra, out)

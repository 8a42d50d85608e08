"""What devices and other drivers tell the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """10 ms of microphone.

    Attributes:
        pcm: int16, shape (240,), mono at 24 kHz.
        sample_index: Position of its first sample on the microphone's clock.
        reference: What was handed to the loudspeaker at about that time, the same shape; None: nothing.
    """

    pcm: NDArray[np.int16]
    sample_index: int
    reference: NDArray[np.int16] | None = None


@dataclass(frozen=True, slots=True)
class PlaybackProgress:
    """How far the playback stream is, in samples of content since it was opened.

    Attributes:
        handed: Handed over to the device.
        sounding: At the converter now (never more than ``handed``).
    """

    handed: int
    sounding: int


@dataclass(frozen=True, slots=True)
class PlaybackCut:
    """The output callback began the fade of cut number ``cut``.

    Attributes:
        cut: Number given in `Flush`.
        handed: Samples of content handed over before the fade: what will have been heard.
        queued: Samples that had been queued at the decision: where the next content begins.
    """

    cut: int
    handed: int
    queued: int


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool that the engine had called is done.

    Attributes:
        call_id: As in `CallTool`.
        output: What the model is told: any text, usually JSON; errors too.
    """

    call_id: str
    output: str

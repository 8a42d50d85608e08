"""What one endpoint's wire does otherwise than the dialect it speaks: data, never a provider's name."""

from __future__ import annotations

from dataclasses import dataclass

PCM, ULAW, ALAW = "pcm", "g711_ulaw", "g711_alaw"
AUDIO_FORMATS = (PCM, ULAW, ALAW)
"""What can be asked for: PCM at the rates of `Deviations`, or a telephone's 8 kHz in 8 bits."""


@dataclass(frozen=True, slots=True)
class Deviations:
    """What an endpoint does otherwise; the defaults are none.

    Attributes:
        audio_format: What is asked for in both directions, one of `AUDIO_FORMATS`.
        input_rate, output_rate: Hz of PCM to the endpoint and from it, where it is not the 24 kHz of this program.
        sends_formats: Whether the endpoint is told the formats; else it keeps to the ones above by itself.
        unsent: Fields of ``session.update`` that are left out, as dotted GA paths
            (``audio.input.turn_detection.interrupt_response``).
        top_level: Last names of such paths that this endpoint wants at the top of a GA session (``voice``).
        nested_tools: A tool is ``{type, function: {name, …}}``, not flat.
        no_turn_detection: How turns by hand are asked for: ``null``, ``type null`` or ``type none``.
    """

    audio_format: str = PCM
    input_rate: int = 24_000
    output_rate: int = 24_000
    sends_formats: bool = True
    unsent: frozenset[str] = frozenset()
    top_level: frozenset[str] = frozenset()
    nested_tools: bool = False
    no_turn_detection: str = "null"


NO_DEVIATIONS = Deviations()

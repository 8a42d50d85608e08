"""What is wrong with the header of a sound file, in words: libsndfile's own are meant for those who write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voice_tui.audio.stream.pcm import CONVERTED

CHANNELS = (1, 1_024)
"""As many libsndfile takes."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a header says.

    Attributes:
        found: How libsndfile notes it.
        words: How we say it.
        allowed: From where to where.
    """

    found: str
    words: str
    allowed: tuple[int, int]


RATE_TOLD = Fact("Sample rate", "a sample rate of {} Hz", CONVERTED)
FACTS = (
    RATE_TOLD,
    Fact(r"Channels(?: / frame)?", "{} channels", CHANNELS),
    Fact("Block align", "a block align of {} bytes", (1, 65_535)),
    Fact("Bit width|Sample size|Bits / channel", "a width of {} bits", (1, 64)),
)
FORMAT = re.compile(r"^ *Format *: *0x\w+ => *(\w+)", re.MULTILINE)
HEADS = {b"fmt ": 24, b"COMM": 26, b"desc": 44, b".snd": 24}
"""What a header of WAV, AIFF, CAF and AU is told behind, and how many bytes that takes: what lacks is read as 0."""
HEAD = 4_096  # bytes in which they stand
SAID = {
    "Internal error": "that does not fit together",
    "Unspecified internal error": "that does not fit together",
    "File does not exist": "no frame of MPEG sound is whole",
}
"""What libsndfile says, by its first words, where that is not what it means."""


def wrong_rate(rate: int) -> str:
    """What is wrong with a rate; "" for nothing."""
    return _wrong(RATE_TOLD, rate)


def refusal(said: str, log: str, raw: bytes) -> str:
    """Why a file could not be opened.

    Args:
        said: What libsndfile says of it.
        log: What it noted while it read the header.
        raw: The file, from its beginning.
    """
    if any(0 <= raw.find(head, 0, HEAD) > len(raw) - size for head, size in HEADS.items()):
        return "no recording that can be read (its header is cut short)"
    told = list(_told(log))
    if wrong := next(filter(None, (_wrong(fact, value) for fact, value in told)), ""):
        return wrong
    said = said.strip().rstrip(".")
    said = next((words for first, words in SAID.items() if said.startswith(first)), said)
    if not told:
        return f"no recording that can be read ({said})"
    kind = FORMAT.search(log)
    facts = ", ".join([*(_words(fact, value) for fact, value in told), *(kind.groups() if kind else ())])
    return f"no recording that can be read ({said}): its header says {facts}"


def _told(log: str) -> Iterator[tuple[Fact, float]]:
    for fact in FACTS:
        if found := re.search(rf"^ *(?:{fact.found}) *: *(-?[\d.]+|inf)", log, re.MULTILINE | re.IGNORECASE):
            value = float(found[1])
            # A rate has no sign, but is noted as if it had; only where it is written as a fraction there is one.
            unsigned = fact is RATE_TOLD and value < 0 and "." not in found[1]
            yield fact, value + 2**32 if unsigned else value


def _wrong(fact: Fact, value: float) -> str:
    low, high = fact.allowed
    return "" if low <= value <= high else f"its header says {_words(fact, value)}, allowed are {low:,} to {high:,}"


def _words(fact: Fact, value: float) -> str:
    words = fact.words.removesuffix("s") if value == 1 else fact.words
    return words.format(f"{value:,.15g}")

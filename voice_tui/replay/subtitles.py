"""What was said as subtitles (SubRip), on the clock of the recording's sound."""

from __future__ import annotations

from itertools import pairwise

from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.messages.talk import Row
from voice_tui.plain_text import one_line
from voice_tui.replay.account import Said, account_of

WORD_S = 0.4
"""How long a word is shown where nothing else says how long it was heard."""
LEAST_S, MOST_S = 1.0, 7.0


def subtitles(talk: RecordedTalk) -> bytes:
    """Each row as one subtitle; of an answer that was cut the part that was heard.

    Raises:
        Unreadable: The recording can't be read.
    """
    told = account_of(talk).said
    said = sorted((each for each in told if each.row.text and not each.row.greeting), key=lambda each: each.at_s)
    if not said:
        return b""
    ends = [after.at_s for _, after in pairwise(said)] + [len(talk.heard) / RATE]
    cues = [
        f"{number}\n{_time(each.at_s)} --> {_time(_end(each, end))}\n{_words(each.row)}\n"
        for number, (each, end) in enumerate(zip(said, ends, strict=True), 1)
    ]
    return "\n".join(cues).encode()


def _end(each: Said, end: float) -> float:
    """Not behind the beginning of the next one, and not before its own."""
    return max(each.at_s, min(end, each.at_s + _length(each)))


def _length(each: Said) -> float:
    if each.row.cut is not None:
        return max(LEAST_S, each.row.cut.heard_ms / 1000)
    return min(MOST_S, max(LEAST_S, len(each.row.text.split()) * WORD_S))


def _words(row: Row) -> str:
    words = f"{one_line(row.speaker)}: {one_line(row.text, 2_000)}"
    return f"{words} [cut]" if row.cut is not None else words


def _time(seconds: float) -> str:
    ms = round(max(0.0, seconds) * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"

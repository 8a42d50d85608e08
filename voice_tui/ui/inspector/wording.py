"""How events are said: a line of the list, the lines above their JSON, the title."""

from __future__ import annotations

import numpy as np
from rich.cells import cell_len

from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.wirestore import WireEvent
from voice_tui.messages.inspection import Glance
from voice_tui.plain_text import one_line
from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.inspector.json_text import json_lines
from voice_tui.ui.inspector.log import EventLog

SENT, RECEIVED, HERE = "→", "←", "·"
SIGNS = {"client": SENT, "server": RECEIVED, "here": HERE}
WAYS = {"client": "sent", "server": "received", "here": "written here"}
LINKED = "⇄"
BARS = " ▁▂▃▄▅▆▇█"
WAVE_CELLS = 32
_TIME, _SIZE = 9, 7
_BYTES_PER_MS = {"audio/pcmu": 8, "audio/pcma": 8}  # and PCM by its rate
LEGEND: tuple[Section, ...] = (
    (
        "The list",
        (
            (f"{SENT} {RECEIVED} {HERE}", "Sent, received; written by our own recogniser, over no wire."),
            (f"{LINKED}", "It answers the event under the cursor, or is answered by it."),
            ("00:12.345", "Since the conversation was first live, as the clock above."),
            ("filter", "Parts of types: “truncate cancel” lists both, “-delta” leaves out."),
            ("… (1,234 characters)", "A long string, folded; a copy and a saved file have all of it."),
        ),
    ),
)
LOST = "Its words are not kept: they are too old, or came faster than they could be put away."
EMPTY = "Nothing has gone over the wire yet."


def moment(seconds: float) -> str:
    """A time, ``00:12.345``; before the first session ``-0:01.234``."""
    whole = abs(seconds)
    return f"{'-' if seconds < 0 else ''}{int(whole) // 60:0{1 if seconds < 0 else 2}d}:{whole % 60:06.3f}"


def size(count: int) -> str:
    """Bytes in at most seven cells: ``812 B``, ``12.3 kB``, ``1.4 MB``."""
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:.1f} kB" if count < 100_000 else f"{count / 1_000_000:.1f} MB"


def sound_ms(count: int, encoding: str) -> int:
    """How long so many bytes of sound last."""
    kind, _, rate = encoding.partition(" ")
    return count // _BYTES_PER_MS.get(kind, max(1, 2 * int(rate or RATE) // 1_000))


def wave(pcm: Pcm, cells: int = WAVE_CELLS) -> str:
    """The loudness of a piece of sound as bars, 60 dB high; nothing of it is louder than the last one."""
    pieces = np.array_split(pcm.astype(np.float64), max(1, min(cells, len(pcm))))
    peaks = np.array([np.abs(piece).max(initial=0.0) for piece in pieces])
    decibels = 20 * np.log10(np.maximum(peaks, 1.0) / 32_768)
    return "".join(BARS[level] for level in np.clip(np.ceil((decibels + 60) / 60 * 8), 0, 8).astype(int))


def kind(glance: Glance, cells: int) -> str:
    """The type in so many cells: its end says most."""
    name = one_line(glance.type) or "no type"
    if cell_len(name) <= cells:
        return name
    end = name[len(name) - cells + 1 :]
    return f"…{end[max(0, end.find('.')) :]}"  # words of it stay whole


def note(event: WireEvent, glance: Glance, encoding: str) -> str:
    """A few words about what is in it."""
    return f"{sound_ms(glance.audio, encoding)} ms of sound" if glance.audio else glance.note


def line(
    event: WireEvent, glance: Glance, at: float, encoding: str, cells: int, *, linked: bool, several: bool
) -> list[Piece]:
    """One event of the list.

    Args:
        event: What to draw.
        glance: What one look at it told.
        at: When, s of the conversation.
        encoding: Of its sound.
        cells: Of the line.
        linked: It goes with the event under the cursor.
        several: There was more than one connection: say which it is.
    """
    hue = "trouble" if glance.trouble else "muted" if glance.audio else "text"
    lead = f"{event.connection} " if several else ""
    room = max(12, min(52, (cells - _TIME - _SIZE - len(lead) - 7) * 3 // 5))
    name = kind(glance, room)
    words = note(event, glance, encoding)
    rest = max(0, cells - _TIME - _SIZE - len(lead) - room - 8)
    return [
        (f"{moment(at):>{_TIME}} ", "muted"),
        (f"{LINKED if linked else ' '} ", "linked"),
        (f"{lead}{SIGNS.get(event.direction, '?')} ", hue),
        (name + " " * (room - cell_len(name)), hue),
        (f" {size(event.size):>{_SIZE}} ", "muted"),
        (f" {shorten(words, rest)}", "trouble" if glance.trouble else "muted"),
    ]


def head(event: WireEvent, at: float) -> str:
    """Which event it is."""
    parts = (
        f"#{event.number}",
        f"{SIGNS.get(event.direction, '?')} {WAYS.get(event.direction, event.direction)}",
        moment(at),
        size(event.size),
        f"connection {event.connection}",
        event.dialect,
    )
    return " · ".join(part for part in parts if part)


def links(log: EventLog, event: WireEvent) -> list[str]:
    """What it answers and what answers it, a line each."""
    found = []
    for other in log.linked(event.number):
        glance, apart = log.store.glance(other), round((other.t - event.t) * 1_000)
        later = other.number > event.number
        how = ("refused by" if glance.about else "then") if later else "answers"
        when = f"after {apart} ms" if later else f"{-apart} ms before"
        found.append(
            f"{LINKED} {how} #{other.number} {kind(glance, 52)} {when}" + (f": {glance.note}" if glance.trouble else "")
        )
    return found


def event_lines(log: EventLog, event: WireEvent, at: float, *, whole: bool) -> list[list[Piece]]:
    """One event: which it is, what goes with it, its sound, its JSON."""
    glance, raw = log.store.glance(event), log.store.raw(event)
    lines: list[list[Piece]] = [[(head(event, at), "head")]]
    lines += [[(words, "linked")] for words in links(log, event)]
    if glance.audio:
        encoding, pcm = log.encoding(event), log.sound(event)
        words = f"♪ {sound_ms(glance.audio, encoding)} ms, {glance.audio:,} bytes {encoding or 'audio/pcm 24000'}"
        lines.append([(f"{words}  ", "muted"), (wave(pcm) if pcm is not None else "", "wave")])
    if raw is None:
        return [*lines, [(LOST, "muted")]]
    return [*lines, *([(words, "text")] for words in json_lines(raw, whole=whole))]


def title(log: EventLog) -> str:
    """The frame's title."""
    store = log.store
    kept = store.last - store.first + 1
    parts = [f"Events · {log.count:,} of {kept:,}"]
    if log.behind > 1_000:
        parts.append(f"reading, {log.behind:,} to go")
    if not log.filter.audio:
        parts.append("audio hidden")
    if log.filter.direction:
        parts.append(f"{WAYS[log.filter.direction]} only")
    if log.filter.words.strip():
        parts.append(f"filter: {one_line(log.filter.words, 40)}")
    if store.problem:
        parts.append(store.problem)
    return " · ".join(parts)


def standing(log: EventLog, *, following: bool, new: int) -> str:
    """The frame's lower border: whether the list goes on."""
    if log.paused:
        return f"‖ paused, {log.waiting:,} new · {log.store.last:,} in all"
    if following:
        return ""
    return f"↓ {new:,} new · End follows" if new else "↓ End follows"

"""How users are told apart by name and colour, in the transcript and in the list of voices."""

from __future__ import annotations

from rich.cells import cell_len

from voice_tui.ui.common.wording import shorten

HUES = ("$you", "$success", "italic $you", "italic $success")
"""Looks of speakers, as the style sheet has them for the transcript; a fifth one looks like the first."""
VOICES = len(HUES)


def style_of(voice: int) -> str:
    """The style of a speaker's label in the transcript; 0 is a user whose voice is not known."""
    return f"voice-{(voice - 1) % VOICES + 1}" if voice else "user"


def fitted(name: str, cells: int) -> str:
    """A name in so many cells; a number at its end stays, for it tells Speaker 1 from Speaker 2."""
    head, _, last = name.rpartition(" ")
    if cell_len(name) > cells and head and last.isdigit():
        return f"{shorten(head, cells - len(last) - 1)} {last}"
    return shorten(name, cells)

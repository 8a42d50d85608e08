"""What the why-view says: the lines of a story, and its legend."""

from __future__ import annotations

from dataclasses import replace

from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.wording import clock
from voice_tui.ui.why.lanes import lanes
from voice_tui.why import Cut, Story, cut_after, sentences, when

EMPTY = (
    "Nothing to explain yet. Talk while the AI speaks: what happens then is told here,\n"
    "and so is every answer that came late or was held back."
)
STEP = 0.5
"""Of the sureness that is tried."""
LEAST, MOST = 1.0, 20.0
LEGEND: tuple[Section, ...] = (
    (
        "Why",
        (
            ("█ ▒ ░", "The answer as it was played: plainly, turned down, paused."),
            ("▾ ‖ ╳ ▸", "Turned down, paused, decided to stop, went on; the number is ms since the first sound."),
            ("how sure", "The evidence that it was you, added up; a full bar is the sureness that is needed."),
            ("tried", "The decision again, over the same evidence, with another sureness."),
        ),
    ),
)


def title(story: Story | None) -> str:
    """What the frame is called."""
    if story is None:
        return "Why?"
    if isinstance(story, Cut):
        return "Why did it go on?" if story.timed.resumed else "Why this cut?"
    return "Why was this answer held?" if story.held else "Why so late?"


def place(number: int, count: int, story: Story) -> str:
    """``‹ 3 of 3 ›`` and when it was."""
    return f"‹ {number} of {count} ›  {clock(story.at_ms / 1000)}"


def tried(story: Story, sureness: float) -> str:
    """What another sureness would have done."""
    if not isinstance(story, Cut) or story.traced is None:
        return ""
    knobs = story.traced.settings
    at = cut_after(story, replace(knobs, sureness=sureness))
    outcome = "no cut" if at is None else f"cut {when(at)}"
    was = " (as it was)" if sureness == knobs.sureness else ""
    return f"sureness {sureness:g}{was}: {outcome}"


def story_lines(story: Story, width: int, sureness: float | None = None) -> list[list[Piece]]:
    """A story whole: its first sentence, its picture, the other sentences, what is tried.

    Args:
        story: Which.
        width: Cells that there are.
        sureness: The one that is tried; None: nothing is.
    """
    first, *rest = sentences(story)
    lines: list[list[Piece]] = [[(first, "head")], []]
    if isinstance(story, Cut):
        lines += [*lanes(story, width), []]
    lines += [[(line, "text")] for line in rest]
    if sureness is not None and (words := tried(story, sureness)):
        lines += [[], [("tried  ", "muted"), (words, "found")]]
    return lines


def plain(lines: list[list[Piece]]) -> str:
    """The same as text."""
    return "\n".join("".join(text for text, _ in pieces).rstrip() for pieces in lines) + "\n"

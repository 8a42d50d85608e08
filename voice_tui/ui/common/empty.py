"""What screens say while there is nothing to show: what is missing, and how it comes about."""

from __future__ import annotations

from voice_tui.ui.common.state import State
from voice_tui.ui.keys import shown_key

TO_COME = "{nothing} up to here: {play} plays on."
"""Of a recording, wherever something else is asked for while one talks."""


def invitation(state: State, problem: str = "") -> str:
    """How a conversation begins.

    Args:
        state: Knows whether one can begin, and the keys.
        problem: Why there is no microphone, "" where there is one.
    """
    demo = shown_key(state.commands, "demo")
    live = f"Say something, or type. {demo} watches a demo caller."
    if problem:
        live = f"No microphone: {problem}. Press {demo} for the demo caller, or type."
    return missing(state, live, "Nothing is said")


def missing(state: State, live: str, nothing: str = "Nothing") -> str:
    """What stands in place of what is not there yet.

    Args:
        state: Knows whether a recording is shown.
        live: What there is to do for it.
        nothing: What is missing, at the beginning of a sentence: of a recording it is only said that it is to come.
    """
    play = shown_key(state.commands, "replay.play")
    return TO_COME.format(nothing=nothing, play=play) if state.replayed else live

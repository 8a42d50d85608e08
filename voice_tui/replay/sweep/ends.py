"""When settings end the user's turn: a level that falls silent, as the workshop's steps find it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, FRAME_MS
from voice_tui.audio.vad.segmenter import Edge, TurnSegmenter
from voice_tui.conversation.turn_taking.end_of_turn import LastWords, patience_ms
from voice_tui.replay.sweep.talk import SweptTalk, Wanted
from voice_tui.replay.sweep.trial import Settings, Trial

LATEST_MS = 3_000
"""So long behind the end of a turn its end has to be found."""
EARLY_MS = 100
"""So much earlier than a turn ends its end may be found: a soft last sound is below every level."""


def ends_ms(talk: SweptTalk, settings: Settings) -> list[int]:
    """When a turn is over: at the end of the frame that decides, ms of the talk.

    No words have come by then: how finished a turn sounds is told by the voice alone, as live.
    """
    segmenter, words = TurnSegmenter(), LastWords()
    found = []
    loud = talk.level > settings["local_threshold"]
    listens = _listens(talk)
    adapt, wait_ms = settings["adapt"], settings["max_silence_ms"]
    for step, (is_loud, listening) in enumerate(zip(loud.tolist(), listens.tolist(), strict=True)):
        if not listening:
            segmenter.reset()
            continue
        patience = wait_ms
        if adapt and talk.mic is not None:
            words.feed(talk.mic[step * FRAME : (step + 1) * FRAME], is_loud)
            if segmenter.open and not is_loud:
                patience = patience_ms(wait_ms, adapt, words.judgement.ending)
        edge = segmenter.feed(is_loud, settings["min_speech_ms"], patience)
        if edge is Edge.ONSET:
            words.begin()
        elif edge is Edge.ENDED:
            found.append((step + 1) * FRAME_MS)
    return found


def _listens(talk: SweptTalk) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the microphone is on: not over the agent, but behind a turn for as long as a slow setting waits."""
    listens = np.ones(len(talk.level), np.bool_)
    listens[talk.at[talk.playing]] = False
    for turn in talk.turns:
        listens[turn.start_ms // FRAME_MS : (turn.end_ms + LATEST_MS) // FRAME_MS] = True
    return listens


def judged_ends(turns: Sequence[Wanted], length_ms: int, ends: Sequence[int]) -> Trial:
    """Which of them turns wanted: the first one behind its end; all inside a turn and where nobody spoke are false.

    Args:
        turns: What wants an end.
        length_ms: Of the talk.
        ends: When the end of a turn was found, ms.
    """
    latencies = []
    right = set()
    for turn in turns:
        first = next((end for end in ends if turn.end_ms - EARLY_MS <= end <= turn.end_ms + LATEST_MS), None)
        if first is not None:
            latencies.append(max(0.0, float(first - turn.end_ms)))
            right.add(first)
    return Trial(len(latencies), len(turns), tuple(latencies), len(set(ends) - right), length_ms)

"""Full-Duplex-Bench on a whole conversation: takeover (v1), intervals of overlap and of response (v1.5).

There a file holds one exchange, here a conversation is one exchange after the other: what the agent says from the
beginning of a turn to the next turn belongs to it. Who spoke when its scripts read from a recogniser's words and from
Silero; here it is the timeline.
"""

from __future__ import annotations

from voice_tui.audio.stream.audible import Stretch
from voice_tui.replay.judge.figures import Rate, Spread
from voice_tui.replay.judge.measure import Measure
from voice_tui.replay.judge.timeline import Kind, Timeline

TAKEOVER_MS = 1_000
"""What is shorter, and has few words, is no takeover."""
FEW_WORDS = 3
"""So many are few; where no recogniser was asked, what is short has no more."""
EARLY_MS = 200  # a recogniser may hear a word so much before its sound


def exchanges(timeline: Timeline) -> list[tuple[int, tuple[Stretch, ...]]]:
    """For each turn its end in ms, and what the agent began to say from its beginning to the next turn."""
    turns = timeline.turns
    ends = [turn.start_ms for turn in turns[1:]] + [timeline.length_ms + 1]
    return [
        (turn.end_ms, tuple(a for a in timeline.agent if turn.start_ms <= a.start_ms < end))
        for turn, end in zip(turns, ends, strict=False)  # without a turn there is one end too many
    ]


def _takes_over(said: tuple[Stretch, ...], words: tuple[int, ...] | None) -> bool:
    if not said:
        return False
    start_ms, end_ms = said[0].start_ms, said[-1].end_ms
    if end_ms - start_ms >= TAKEOVER_MS:
        return True
    return sum(start_ms - EARLY_MS <= word <= end_ms for word in words or ()) > FEW_WORDS


def takeover(timeline: Timeline) -> Rate:
    """Turns after which the agent took over."""
    found = exchanges(timeline)
    return Rate(sum(_takes_over(said, timeline.words) for _, said in found), len(found))


def takeover_latency(timeline: Timeline) -> Spread:
    """From the end of the turn to the agent's first sound where it took over; before the end counts as 0."""
    taken = ((end_ms, said) for end_ms, said in exchanges(timeline) if _takes_over(said, timeline.words))
    return Spread(tuple(max(0, said[0].start_ms - end_ms) for end_ms, said in taken))


def user_speech(timeline: Timeline) -> list[Stretch]:
    """All that the user said, to whomever: a cough is not speech, nor is what was typed."""
    joined: list[Stretch] = []
    for sound in timeline.user:
        if sound.kind is Kind.TIC or sound.typed:
            continue
        if joined and sound.start_ms <= joined[-1].end_ms:
            joined[-1] = Stretch(joined[-1].start_ms, max(joined[-1].end_ms, sound.end_ms))
        else:
            joined.append(Stretch(sound.start_ms, sound.end_ms))
    return joined


def stop_intervals(timeline: Timeline) -> list[Stretch]:
    """The intervals in which both speak."""
    both = (
        (max(user.start_ms, agent.start_ms), min(user.end_ms, agent.end_ms))
        for user in user_speech(timeline)
        for agent in timeline.agent
    )
    return sorted(Stretch(start, end) for start, end in both if start < end)


def response_intervals(timeline: Timeline) -> list[Stretch]:
    """From the end of what the user said to the agent's next start; of several with the same start the shortest."""
    nearest: dict[int, int] = {}
    for user in user_speech(timeline):
        answer = timeline.next_agent(user.end_ms + 1)
        if answer:
            nearest[answer.start_ms] = user.end_ms  # they are in order: the last one is the nearest
    return [Stretch(end, start) for start, end in nearest.items()]


def _lengths(intervals: list[Stretch]) -> Spread:
    return Spread(tuple(interval.ms for interval in intervals))


MEASURES = (
    Measure(
        "takeover",
        "takes over after a turn",
        "Turns behind which it spoke for a second or more.",
        takeover,
        more_is_worse=False,
    ),
    Measure(
        "takeover_latency",
        "takes over after",
        "From the end of such a turn to its first sound; early counts as 0.",
        takeover_latency,
    ),
    Measure(
        "stop",
        "both speak, each time",
        "How long you both spoke at once, each time.",
        lambda t: _lengths(stop_intervals(t)),
    ),
    Measure(
        "response",
        "from the user's end to the agent's start",
        "From the end of anything you said to its next start.",
        lambda t: _lengths(response_intervals(t)),
    ),
)

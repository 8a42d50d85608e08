"""The interaction panel of tau-voice (tau2-bench, `docs/interaction-metrics.md`), on exact times.

Its windows are kept; it counts in ticks of 200 ms, here every time is the one that was measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from voice_tui.replay.judge.figures import Rate, Spread
from voice_tui.replay.judge.measure import Measure
from voice_tui.replay.judge.timeline import Kind, Sound, Timeline

YIELD_WINDOW_MS = 2_000
"""Within it an agent that is interrupted has to stop."""
NO_YIELD_WINDOW_MS = 1_000
"""Within it an agent has to go on over what is no interruption."""
NO_ANSWER_WINDOW_MS = 2_000
"""So long behind what is no turn an agent that was silent has to stay silent."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A turn that counts for an answer.

    Attributes:
        turn: It.
        latency_ms: From its end to the start of the answer; None: the user had to speak again first.
    """

    turn: Sound
    latency_ms: int | None


def answers(timeline: Timeline) -> list[Answered]:
    """The turns that end while the agent is silent, and what became of them; not a last one that nothing follows."""
    found = []
    turns = timeline.turns
    for turn, following in zip(turns, [*turns[1:], None], strict=False):
        if timeline.speaking(turn.end_ms):
            continue
        answer = timeline.next_agent(turn.end_ms)
        if answer and (following is None or answer.start_ms < following.start_ms):
            found.append(Answered(turn, answer.start_ms - turn.end_ms))
        elif following:
            found.append(Answered(turn, None))
    return found


@dataclass(frozen=True, slots=True)
class Yielded:
    """An interruption.

    Attributes:
        sound: It.
        latency_ms: From its onset until the agent stopped; None: it did not within the window.
    """

    sound: Sound
    latency_ms: int | None


def yields(timeline: Timeline, kind: Kind = Kind.INTERRUPTION, window_ms: int = YIELD_WINDOW_MS) -> list[Yielded]:
    """What the agent did as a sound of a kind began over its speech; not where the recording ends too early to know."""
    found = []
    for sound in timeline.events(kind):
        spoken = timeline.speaking(sound.start_ms)
        if spoken is None:
            continue
        after_ms = spoken.end_ms - sound.start_ms
        if after_ms > window_ms:
            found.append(Yielded(sound, None))
        elif not timeline.ends_open(spoken):
            found.append(Yielded(sound, after_ms))
    return found


def response_latency(timeline: Timeline) -> Spread:
    """L_R: from the end of a turn to the start of the answer, over the answered ones."""
    return Spread(tuple(a.latency_ms for a in answers(timeline) if a.latency_ms is not None))


def response_rate(timeline: Timeline) -> Rate:
    """R_R: turns that were answered before the user spoke again."""
    found = answers(timeline)
    return Rate(sum(a.latency_ms is not None for a in found), len(found))


def yield_latency(timeline: Timeline) -> Spread:
    """L_Y: from the onset of an interruption until the agent stopped, where it did in time."""
    return Spread(tuple(y.latency_ms for y in yields(timeline) if y.latency_ms is not None))


def yield_rate(timeline: Timeline) -> Rate:
    """R_Y: interruptions at which the agent stopped in time."""
    found = yields(timeline)
    return Rate(sum(y.latency_ms is not None for y in found), len(found))


def agent_interruptions(timeline: Timeline) -> Rate:
    """I_A: starts of the agent's speech over a turn, per turn that counts for an answer; may exceed 1."""
    over = sum(any(t.start_ms <= a.start_ms < t.end_ms for t in timeline.turns) for a in timeline.agent)
    return Rate(over, len(answers(timeline)))


def selectivity(timeline: Timeline, kind: Kind) -> Rate | None:
    """S: sounds of a kind at which the agent did what it would have done without; None where none is named.

    Where it spoke it went on; where it was silent, and the kind is not a backchannel, it stayed silent.
    """
    if not timeline.labelled(kind):
        return None
    over = yields(timeline, kind, NO_YIELD_WINDOW_MS)
    right, n = sum(y.latency_ms is None for y in over), len(over)
    if kind is not Kind.BACKCHANNEL:
        for sound in timeline.events(kind):
            if timeline.speaking(sound.start_ms):
                continue
            answer = timeline.next_agent(sound.start_ms)
            right += answer is None or answer.start_ms > sound.end_ms + NO_ANSWER_WINDOW_MS
            n += 1
    return Rate(right, n)


LABELS = "labels"
MEASURES = (
    Measure("L_R", "answers after", "From the end of your turn to the AI's next sound.", response_latency),
    Measure(
        "R_R",
        "turns answered",
        "Turns that it answered before you spoke again.",
        response_rate,
        more_is_worse=False,
    ),
    Measure(
        "L_Y",
        "stops for an interruption after",
        "From your first sound over it to its silence; stops within 2 s only.",
        yield_latency,
    ),
    Measure(
        "R_Y",
        "stops for an interruption",
        "Interruptions of yours at which it stopped within 2 s.",
        yield_rate,
        more_is_worse=False,
    ),
    Measure(
        "I_A",
        "starts over the user, per turn",
        "How often it began while you spoke, per turn; may exceed 1.",
        agent_interruptions,
    ),
    Measure(
        "S_BC",
        "goes on over backchannels",
        'How often it went on when you only said "mhm".',
        lambda t: selectivity(t, Kind.BACKCHANNEL),
        more_is_worse=False,
        needs=LABELS,
    ),
    Measure(
        "S_VT",
        "goes on over coughs and the like",
        "How often a cough or a hum neither stopped nor started it.",
        lambda t: selectivity(t, Kind.TIC),
        more_is_worse=False,
        needs=LABELS,
    ),
    Measure(
        "S_ND",
        "goes on over speech to others",
        "How often your words to others neither stopped nor started it.",
        lambda t: selectivity(t, Kind.OTHERS),
        more_is_worse=False,
        needs=LABELS,
    ),
)

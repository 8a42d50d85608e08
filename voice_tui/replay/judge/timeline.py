"""Who made which sound when: all that the measures look at, besides what only a recording of ours knows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from voice_tui.audio.stream.audible import Stretch
from voice_tui.replay.judge.facts import Facts


class Kind(StrEnum):
    """What a sound of the user's is."""

    BACKCHANNEL = "backchannel"
    """An "mhm": the other goes on."""
    TIC = "tic"
    """A cough, a sneeze, a hum."""
    OTHERS = "others"
    """Said to somebody else."""
    INTERRUPTION = "interruption"
    """A turn that begins while the agent speaks."""
    TURN = "turn"


LEAST_SPEECH_MS = 50  # of the agent: the fade of a cut in a pause, a click
PRIORITY = tuple(Kind)
"""Where sounds overlap, the first of these is what the agent is judged by."""
TURNS = frozenset({Kind.TURN, Kind.INTERRUPTION})
"""What wants an answer."""


class Verdict(StrEnum):
    """What somebody said of a cut."""

    REAL = "real"
    FALSE = "false"
    """Nobody wanted to interrupt."""
    MISSED = "missed"
    """Somebody did, and was not let."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody said of a cut, and where that is, ms."""

    start_ms: int
    end_ms: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound of the user's, or a turn that was typed.

    Attributes:
        start_ms, end_ms: Since the beginning of the recording.
        kind: What it is.
        labelled: Whether somebody said so; else it is a turn or an interruption by where it begins.
        typed: It made no sound: it begins with Enter.
    """

    start_ms: int
    end_ms: int
    kind: Kind
    labelled: bool = False
    typed: bool = False

    def overlaps(self, other: Sound | Stretch) -> bool:
        """Whether both sound at once."""
        return self.start_ms < other.end_ms and other.start_ms < self.end_ms


@dataclass(frozen=True)
class Timeline:
    """A conversation.

    Attributes:
        user: What the user did, in order.
        agent: The agent's speech, in order, pauses joined.
        length_ms: Of the recording: what would come behind it nobody knows.
        rulings: What somebody said of cuts.
        broken_off: Where the agent's speech ends in the middle of a voiced sound, ms; None: nobody listened for it.
        words: When each of the agent's words begins, ms; None: no recogniser was asked.
        facts: What a recording of ours knows besides; None: it is none.
    """

    user: tuple[Sound, ...]
    agent: tuple[Stretch, ...]
    length_ms: int
    rulings: tuple[Ruling, ...] = ()
    broken_off: frozenset[int] | None = None
    words: tuple[int, ...] | None = None
    facts: Facts | None = None

    @cached_property
    def turns(self) -> tuple[Sound, ...]:
        """What wants an answer."""
        return tuple(sound for sound in self.user if sound.kind in TURNS)

    @cached_property
    def _starts(self) -> list[int]:
        return [stretch.start_ms for stretch in self.agent]

    def speaking(self, at_ms: int) -> Stretch | None:
        """The agent's stretch that began before this moment and goes on in it."""
        i = bisect_left(self._starts, at_ms) - 1
        return self.agent[i] if i >= 0 and self.agent[i].end_ms > at_ms else None

    def next_agent(self, at_ms: int) -> Stretch | None:
        """The agent's first stretch that begins at this moment or later."""
        i = bisect_left(self._starts, at_ms)
        return self.agent[i] if i < len(self.agent) else None

    def events(self, kind: Kind) -> list[Sound]:
        """Sounds of a kind that no sound of a kind before it in `PRIORITY` overlaps."""
        before = PRIORITY[: PRIORITY.index(kind)]
        stronger = [sound for sound in self.user if sound.kind in before]
        return [s for s in self.user if s.kind is kind and not any(s.overlaps(other) for other in stronger)]

    def labelled(self, kind: Kind) -> bool:
        """Whether somebody named a sound of this kind."""
        return any(sound.labelled and sound.kind is kind for sound in self.user)

    def has_tool(self, end_ms: int, latency_ms: int) -> bool:
        """Whether the agent called a tool between the end of a turn and its answer."""
        return self.facts is not None and any(end_ms <= at <= end_ms + latency_ms for at in self.facts.tools)

    def until(self, at_ms: int) -> Timeline:
        """The conversation up to a moment, as if the recording ended there."""
        return replace(
            self,
            user=tuple(replace(s, end_ms=min(s.end_ms, at_ms)) for s in self.user if s.start_ms < at_ms),
            agent=tuple(Stretch(a.start_ms, min(a.end_ms, at_ms)) for a in self.agent if a.start_ms < at_ms),
            length_ms=min(self.length_ms, at_ms),
            rulings=tuple(ruling for ruling in self.rulings if ruling.start_ms < at_ms),
            facts=None if self.facts is None else self.facts.until(at_ms),
        )

    def ends_open(self, stretch: Stretch) -> bool:
        """The recording ends while the agent still speaks: nobody knows when it would have stopped."""
        return stretch.end_ms >= self.length_ms


def guessed(stretches: Iterable[Stretch], agent: Sequence[Stretch], *, typed: bool = False) -> list[Sound]:
    """What the user's speech is where nobody said: an interruption if the agent speaks as it begins, else a turn."""
    spoken = Timeline((), tuple(agent), 0)
    return [
        Sound(s.start_ms, s.end_ms, Kind.INTERRUPTION if spoken.speaking(s.start_ms) else Kind.TURN, typed=typed)
        for s in stretches
    ]

"""Who spoke when, out of what is told while a talk is held: for judging it before there is a recording of it.

The user's side is what our own ears heard, whoever takes the turns, with what they missed and the endpoint made a turn
of; the agent's is put together from levels, thirty a second, and its edges are those that were measured exactly, where
they were: the first sound of an answer, the silence behind a cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from voice_tui.audio.stream.audible import AGENT_PAUSE_MS, AUDIBLE_DBFS, Stretch
from voice_tui.messages.measures import Origin, TurnTimed, UserSpoke
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Interrupted, LevelMeasured
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.replay.judge.facts import Facts, Testimony, joined_by_answers
from voice_tui.replay.judge.labels import Label, rulings, sounds
from voice_tui.replay.judge.missed import ElsewhereHeard
from voice_tui.replay.judge.timeline import LEAST_SPEECH_MS, Sound, Timeline, guessed

SLICE_MS = 100  # a level tells of no more than that
NEAR_MS = 150  # so near to where a level changes lies the moment that was measured exactly


class TalkSoFar:
    """Follows every notice of a talk.

    Args:
        offset_ms: Where its clock stood as it began to be followed: times are told from there.

    Attributes:
        labels: What somebody said of it.
    """

    def __init__(self, offset_ms: int = 0) -> None:
        self.labels: Sequence[Label] = ()
        self._offset_ms = offset_ms
        self._testimony, self._elsewhere = Testimony(), ElsewhereHeard()
        self._now_ms = 0
        self._user: list[Stretch] = []
        self._audible: list[Stretch] = []
        self._begun: list[int] = []  # first sounds of answers
        self._silent: dict[int, int] = {}  # interruption → silence behind it
        self._entered: list[int] = []  # ends of turns that were typed

    def observe(self, notice: Notice) -> None:
        """Take a notice over."""
        match notice:
            case LevelMeasured(assistant_dbfs=dbfs, t=t):
                self._level(dbfs, round(t * 1000) - self._offset_ms)
            case UserSpoke(start, end):
                self._user.append(Stretch(start - self._offset_ms, end - self._offset_ms))
            case TurnTimed() as turn:
                self._begun.append(turn.at_ms + turn.audible_ms - self._offset_ms)
                if turn.origin is Origin.ENTER:
                    self._entered.append(turn.at_ms - self._offset_ms)
            case Interrupted(origin=Origin.ENTER, origin_ms=entered_ms):
                self._entered.append(entered_ms - self._offset_ms)
            case InterruptionTimed(number=number, at_ms=at_ms, steps=steps):
                quiet_ms = dict(steps).get(Stage.QUIET)
                if quiet_ms is not None:
                    self._silent[number] = at_ms + quiet_ms - self._offset_ms
            case _:
                pass
        self._testimony.observe(self._now_ms, notice)
        self._elsewhere.observe(notice)

    def _level(self, dbfs: float, at_ms: int) -> None:
        before_ms, self._now_ms = self._now_ms, max(self._now_ms, at_ms)
        if dbfs <= AUDIBLE_DBFS:
            return
        start_ms = max(before_ms, at_ms - SLICE_MS)
        if self._audible and start_ms - self._audible[-1].end_ms <= AGENT_PAUSE_MS:
            start_ms = self._audible.pop().start_ms
        self._audible.append(Stretch(start_ms, at_ms))

    @property
    def timeline(self) -> Timeline:
        """The talk up to now."""
        told = self._testimony.facts
        facts = replace(told, typed=tuple(_nearest(at_ms, self._entered) for at_ms in told.typed))
        agent = self._agent(facts)
        missed = self._elsewhere.beside(self._user, self._offset_ms)
        user = sorted([*self._user, *missed], key=lambda stretch: stretch.start_ms)
        return Timeline(
            user=with_typed(sounds(user, agent, self.labels), agent, facts),
            agent=tuple(agent),
            length_ms=self._now_ms,
            rulings=rulings(self.labels),
            facts=facts,
        )

    def _agent(self, facts: Facts) -> list[Stretch]:
        exact = (
            Stretch(_nearest(s.start_ms, self._begun), _nearest(s.end_ms, self._silent.values())) for s in self._audible
        )
        return [s for s in joined_by_answers([s for s in exact if s.ms > 0], facts) if s.ms >= LEAST_SPEECH_MS]


def with_typed(user: Iterable[Sound], agent: Sequence[Stretch], facts: Facts) -> tuple[Sound, ...]:
    """The user's sounds with the turns that were typed among them, in order; these take no time."""
    typed = guessed((Stretch(at, at + 1) for at in facts.typed), agent, typed=True)
    return tuple(sorted([*user, *typed], key=lambda sound: (sound.start_ms, sound.end_ms)))


def _nearest(at_ms: int, exact: Iterable[int]) -> int:
    near = [moment for moment in exact if abs(moment - at_ms) <= NEAR_MS]
    return min(near, key=lambda moment: abs(moment - at_ms), default=at_ms)

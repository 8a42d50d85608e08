"""Which stretches of speech are one voice: agglomerative clustering of voiceprints, from scratch, deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.voices.voiceprint import Likeness, Vector, unit

_NEVER = -np.inf
ROUNDS = 2  # of moving single turns to the cluster they fit better, once the clusters stand


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech of one voice, the smallest thing that clusters are made of.

    Attributes:
        total: Voiceprints, each times its seconds, added up; shape (dim,).
        seconds: Of speech in it.
        known: Whose voice it is, if that is certain; two that are known to differ never share a cluster.
        elsewhere_s: Of the seconds, those from another recording, such as an enrolment.
        fixed: It stays with the cluster that it founded.
    """

    total: Vector
    seconds: float
    known: int | None = None
    elsewhere_s: float = 0.0
    fixed: bool = False

    @property
    def heard(self) -> bool:
        """Somebody who is here: a voice known from before is not, until somebody sounds like it."""
        return self.seconds > self.elsewhere_s

    @property
    def elsewhere(self) -> float:
        """Share of it that is from another recording, 0-1."""
        return self.elsewhere_s / self.seconds


def log_odds(likeness: Likeness, stretch: Stretch, others: Sequence[Stretch]) -> NDArray[np.float64]:
    """Log-odds that a stretch is the voice of each of the others, shape (others,)."""
    if not others:
        return np.zeros(0)
    cosines = unit(np.stack([other.total for other in others])) @ unit(stretch.total)
    seconds = np.array([other.seconds for other in others])
    clear = likeness.clear(seconds) * likeness.clear(np.array(stretch.seconds))
    elsewhere = np.array([max(stretch.elsewhere, other.elsewhere) for other in others])
    return likeness.log_odds(cosines, clear, elsewhere)


def together(stretches: Sequence[Stretch]) -> Stretch:
    """Several as one."""
    return Stretch(
        total=np.sum([s.total for s in stretches], axis=0),
        seconds=sum(s.seconds for s in stretches),
        known=next((s.known for s in stretches if s.known is not None), None),
        elsewhere_s=sum(s.elsewhere_s for s in stretches),
    )


def cluster(stretches: Sequence[Stretch], likeness: Likeness, most: int) -> list[list[int]]:
    """Stretches, each in one cluster.

    The two most alike clusters become one, while "one voice" is likelier than not or there are more than ``most``
    clusters of heard voices. Then every stretch may move to the cluster that it fits best.

    Args:
        stretches: In a fixed order: equal scores are decided by it.
        likeness: Of the voiceprinter.
        most: Voices that can be there at all, at least 1.

    Returns:
        Indices into ``stretches``, each cluster in order, clusters by their first index.
    """
    members = [[index] for index in range(len(stretches))]
    wholes = list(stretches)
    odds = _pairwise(wholes, likeness)
    while len(members) > 1:
        first, second = divmod(int(odds.argmax()), len(odds))
        if odds[first, second] <= 0:
            here = np.array([whole.heard for whole in wholes])
            forced = np.where(np.outer(here, here), odds, _NEVER)
            first, second = divmod(int(forced.argmax()), len(odds))
            if here.sum() <= most or forced[first, second] == _NEVER:
                break
        keep, drop = min(first, second), max(first, second)
        members[keep] = sorted(members[keep] + members.pop(drop))
        wholes[keep] = together((wholes[keep], wholes.pop(drop)))
        odds = np.delete(np.delete(odds, drop, 0), drop, 1)
        row = _row(keep, wholes, likeness)
        odds[keep], odds[:, keep] = row, row
    for _ in range(ROUNDS):
        if not _move(stretches, members, likeness):
            break
    return sorted(members)


def _pairwise(wholes: Sequence[Stretch], likeness: Likeness) -> NDArray[np.float64]:
    return np.array([_row(index, wholes, likeness) for index in range(len(wholes))]).reshape(len(wholes), len(wholes))


def _row(index: int, wholes: Sequence[Stretch], likeness: Likeness) -> NDArray[np.float64]:
    """Log-odds of one cluster against all; never against itself and against who is known to be somebody else."""
    row = log_odds(likeness, wholes[index], wholes)
    known = wholes[index].known
    barred = [known is not None and other.known not in (None, known) for other in wholes]
    row[barred] = _NEVER
    row[index] = _NEVER
    return row


def _move(stretches: Sequence[Stretch], members: list[list[int]], likeness: Likeness) -> bool:
    """Put single stretches where they fit better, in place; whether any moved. No cluster is emptied."""
    moved = False
    for index, stretch in enumerate(stretches):
        home = next(at for at, cluster in enumerate(members) if index in cluster)
        if stretch.fixed or stretch.known is not None or len(members[home]) == 1:
            continue
        without = [together([stretches[i] for i in cluster if i != index]) for cluster in members]
        best = int(log_odds(likeness, stretch, without).argmax())
        if best != home:
            members[home].remove(index)
            members[best] = sorted([*members[best], index])
            moved = True
    return moved

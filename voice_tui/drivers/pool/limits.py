"""What a pool keeps to, and what is raised where it does."""

from __future__ import annotations

from dataclasses import dataclass


class Full(Exception):
    """As many connections to an endpoint as may be are in use, and none came back in time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pool keeps to, of each endpoint apart from the others.

    Attributes:
        warm: So many wait.
        most: So many there are at most, those in use counted; an endpoint refuses more, or bills them.
        age_s: One that has waited for so long makes room for a fresh one: sessions end by themselves.
        idle_s: Where nobody has taken one for so long none is kept any more, until somebody does.
        ping_s: One that waits is asked so often whether it is there.
        answer_s: ... and has so long to answer.
        patience_s: Whoever needs one where `most` are in use waits so long.
    """

    warm: int = 1
    most: int = 8
    age_s: float = 20 * 60.0
    idle_s: float = 60 * 60.0
    ping_s: float = 15.0
    answer_s: float = 5.0
    patience_s: float = 10.0

    def __post_init__(self) -> None:
        """Check them.

        Raises:
            ValueError: One line that names the field, its value and what is allowed.
        """
        if not 0 <= self.warm <= self.most or not self.most:
            raise ValueError(f"warm: {self.warm} is not allowed, give 0 to most ({self.most}), and most at least 1")
        for name in ("age_s", "idle_s", "ping_s", "answer_s", "patience_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: {getattr(self, name)} is not allowed, give more than 0 s")

"""The table of the rules of order.

A rule is a function: its name is the rule's, its docstring says it, what it yields is a breach. It only looks, at the
event and at what the session has come to before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.wire.talk import Talk

Event = dict[str, Any]
Found = Iterator[str]
Check = Callable[[Talk, Event], Found]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        side: Whose events it is about.
        kinds: Event types, ``*`` stands for anything; preview's names under those of ga.
        check: Yields what is wrong.
        whole_audio: Whether it can only be judged where all audio is in the log.
    """

    side: str
    kinds: tuple[str, ...]
    check: Check
    whole_audio: bool

    @property
    def name(self) -> str:
        """What the rule is called."""
        return self.check.__name__

    def about(self, side: str, kind: str) -> bool:
        """Whether an event of a type has to obey it."""
        return side == self.side and any(fnmatchcase(kind, pattern) for pattern in self.kinds)


ROUNDING_MS = 1.0  # times are whole milliseconds, audio is counted in samples


class Rules(list[Rule]):
    """The rules of one kind, in the order in which they are looked at."""

    def rule(self, side: str, *kinds: str, whole_audio: bool = False) -> Callable[[Check], Check]:
        """Puts a function into the table; the arguments are those of `Rule`."""

        def put(check: Check) -> Check:
            self.append(Rule(side, kinds, check, whole_audio))
            return check

        return put

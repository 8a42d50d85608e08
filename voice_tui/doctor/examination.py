"""The checks: each on a thread of its own, so that one that fails or hangs is one line and holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from voice_tui.doctor.finding import Finding, Grade
from voice_tui.plain_text import one_line


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at.

    Attributes:
        name: What it is.
        run: Looks; it may block, and raise anything.
        limit_s: It may take so long, s, from the beginning of the examination.
        hangs: What to do where it takes longer.
        last: It needs what the others found, and only computes.
    """

    name: str
    run: Callable[[], Iterable[Finding]]
    limit_s: float = 5.0
    hangs: str = ""
    last: bool = False


class Examination:
    """All checks at once.

    Args:
        checks: In the order in which they are told.
        clock: Seconds, monotonic.

    Attributes:
        hanging: Names of checks whose threads were left behind.
    """

    def __init__(self, checks: Sequence[Check], clock: Callable[[], float]) -> None:
        self._checks, self._clock = checks, clock
        self.hanging: list[str] = []

    def findings(self) -> Iterator[Finding]:
        """What is found, in order, each as soon as it is known and everything before it told."""
        begun = self._clock()
        running = {check.name: _Running(check) for check in self._checks if not check.last}
        for check in self._checks:
            if check.last:
                yield from _looked(check)
                continue
            found = running[check.name].found(max(0.0, begun + check.limit_s - self._clock()))
            if found is None:
                self.hanging.append(check.name)
                words = f"no answer within {check.limit_s:g} s"
                found = [Finding(check.name, Grade.WARNING, words, check.hangs)]
            yield from found


class _Running:
    def __init__(self, check: Check) -> None:
        self._check = check
        self._found: list[Finding] | None = None
        self._thread = threading.Thread(target=self._look, name=f"doctor: {check.name}", daemon=True)
        self._thread.start()

    def _look(self) -> None:
        self._found = _looked(self._check)

    def found(self, seconds: float) -> list[Finding] | None:
        self._thread.join(seconds)
        return self._found


def _looked(check: Check) -> list[Finding]:
    try:
        return list(check.run())
    except Exception as error:  # whatever it is, the others go on
        return [Finding(check.name, Grade.WARNING, f"the check failed: {type(error).__name__}: {one_line(error, 160)}")]

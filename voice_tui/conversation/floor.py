"""Who has the floor, and why; and who can be heard. Derived, and never stored by hand."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.messages.talk import Phase, PhaseChanged, SidesChanged


class Floor:
    """Derives the phase from what the two sides are doing."""

    def __init__(self, shared: Shared, session: Session) -> None:
        self._outbox = shared.outbox
        self._shared, self._session = shared, session
        self._told: PhaseChanged | None = None
        self._sides = SidesChanged()

        def user() -> str | None:
            detector = shared.detector
            return (detector.note or "heard here") if detector.speaking else None

        # Phase → why it holds, None where it does not; asked in this order, many times a second.
        self._rows: tuple[tuple[Phase, Callable[[], str | None]], ...] = (
            (Phase.INTERRUPTED, lambda: session.stopping or None),
            (Phase.USER_SPEAKING, user),
            (Phase.USER_SPEAKING, lambda: "heard by the server" if session.hearing else None),
            (Phase.ASSISTANT_SPEAKING, lambda: session.progress if session.sounding else None),
            (Phase.LISTENING, lambda: shared.detector.holding or None),
            (Phase.THINKING, lambda: session.waiting or None),
        )

    def phase(self) -> PhaseChanged:
        """The first row that holds."""
        for phase, why in self._rows:
            if (reason := why()) is not None:
                return PhaseChanged(phase, reason)
        return PhaseChanged(Phase.LISTENING)

    @property
    def sides(self) -> SidesChanged:
        """Who can be heard, each side by itself."""
        return SidesChanged(self._shared.detector.hears, self._session.hearing, self._session.sounding)

    def tell(self) -> None:
        """Tell the phase and the sides where they changed."""
        sides = self.sides
        if sides != self._sides:
            self._sides = sides
            self._outbox.notify(sides)
        phase = self.phase()
        if phase != self._told:
            self._told = phase
            self._outbox.notify(phase)

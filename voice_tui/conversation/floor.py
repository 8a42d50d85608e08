"""Who has the floor, and why: the phase of the conversation, derived and never stored by hand."""

from __future__ import annotations

from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.messages.talk import Phase, PhaseChanged


class Floor:
    """Derives the phase from what the two sides are doing."""

    def __init__(self, shared: Shared, session: Session) -> None:
        self._shared, self._session = shared, session
        self._told: PhaseChanged | None = None

    def phase(self) -> PhaseChanged:
        """The first row that holds."""
        session, detector = self._session, self._shared.detector
        rows: tuple[tuple[bool | str, Phase, str], ...] = (
            (session.stopping, Phase.INTERRUPTED, session.stopping),
            (detector.speaking, Phase.USER_SPEAKING, detector.note or "local detector"),
            (session.hearing, Phase.USER_SPEAKING, "server VAD"),
            (session.sounding, Phase.ASSISTANT_SPEAKING, session.progress),
            (detector.holding, Phase.LISTENING, detector.holding),
            (session.waiting, Phase.THINKING, session.waiting),
        )
        return next((PhaseChanged(phase, why) for holds, phase, why in rows if holds), PhaseChanged(Phase.LISTENING))

    def tell(self) -> None:
        """Tell the phase if it changed."""
        phase = self.phase()
        if phase != self._told:
            self._told = phase
            self._shared.outbox.notify(phase)

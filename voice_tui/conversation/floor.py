"""Who has the floor, and why: the phase of the conversation, derived and never stored by hand."""

from __future__ import annotations

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.server_turns import ServerTurns
from voice_tui.endpoints.realtime.tools import ToolCalls
from voice_tui.messages.talk import Phase, PhaseChanged


class Floor:
    """Derives the phase from what the two sides are doing."""

    def __init__(self, bus: Outbox, answers: Answers, listening: ServerTurns, tools: ToolCalls) -> None:
        self._bus, self._answers, self._listening, self._tools = bus, answers, listening, tools
        self._told: PhaseChanged | None = None

    def phase(self) -> PhaseChanged:
        """The first row that holds."""
        answers, listening = self._answers, self._listening
        rows: tuple[tuple[bool, Phase, str], ...] = (
            (answers.stopping, Phase.INTERRUPTED, answers.stopping_why),
            (listening.local, Phase.USER_SPEAKING, listening.note or "local detector"),
            (listening.server, Phase.USER_SPEAKING, "server VAD"),
            (answers.sounding, Phase.ASSISTANT_SPEAKING, answers.sounding_why),
            (answers.asking.hold.active, Phase.LISTENING, answers.asking.hold.why),
            (answers.thinking, Phase.THINKING, "waiting for the answer"),
            (answers.asking.awaited, Phase.THINKING, "waiting for response.created"),
            (self._tools.active, Phase.THINKING, self._tools.why),
        )
        return next((PhaseChanged(phase, why) for holds, phase, why in rows if holds), PhaseChanged(Phase.LISTENING))

    def tell(self) -> None:
        """Tell the phase if it changed."""
        phase = self.phase()
        if phase != self._told:
            self._told = phase
            self._bus.notify(phase)

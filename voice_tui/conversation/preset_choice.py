"""Which preset is at work: what the user chose, as far as the endpoint can do what it needs."""

from __future__ import annotations

from voice_tui.conversation.capture import Capture
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.messages.presets import INSTEAD, PRESETS, Preset
from voice_tui.messages.talk import Severity

NO_MANUAL_TURNS = "this endpoint always looks for turns itself"


class PresetChoice:
    """Switches between presets: detector, knobs and the endpoint's settings go with each.

    Args:
        shared, session: Of the conversation.
        capture: Where the detector of the preset is at work.
    """

    def __init__(self, shared: Shared, session: Session, capture: Capture) -> None:
        self._outbox, self._knobs = shared.outbox, shared.knobs
        self._session, self._capture = session, capture

    def select(self, name: str) -> None:
        """Switch to the preset of this name."""
        now = self._knobs.preset.name
        if name in PRESETS and not self._able(PRESETS[name]):
            self._outbox.announce(Severity.WARNING, f"{name}: {NO_MANUAL_TURNS}: staying with {now}")
            return
        if name == now or not self._knobs.select(name):
            return
        self._session.configure()
        self._knobs.tell()
        self._capture.leave()
        self._capture.renew()

    def step(self, by: int) -> None:
        """Switch to a neighbour in the table, of those that this endpoint can do."""
        names = [name for name, preset in PRESETS.items() if self._able(preset)]
        self.select(names[(names.index(self._knobs.preset.name) + by) % len(names)])

    def keep_able(self) -> None:
        """The endpoint may turn out not to be able to do what the preset at work needs."""
        preset = self._knobs.preset
        if not self._able(preset):
            other = INSTEAD[preset.detector]
            self._outbox.announce(Severity.WARNING, f"{preset.name}: {NO_MANUAL_TURNS}: going on with {other}")
            self.select(other)

    def _able(self, preset: Preset) -> bool:
        return preset.server_turns or self._session.capabilities.manual_turns

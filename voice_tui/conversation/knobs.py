"""Where preset and knobs stand, and what the endpoint made of those that are its own."""

from __future__ import annotations

from collections.abc import Mapping

from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.knobs import EFFORTS, SettingError, TurnSettings, change
from voice_tui.messages.observed import Observed
from voice_tui.messages.presets import PRESETS, Preset
from voice_tui.messages.talk import Ack, SettingsChanged, Severity

THOUGHTLESS = "this model is not known to think before it answers"


class Knobs:
    """The preset and its knobs; each preset keeps its own positions.

    Args:
        outbox: Takes what is told.
        preset: The first one.
        tuned: Preset → where its knobs stand at first; those that are not named stand as the preset has them.
    """

    def __init__(self, outbox: Outbox, preset: str, tuned: Mapping[str, TurnSettings] | None = None) -> None:
        self._outbox = outbox
        self._tuned: dict[str, TurnSettings] = dict(tuned or {})
        self.preset: Preset = PRESETS[preset]
        self.settings: TurnSettings = self._tuned.get(preset, self.preset.settings)
        self._ack, self._reason = Ack.NONE, ""
        self.lacking: dict[str, str] = {}
        """Knob → why it does not act with this endpoint."""
        self._observed: Mapping[str, Observed] = {}
        self._thinks = False

    @property
    def effort(self) -> str:
        """How hard the model is to think, as the wire has it; "" where that is left to the endpoint."""
        return EFFORTS[int(self.settings.effort)] if self._thinks and self.settings.effort else ""

    def think(self, thinks: bool) -> None:
        """Another model: whether it thinks before it answers."""
        if thinks != self._thinks:
            self._thinks = thinks
            self.tell()

    def turn(self, name: str, value: float) -> bool:
        """Move a knob; False when it cannot go there, or stands there."""
        try:
            settings = change(self.settings, name, value)
        except SettingError as error:
            self._outbox.announce(Severity.ERROR, str(error))
            return False
        moved = settings != self.settings
        self.settings = settings
        return moved

    def select(self, name: str) -> bool:
        """Switch to a preset with the knobs as they last stood there; False when there is no such preset."""
        preset = PRESETS.get(name)
        if preset is None:
            self._outbox.announce(Severity.ERROR, f"preset: {name!r} is not known, there are {', '.join(PRESETS)}")
            return False
        self._tuned[self.preset.name] = self.settings
        self.preset = preset
        self.settings = self._tuned.get(name, preset.settings)
        return True

    def acknowledge(self, ack: Ack, reason: str = "") -> None:
        """What became of the last settings that the endpoint was told; to be told with `tell`."""
        self._ack, self._reason = ack, reason

    @property
    def acknowledged(self) -> bool:
        """The endpoint has agreed to everything that it was told last."""
        return self._ack is Ack.ACKNOWLEDGED

    def observe(self, observed: Mapping[str, Observed]) -> None:
        """What was seen of the effect of each knob of the endpoint's; told where it is new."""
        if observed != self._observed:
            self._observed = observed
            self.tell()

    def tell(self) -> None:
        """Say where everything stands."""
        preset = self.preset
        lacking = self.lacking if self._thinks else self.lacking | {"effort": THOUGHTLESS}
        self._outbox.notify(
            SettingsChanged(
                preset.name, self.settings, preset.knobs, self._ack, self._reason, dict(lacking), self._observed
            )
        )

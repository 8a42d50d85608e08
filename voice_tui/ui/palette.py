"""What the command palette finds: every command, every preset, every profile, every theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.presets import PRESETS
from voice_tui.ui.commands import COMMANDS

if TYPE_CHECKING:
    from voice_tui.ui.app import VoiceTuiApp

# Pointless while the palette is open; offers are answered where they stand.
_HIDDEN = {"palette", "enter-input", "leave-input", "carry-on", "start-clean", "summarise"}


class VoiceCommands(Provider):
    """Feeds the palette from the tables of commands and presets and from the loaded profiles and themes."""

    def _entries(self) -> list[tuple[str, str, Callable[[], object]]]:
        app = cast("VoiceTuiApp", self.app)
        entries: list[tuple[str, str, Callable[[], object]]] = [
            (f"{c.label} ({c.key_names[0]})" if c.keys else c.label, c.help, partial(app.run_action, c.run))
            for c in COMMANDS.values()
            if c.id not in _HIDDEN
        ]
        entries += [(f"Preset: {p.name}", p.summary, partial(app.send, SelectPreset(p.name))) for p in PRESETS.values()]
        entries += [(f"Profile: {p.name}", p.about, partial(app.send, p)) for p in app.profiles]
        entries += [
            (f"Theme: {name}", "Colours of the screen.", partial(setattr, app, "theme", name))
            for name in app.loaded_themes
        ]
        return entries

    async def discover(self) -> Hits:
        """Everything, while nothing is typed."""
        for title, explanation, act in self._entries():
            yield DiscoveryHit(title, act, help=explanation)

    async def search(self, query: str) -> Hits:
        """What matches the typed letters."""
        matcher = self.matcher(query)
        for title, explanation, act in self._entries():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), act, help=explanation)

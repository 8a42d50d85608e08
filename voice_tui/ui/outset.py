"""What a run of the console begins with, beside the voice side: what is chosen, what is kept, and what opens."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_tui.settings.once import Once
from voice_tui.ui.console.kept_panes import KeptPanes
from voice_tui.ui.devices.desk import Desk
from voice_tui.ui.setup.entry import Keeping
from voice_tui.ui.tour.card import Tour


@dataclass(frozen=True, slots=True)
class Outset:
    """For the whole run.

    Attributes:
        desk: Which devices are chosen, and where that is kept.
        keeping: Where endpoints are kept.
        tour: Whether the tour begins by itself.
        demo: The demo caller talks as soon as there is a connection.
        opens: A screen that is open from the beginning, by its name; "" for none.
        panes: Where it is kept what was done to the panes.
        once: What was said once and is not said again.
    """

    desk: Desk = field(default_factory=Desk)
    keeping: Keeping = field(default_factory=Keeping)
    tour: Tour = field(default_factory=Tour)
    demo: bool = False
    opens: str = ""
    panes: KeptPanes = field(default_factory=KeptPanes)
    once: Once = field(default_factory=Once)


ORDINARY = Outset()
"""Nothing is chosen, and nothing kept."""

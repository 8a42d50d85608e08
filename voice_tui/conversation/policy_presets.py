"""Ways of being interrupted, as a table."""

from __future__ import annotations

from voice_tui.conversation.policy import PolicySettings

POLICIES: dict[str, PolicySettings] = {
    "natural": PolicySettings(),
    "eager": PolicySettings(bias=-0.75),
    "cautious": PolicySettings(bias=0.5, sureness=10.0),
    "patient": PolicySettings(backchannel_ms=440),
    "detect": PolicySettings(act=False),
}
"""Name to settings: what ``--preset`` takes."""

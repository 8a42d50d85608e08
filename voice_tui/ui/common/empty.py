"""What every screen says while there is nothing to show: what is missing, and how it comes about."""

from __future__ import annotations

from voice_tui.ui.keys import Commands, shown_key


def invitation(commands: Commands) -> str:
    """How a conversation begins."""
    return f"Say something, or type. {shown_key(commands, 'demo')} watches a demo caller."

"""Why it was cut, or came late: the last of these stories, frozen, in lanes and sentences."""

from voice_tui.ui.why.screen import WhyScreen

__all__ = ["WhyScreen"]

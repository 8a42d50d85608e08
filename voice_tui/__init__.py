"""voice-tui: an instrument for realtime voice agents, in a terminal."""

__version__ = "0.1.0"

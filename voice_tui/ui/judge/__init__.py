"""The screen of published measures."""

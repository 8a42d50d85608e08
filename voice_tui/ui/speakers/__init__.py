"""The screen of the speakers."""

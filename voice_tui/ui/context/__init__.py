"""The screen of the context."""

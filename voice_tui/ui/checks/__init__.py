"""The screen of the guided checks."""

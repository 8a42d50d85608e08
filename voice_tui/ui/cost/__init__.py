"""The screen of usage and cost."""

"""Keeping a conversation: a folder with its sound, what the engine was told, and what it told."""

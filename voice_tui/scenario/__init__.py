"""Scripted conversations: what a scenario says, how it is played, and what came of it.

A scenario is played on the same voice side as ``voice-tui talk``; only the microphone is its own.
"""

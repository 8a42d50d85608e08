"""Arithmetic on PCM: level, VAD, playback ledger. Pure."""

"""Samples on their way: PCM, the rings beside the audio callbacks, the playback ledger, rates."""

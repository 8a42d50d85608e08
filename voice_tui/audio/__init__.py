"""Arithmetic on PCM: streams, voice detectors, barge-in, echo, voices. Pure."""

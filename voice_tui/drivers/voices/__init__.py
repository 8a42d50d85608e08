"""Voiceprints on a thread of their own, and the file of known voices."""

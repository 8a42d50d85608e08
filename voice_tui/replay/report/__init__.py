"""A recording as one page that needs nothing else: sound, transcript, latencies, cost, settings, events."""

from voice_tui.replay.report.page import report

__all__ = ["report"]

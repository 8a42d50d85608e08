"""Where thresholds start: one table for the knobs, the policies, the detectors and the calibration's advice."""

from __future__ import annotations

SPEECH_LEVEL = 0.015
"""The workshop's level that is speech: mean of ``|x|``, full scale 1.0 (-36.5 dBFS)."""

INTERRUPTION_LEVEL = 0.02
"""The workshop's level that is an interruption while the assistant speaks, the same."""

LEVELS = (0.001, 0.2)
"""What both levels can be set to: from a silent room to a shout."""

SURENESS = {"natural": 6.0, "cautious": 10.0}
"""Policy → evidence that has to add up before it cuts the assistant off, nats."""

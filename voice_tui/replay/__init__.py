"""Recordings through the code that runs live: voice detectors, barge-in, calibration."""

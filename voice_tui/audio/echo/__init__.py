"""The acoustic front end: echo cancellation, the path of the echo, calibration."""

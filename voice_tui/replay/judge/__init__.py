"""How well turns were taken, by published measures: pure functions of who spoke when, and what finds that in a file."""

"""The screen of latencies."""

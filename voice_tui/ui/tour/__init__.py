"""Four hints on the console, at the first start."""

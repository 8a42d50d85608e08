"""The console in a browser of this machine, and the reports of what was recorded."""

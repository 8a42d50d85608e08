"""The terminal: the only package that knows Textual. It shows notices and sends requests."""

import os

# Textual looks once, when it is loaded, how long it waits whether behind Esc comes the rest of a key's sequence. Its
# 100 ms are felt at every step back; what a terminal sends for one key comes together.
os.environ.setdefault("ESCDELAY", "25")

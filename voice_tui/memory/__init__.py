"""What was said and what was told, kept in one SQLite file, and found again by meaning.

It does file I/O, but knows no event loop, no thread, no screen and no clock: the time is an argument.
"""

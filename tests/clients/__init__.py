"""Clients that nobody here wrote, each driven by a script of a few lines.

`make test-outside` installs them into a folder of their own (`.cache/clients`), for what they need is none of ours. The
scripts are run there, and print what became of the talk as one line of JSON.
"""

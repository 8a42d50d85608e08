"""That an endpoint can't be used: known to those too who load no socket."""

from __future__ import annotations


class ConnectionFailed(Exception):
    """The endpoint can't be used; the text is one line for the user."""

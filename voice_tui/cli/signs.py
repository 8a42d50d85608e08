"""Which signs a screen is drawn with: those that are asked for, else those that the terminal has."""

from __future__ import annotations

import os


def plain_signs(wanted: str) -> bool:
    """Whether there is to be ASCII only.

    Args:
        wanted: ``ascii``, ``unicode``, or ``auto``: as locale and terminal say.
    """
    from voice_tui.ui.common.plain_signs import speaks_unicode

    return wanted == "ascii" or (wanted == "auto" and not speaks_unicode(os.environ))

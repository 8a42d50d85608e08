"""Tools: typed functions that the model may call.

A file of tools imports from here what it says about its functions::

    from voice_tui.tools import approve, timeout

    @approve
    def open_door(which: str) -> str:
        '''Open a door of the house.'''
"""

from voice_tui.tools.marks import approve, timeout

__all__ = ["approve", "timeout"]

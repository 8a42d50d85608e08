"""Where a talk that is held to be judged was recorded, as its notices tell."""

from __future__ import annotations

import errno
from pathlib import Path

from voice_tui.messages.notices import Notice
from voice_tui.messages.recording import RecordingChanged


class Kept:
    """The recording of one talk. What else lies in its folder, and how that is called, means nothing.

    Args:
        folder: Where it is to be put.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = self._problem = ""

    def observe(self, notice: Notice) -> None:
        """Something was told."""
        if isinstance(notice, RecordingChanged):
            self._path = notice.folder or self._path
            self._problem = self._problem or notice.problem

    @property
    def path(self) -> Path:
        """The folder of the recording, once the talk is over.

        Raises:
            OSError: It could not be written, or not all of it: nothing may be judged by it.
        """
        if self._problem or not self._path:
            raise OSError(errno.EIO, self._problem or f"{self._folder}: nothing was recorded")
        return Path(self._path)

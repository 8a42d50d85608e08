"""Files that one process alone writes, as long as they are open."""

from __future__ import annotations

import os
import stat
import sys
from typing import IO, Any

if sys.platform != "win32":
    import fcntl


def claimed(file: IO[Any]) -> bool:
    """Whether an open file is ours now; what is no file, as ``/dev/null``, may be everybody's.

    Where locks are not known (Windows, some file systems) it always is.
    """
    if sys.platform == "win32" or not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True

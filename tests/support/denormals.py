"""Whether a piece of work met denormal numbers: the processor takes it down (x86-64 on Linux)."""

from __future__ import annotations

import ctypes
import ctypes.util
import platform
import sys

CAN_TELL = sys.platform == "linux" and platform.machine() == "x86_64"
MXCSR = 7  # the word of C's fenv_t that is the control and status register of SSE
FLAGS = 0x3F
DENORMAL, UNDERFLOW = 0x02, 0x10  # an operand was denormal, a result became it


class Watch:
    """Looks at what this thread computes between `begin` and `met`."""

    def __init__(self) -> None:
        self._libm = ctypes.CDLL(ctypes.util.find_library("m"))
        self._environment = (ctypes.c_uint32 * 8)()

    def begin(self) -> None:
        """Forget what was met so far."""
        self._libm.fegetenv(self._environment)
        self._environment[MXCSR] &= ~FLAGS
        self._libm.fesetenv(self._environment)

    def met(self) -> bool:
        """Whether a denormal number was met since."""
        self._libm.fegetenv(self._environment)
        return bool(self._environment[MXCSR] & (DENORMAL | UNDERFLOW))

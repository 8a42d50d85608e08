"""Work on two cores that would take hours: what becomes of it when somebody presses Ctrl+C."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from voice_tui.replay.spread import spread

FOR_EVER_S = 3_600.0


def work(folder: Path) -> int:
    """A part of it: it says that it has begun, and leaves nothing behind."""
    with tempfile.TemporaryDirectory(dir=folder):
        time.sleep(FOR_EVER_S)
    return 0


def main() -> None:
    """Four parts, two at a time."""
    sys.exit(sum(result for _, result in spread(work, [Path(sys.argv[1])] * 4, 2)))


if __name__ == "__main__":
    main()

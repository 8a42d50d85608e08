"""Speaks texts for another process: a list of them on standard input, their sound on standard output (MessagePack)."""

from __future__ import annotations

import sys

import msgspec

from voice_tui.speech.packages import MissingExtraError
from voice_tui.speech.synthesiser import LocalSynthesiser

NO_VOICE = 4
"""Exit code: the extra ``local`` is not installed."""


def main() -> int:
    """Speak, and end."""
    texts = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[str])
    try:
        voice = LocalSynthesiser()
    except MissingExtraError:
        return NO_VOICE
    made = [voice.synthesise(text).astype("<i2", copy=False).tobytes() for text in texts]
    sys.stdout.buffer.write(msgspec.msgpack.encode(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())

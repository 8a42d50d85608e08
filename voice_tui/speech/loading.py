"""The two local models, loaded beside everything else that a start has to do: most of it is not Python."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_tui.speech.recogniser import Recogniser
    from voice_tui.speech.synthesiser import Synthesiser

INFERENCE = "inference"
"""What the threads that load or run a model are called: nobody waits for them at the end."""


class Loading:
    """Begins at once, on two threads.

    Attributes:
        ears, voice: What hears and what speaks, once they are there. They fail with what loading raises:
            `MissingExtraError` where the ``local`` extra is not installed.
    """

    def __init__(self) -> None:
        threads = ThreadPoolExecutor(2, INFERENCE)
        self.ears: Future[Recogniser] = threads.submit(_ears)
        self.voice: Future[Synthesiser] = threads.submit(_voice)
        threads.shutdown(wait=False)  # both end when they have done this


def _ears() -> Recogniser:
    from voice_tui.speech.recogniser import LocalRecogniser  # its runtime takes longest: not before somebody wants it

    return LocalRecogniser()


def _voice() -> Synthesiser:
    from voice_tui.speech.synthesiser import LocalSynthesiser

    return LocalSynthesiser()

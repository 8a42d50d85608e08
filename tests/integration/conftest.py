import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.integration.served import serving
from voice_tui.audio.stream.pcm import RATE, Pcm


@pytest.fixture(scope="session")
def local_voice() -> Callable[[str], Pcm]:
    """The local voice; the tests that need it are skipped where its extra is not installed."""
    pytest.importorskip("hibari", reason='needs the local voice: pip install "voice-tui[local]"')
    from voice_tui.speech.synthesiser import LocalSynthesiser

    voice = LocalSynthesiser()
    return lambda text: voice.synthesise(text, voice="echo")


@pytest.fixture(scope="session")
def served(local_voice: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of ``voice-tui serve``, started as a user starts it."""
    with serving(tmp_path_factory.mktemp("serve")) as url:
        yield url


@pytest.fixture(scope="session")
def spoken(local_voice: Callable[[str], Pcm], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a wav file of sentences (str) and silences (seconds)."""
    folder = tmp_path_factory.mktemp("spoken")

    def make(*parts: str | float) -> Path:
        pieces = [local_voice(p) if isinstance(p, str) else np.zeros(int(p * RATE), np.int16) for p in parts]
        path = folder / f"{abs(hash(parts)):x}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(np.concatenate(pieces).tobytes())
        return path

    return make

"""The models that lie in the wheels, in a world on virtual time; each sentence is spoken and understood once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from tests.simulation.people import Cast, HeadsetDetector
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.conversation.turn_taking.natural import NaturalDetector
from voice_tui.speech.probability import Earshot
from voice_tui.speech.recogniser import LocalRecogniser
from voice_tui.speech.synthesiser import LocalSynthesiser

CALLER = "echo"  # another voice than the assistant's


class RealVoice:
    """The local synthesiser."""

    def synthesise(self, text: str, voice: str = "alloy", speed: float = 1.0) -> Pcm:
        """See `LocalSynthesiser`."""
        return _synthesised(text, voice, speed)


class RealSpeech:
    """A caller with the local voice, and the local recogniser."""

    def say(self, text: str) -> Pcm:
        """A sentence, int16 at 24 kHz."""
        return _synthesised(text, CALLER, 1.0)

    def transcribe(self, pcm: Pcm) -> str:
        """See `LocalRecogniser`."""
        return _understood(pcm.tobytes())


def real() -> Cast:
    """Everything as a user has it."""
    return Cast(RealSpeech(), RealVoice(), Earshot, NaturalDetector)


def headset() -> Cast:
    """The same, but for the preset `natural`: ears that know a voice by its level, where there is no echo."""
    return replace(real(), natural=HeadsetDetector)


@cache
def _synthesiser() -> LocalSynthesiser:
    return LocalSynthesiser()


@cache
def _recogniser() -> LocalRecogniser:
    return LocalRecogniser()


@cache
def _synthesised(text: str, voice: str, speed: float) -> Pcm:
    pcm = _synthesiser().synthesise(text, voice, speed)
    pcm.setflags(write=False)
    return pcm


@cache
def _understood(raw: bytes) -> str:
    return _recogniser().transcribe(np.frombuffer(raw, np.int16))

"""What a server hears, thinks and speaks with: shared by all its sessions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from voice_tui.server.answers.response import AnswerModels
from voice_tui.speech.probability import Earshot, SpeechProbability
from voice_tui.speech.recogniser import Recogniser

SESSION_LIMIT_S = 60 * 60.0  # as on the wire: a session lasts an hour


@dataclass(frozen=True, slots=True)
class ServerModels:
    """Everything a session hears, thinks and speaks with; shared by all but the microphone's judge.

    Attributes:
        ears: The recogniser.
        studio: Brain, voice and where they run.
        probability: Makes a judge of one microphone.
        session_limit_s: When a session expires.
        now: The time of day, s since 1970.
        ahead: Held by whoever listens to a turn that is not over: one session at a time, for what is over comes first.
    """

    ears: Recogniser
    studio: AnswerModels
    probability: Callable[[], SpeechProbability] = Earshot
    session_limit_s: float = SESSION_LIMIT_S
    now: Callable[[], float] = time.time
    ahead: asyncio.Lock = field(default_factory=asyncio.Lock)

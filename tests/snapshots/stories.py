"""Talks held with a real engine, and what it told when: pictures are made from these, so none shows what cannot be.

Server, loudspeaker and microphone are those of the harness; what drivers tell goes in by the engine's door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from tests.support.fakes import FRAME_MS, frame
from tests.support.harness import Harness
from tests.support.natural import LIKELY, NOTHING, SURE, PlainFront, ScriptedEvidence, ears, uplink_of
from voice_tui.audio.echo.front_end import FrontFrame
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.audio.vad.engines import EnergyEngine
from voice_tui.drivers.devices.levels import LevelTracker
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ConversationItemTruncate,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.messages.inputs import CallerSwitched, DropsCounted, Input, Linked, Lost, Reported
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.link import CallEnded, DevicesChanged, Link
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import PushToTalk, SendText
from voice_tui.messages.turns import SwitchFrontEnd
from voice_tui.probe.question import question

QUESTION = "What's the weather like in Lisbon tomorrow?"
ANSWER = (
    "Tomorrow in Lisbon it will be sunny, 24 degrees, with a light wind from the west in the afternoon, and a clear "
    "night with temperatures around 16 degrees."
)
ANSWER_MS = 9_600
CORRECTION = "No, Porto! I meant Porto."
SECOND = "Sorry, Porto. Tomorrow in Porto it will be cloudy, 19 degrees, with rain in the evening."
SYLLABLE_MS = 50
_SWING = (0.1, 0.3, 0.6, 0.9, 1.0, 0.8, 0.6, 0.2, 0.05, 0.4, 0.7, 0.9, 0.5, 0.1)  # of syllables


class Told(NamedTuple):
    """A notice, and when it was told."""

    at: float
    notice: Notice


Story: TypeAlias = tuple[Told, ...]
Telling: TypeAlias = Callable[[], Story]


class Talk(Harness):
    """A harness with a level meter, that notes what it was told when, seconds from its beginning."""

    def __init__(self, preset: str = "server-vad") -> None:
        self.story: list[Told] = []
        self._meter = LevelTracker()
        super().__init__(preset)
        self.story = [Told(0.0, notice) for notice in self.notices]
        self._begun = self.now

    def drain(self) -> None:
        """Carry out commands, note what was told."""
        before = len(self.notices)
        super().drain()
        if self.story:
            self.story += [Told(self.now - self._begun, notice) for notice in self.notices[before:]]

    def driver(self, *inputs: Input) -> None:
        """Something that the drivers tell."""
        for each in inputs:
            self.engine.receive(each)
            self.drain()

    def speak(self, ms: int, level: float = 0.1) -> None:
        """Microphone, loudspeaker and level meter run on."""
        for _ in range(ms // FRAME_MS):
            heard = frame(self.captured, level)
            super().speak(FRAME_MS, level)
            now = self.captured * FRAME_MS / 1000
            self._meter.captured(heard, now)
            self._meter.handed(self.player.blocks[-1], now)
            self.driver(*self._meter.take(now))

    # ---- what happens

    def live(self, endpoint: str = "my-resource.openai.azure.com", model: str = "gpt-realtime") -> Talk:
        """Connected, with devices."""
        self.driver(Reported(DevicesChanged("Yeti Stereo Microphone", "Headphones")))
        self.driver(Linked(Link.CONNECTING, "", endpoint, model))
        self.connect()
        self.quiet(400)
        return self

    def quiet(self, ms: int) -> None:
        """A room in which nobody speaks."""
        self.speak(ms, 0.0006)

    def talk(self, ms: int, level: float = 0.12) -> None:
        """Somebody speaks, in syllables."""
        for i in range(ms // SYLLABLE_MS):
            self.speak(SYLLABLE_MS, level * _SWING[i % len(_SWING)])

    def asked(self, text: str = QUESTION, item: str = "u1", previous: str | None = None) -> None:
        """A spoken turn that the server's ears find."""
        self.quiet(1600)
        self.talk(200)
        self.server.speech_started(item, self.captured * 10 - 200)
        self.talk(1800)
        self.quiet(500)
        self.server.speech_stopped(item, self.captured * 10 - 500)
        self.server.committed(item, previous)
        self.quiet(120)
        self.server.transcribed(item, text)

    def answered(self, words: str = ANSWER, ms: int = ANSWER_MS, item: str = "a1", previous: str = "u1") -> None:
        """An answer that arrives faster than it is spoken; its first sound is heard."""
        self.quiet(120)
        self.server.response_created(f"r-{item}")
        self.server.output_item(item, previous)
        self.quiet(310)
        self.server.says(item, words, samples=voice(ms))
        self.server.item_done(item)
        self.server.response_done()

    def corrected(self, *, truncates: bool = True) -> None:
        """Somebody talks over the answer: the server's ears hear it, and the server truncates it or refuses to."""
        self.talk(200)
        self.server.speech_started("u2", self.captured * 10 - 200)
        self.talk(100)
        truncate = next(x for x in reversed(self.out) if isinstance(x, ConversationItemTruncate))
        end = truncate.audio_end_ms
        if truncates:
            self.server.truncated("a1", end)
        else:
            message = f"Audio content of {end - 200}ms is already shorter than {end}ms"
            self.server.rejects(truncate, message=message)

    def told_so_far(self) -> Story:
        """The story."""
        return tuple(self.story)


def voice(ms: int) -> Pcm:
    """The assistant's, in syllables."""
    swing = np.repeat(np.resize(np.array(_SWING), ms // SYLLABLE_MS), RATE * SYLLABLE_MS // 1000)
    carrier = np.where(np.arange(len(swing)) % 60 < 30, 1, -1)
    return (swing * carrier * 9_000).astype(np.int16)


# ---- talks with the server's ears


def connecting() -> Story:
    talk = Talk()
    talk.driver(Linked(Link.CONNECTING, "", "my-resource.openai.azure.com", "gpt-realtime"))
    return talk.told_so_far()


def listening() -> Story:
    talk = Talk().live()
    talk.quiet(600)
    return talk.told_so_far()


def user_speaking() -> Story:
    talk = Talk().live()
    talk.quiet(3600)
    talk.talk(300)
    talk.server.speech_started("u1", talk.captured * 10 - 300)
    talk.talk(450)
    return talk.told_so_far()


def assistant_speaking() -> Story:
    talk = Talk().live()
    talk.asked()
    talk.answered()
    talk.quiet(1900)
    return talk.told_so_far()


def cut() -> Talk:
    """Up to the words that interrupted."""
    talk = Talk().live()
    talk.asked()
    talk.answered()
    talk.quiet(4200)
    return talk


def interrupted() -> Story:
    talk = cut()
    talk.corrected()
    talk.talk(1100)
    talk.quiet(500)
    talk.server.speech_stopped("u2", talk.captured * 10 - 500)
    talk.server.committed("u2", "a1")
    talk.server.transcribed("u2", CORRECTION)
    talk.answered(SECOND, 6_000, "a2", "u2")
    talk.quiet(1200)
    return talk.told_so_far()


def rejected() -> Story:
    talk = cut()
    talk.corrected(truncates=False)
    talk.talk(400)
    return talk.told_so_far()


def reconnecting() -> Story:
    talk = Talk().live()
    talk.asked()
    talk.answered()
    talk.quiet(1900)
    talk.lose_connection()
    talk.driver(Linked(Link.RECONNECTING, "in 2 s (close 1006)", reason="close 1006"))
    talk.quiet(200)
    return talk.told_so_far()


def hung_up() -> Story:
    why = "nobody spoke for 10 min, and the line may cost money (--idle-minutes)"
    talk = Talk().live()
    talk.asked()
    talk.answered()
    talk.quiet(11_000)
    talk.driver(Lost(why))
    talk.driver(Linked(Link.CLOSED, why))
    talk.driver(Reported(CallEnded(why)))
    talk.quiet(200)
    return talk.told_so_far()


def typed() -> Story:
    talk = Talk().live("embedded", "voice-tui-local")
    talk.quiet(800)
    talk.want(SendText(QUESTION))
    create = next(x for x in talk.out if isinstance(x, ConversationItemCreate))
    talk.server.item_added(create.item)
    talk.quiet(60)
    talk.answered(previous=str(create.item.id))
    talk.quiet(1500)
    talk.want(SendText(CORRECTION))
    talk.quiet(100)
    return talk.told_so_far()


def refused_settings() -> Story:
    talk = Talk().live()
    talk.asked()
    talk.answered()
    talk.quiet(600)
    talk.want(ChangeSetting("silence_duration_ms", 800))
    talk.quiet(300)
    update = next(x for x in reversed(talk.out) if isinstance(x, SessionUpdate))
    talk.server.rejects(update, message="Invalid value for 'silence_duration_ms'")
    talk.driver(DropsCounted(3))
    talk.quiet(300)
    return talk.told_so_far()


def deaf_server() -> Story:
    """It agrees to every setting, and hears nothing."""
    talk = Talk().live()
    talk.quiet(600)
    for _ in range(2):
        talk.hear(question())
        talk.quiet(200)
    return talk.told_so_far()


# ---- other ways of taking turns


def push_to_talk() -> Story:
    talk = Talk("push-to-talk").live()
    talk.quiet(1000)
    talk.driver(CallerSwitched(on=True))
    talk.want(PushToTalk())
    talk.talk(650)
    return talk.told_so_far()


def no_microphone() -> Story:
    talk = Talk()
    problem = "this machine has no input device"
    talk.driver(Reported(DevicesChanged("", "Headphones", mic_problem=problem)))
    talk.driver(Linked(Link.CONNECTING, "", "embedded", "voice-tui-local"))
    talk.connect()
    talk.play(600)
    return talk.told_so_far()


def step4() -> Story:
    """The workshop's fourth step, after the user's turn: threshold marks, and an answer under way."""
    talk = Talk("step4-cancel").live("embedded", "voice-tui-local")
    talk.quiet(1000)
    talk.speak(1500, 0.1)
    talk.quiet(900)
    talk.server.committed("u1")
    talk.server.transcribed("u1", QUESTION)
    talk.answered()
    talk.quiet(1500)
    return talk.told_so_far()


class Front(PlainFront):
    """Hands the microphone on, and says that it takes an echo away."""

    def process(self, mic: Pcm, ref: Pcm) -> FrontFrame:
        """As a canceller says it that has converged."""
        return replace(super().process(mic, ref), erle_db=27.3, delay_ms=62.4)


def natural(switched: SwitchFrontEnd | None = None) -> Talk:
    """Our own ears; what they believe is the story's."""
    talk = Talk("natural").live()
    if switched is not None:
        talk.want(switched)
    uplink = uplink_of(talk)
    uplink._evidence = ScriptedEvidence()  # type: ignore[assignment]
    uplink._front = Front()  # type: ignore[assignment]
    uplink._engine = EnergyEngine()  # a steady tone is no speech to any other
    talk.asked()
    assert any(isinstance(x, ResponseCreate) for x in talk.out)
    talk.answered()
    talk.quiet(3000)
    ears(talk).belief = LIKELY  # a cough
    talk.speak(60, 0.05)
    ears(talk).belief = NOTHING
    talk.quiet(1500)
    return talk


def false_alarm() -> Story:
    return natural().told_so_far()


def echo_taken_away() -> Story:
    switched = SwitchFrontEnd("fused", high_pass=True, noise_suppression=2)
    return natural(switched).told_so_far()


def cut_by_our_ears() -> Story:
    talk = natural()
    talk.quiet(1000)
    ears(talk).belief = LIKELY
    talk.talk(50)
    ears(talk).belief = SURE
    talk.talk(100)
    truncate = next(x for x in reversed(talk.out) if isinstance(x, ConversationItemTruncate))
    talk.talk(50)
    talk.server.truncated("a1", truncate.audio_end_ms)
    talk.server.speech_started("u2", talk.captured * 10 - 60)
    talk.talk(1300)
    ears(talk).belief = NOTHING
    talk.quiet(600)
    talk.server.speech_stopped("u2", talk.captured * 10 - 500)
    talk.server.committed("u2", "a1")
    talk.server.transcribed("u2", CORRECTION)
    talk.quiet(100)
    return talk.told_so_far()


@lru_cache
def told(telling: Telling) -> Story:
    """The story, held once."""
    return telling()

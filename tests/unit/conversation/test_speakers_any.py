"""Speakers under any order of events: nothing breaks, no question is lost, nobody is named twice for one turn."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.support.speaker_story import ALICE, BOB, TWO, Story
from voice_tui.audio.voices.voiceprint import Vector, unit
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    InputAudioBufferCommit,
    ResponseCreate,
)
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.speakers import (
    ForgetSpeaker,
    Identify,
    MergeSpeakers,
    OverlapPolicy,
    RenameSpeaker,
    SetSpeakers,
    VoiceHeard,
)
from voice_tui.messages.talk import PushToTalk, SendText

CAROL: Vector = unit(np.array([0.2, 0.3, 1.0]))
VOICES: list[Vector | None] = [ALICE, BOB, CAROL, None]

STEPS = st.one_of(
    st.tuples(st.just("turn"), st.integers(10, 250)),
    st.tuples(st.just("key"), st.integers(10, 250)),
    st.tuples(st.just("hear"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("words"), st.booleans()),
    st.tuples(st.just("rename"), st.integers(1, 4), st.sampled_from(["Alice", "Bob", " "])),
    st.tuples(st.just("merge"), st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.just("forget"), st.integers(1, 4)),
    st.tuples(st.just("set"), st.sampled_from([True, False, None]), st.sampled_from([True, False, None])),
    st.tuples(st.just("say")),
    st.tuples(st.just("lose")),
)


class Any(Story):
    """Does what it is told, as a server and a driver would answer."""

    def __init__(self) -> None:
        super().__init__()
        self.items = 0
        self.unheard: list[Identify] = []
        self.want(SetSpeakers(overlap=OverlapPolicy.ASK))

    def carry_out(self, step: tuple[object, ...]) -> None:
        match step:
            case ("turn", int(frames)):
                self.want(SelectPreset("server-vad"))
                item = self.item()
                self.server.speech_started(item, self.sent_ms)
                self.speak(frames * 10)
                self.server.speech_stopped(item, self.sent_ms)
                self.server.committed(item)
            case ("key", int(frames)):
                self.want(PushToTalk(True))
                self.speak(frames * 10)
                self.want(PushToTalk(False))
                if any(isinstance(x, InputAudioBufferCommit) for x in self.out):
                    self.server.committed(self.item())
            case ("hear", int(voice), bool(both)) if self.unheard:
                ask = self.unheard.pop(0)
                vector = VOICES[voice]
                overlap = TWO if both and ask.whole else None
                self.engine.receive(VoiceHeard(ask.turn_id, ask.whole, vector, 2.0, overlap))
                self.tick(0)
            case ("wait", int(frames)):
                self.silence(frames * 10)
            case ("words", bool(some)) if self.items:
                self.server.transcribed(f"u{self.items}", "words" if some else "")
            case ("rename", int(number), str(name)):
                self.want(RenameSpeaker(number, name))
            case ("merge", int(into), int(other)):
                self.want(MergeSpeakers(into, other))
            case ("forget", int(number)):
                self.want(ForgetSpeaker(number))
            case ("set", on, labels):
                assert on is None or isinstance(on, bool)
                assert labels is None or isinstance(labels, bool)
                self.want(SetSpeakers(on, labels))
            case ("say",):
                self.want(SendText("Hello"))
            case ("lose",):
                self.lose_connection()
                self.connect()
        self.unheard += self.asked()
        self.confirm()

    @property
    def sent_ms(self) -> int:
        return self.shared.turns._audio.end // 24

    def item(self) -> str:
        self.items += 1
        return f"u{self.items}"

    def confirm(self) -> None:
        """What was created is there; what was asked for is answered."""
        out, self.out = self.out, []
        for event in out:
            if isinstance(event, ConversationItemCreate) and str(event.item.id).startswith("label_"):
                assert event.item.id not in self.order
                previous = event.previous_item_id
                self.server.item_added(event.item, previous if isinstance(previous, str) else None)
            elif isinstance(event, ResponseCreate):
                self.server.answers(f"a{self.captured}_{self.now}", response=f"R{self.now}")


@one_in(3)
@given(st.lists(STEPS, max_size=25))
def test_any_order(steps: list[tuple[object, ...]]) -> None:
    story = Any()
    for step in steps:
        story.carry_out(step)
    story.silence(400)
    story.confirm()
    assert not story.session.answers.requests.wanted, "a question waits for ever"
    speakers = story.state().speakers
    names = [s.name for s in speakers]
    assert len(names) == len(set(names))
    for row in story.rows:
        if row.role == "user":
            assert row.speaker == "You" or row.speaker in names

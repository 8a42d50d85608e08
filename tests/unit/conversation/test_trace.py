"""What is traced of a suspicion is enough to decide it again, wherever in a talk it came."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from voice_tui.audio.barge_in.evidence import Evidence
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS
from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.turn_taking.policy import Action, InterruptionPolicy, policy_settings
from voice_tui.conversation.turn_taking.trace import AFTER_CUT_FRAMES, AFTER_RESUME_FRAMES, BEFORE_FRAMES, Tracer
from voice_tui.messages.evidence import VoiceTraced
from voice_tui.why import what_if

SOUND = np.full(FRAME, 3_000, np.int16)
QUIET, VOICE = -3.0, 2.0


class Decided(NamedTuple):
    """A decision as it was made: its number, what it was, and the end of its frame on the talk's clock."""

    number: int
    action: Action
    at_ms: int


class Talk:
    """A policy and what traces it; the answer goes on until it is cut, and another one begins a little later."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        self.knobs = Knobs(self.outbox, "natural")
        self.policy, self.tracer = InterruptionPolicy(), Tracer(self.outbox, self.knobs)
        self.decided: list[Decided] = []
        self.frames = self.number = self._silent = 0
        self._gain = 1.0
        self._suspects = False

    def hear(self, odds: float) -> None:
        """10 ms."""
        playing = not self._silent
        self._silent = max(0, self._silent - 1)
        self.outbox.tick(self.frames * FRAME_MS / 1000)
        self.outbox.captured(self.frames * FRAME_MS, FRAME_MS)
        before = self.tracer.stance(self.policy)
        evidence = Evidence(odds, odds, odds > 0, 100.0)
        decision = self.policy.feed(evidence, playing, policy_settings(self.knobs.settings))
        if decision.action is not None:
            self._act(decision.action)
        self.tracer.feed(SOUND, evidence, self.policy, before, playing=playing, gain=self._gain)
        self._gain = decision.gain
        self.frames += 1

    def _act(self, action: Action) -> None:
        if not self._suspects:
            self.number += 1
            self.tracer.follow(self.number)
        self._suspects = action not in (Action.CUT, Action.RESUME)
        if not self._suspects:
            self.tracer.over(cut=action is Action.CUT)
        if action is Action.CUT:
            self._silent = 150
        self.decided.append(Decided(self.number, action, (self.frames + 1) * FRAME_MS))

    @property
    def traces(self) -> list[VoiceTraced]:
        """What was told."""
        return [notice for notice in self.outbox.notices if isinstance(notice, VoiceTraced)]


def test_a_cut_is_told_a_second_later_with_what_led_to_it() -> None:
    talk = Talk()
    for odds in [QUIET] * 500 + [VOICE] * 50 + [QUIET] * AFTER_CUT_FRAMES:
        talk.hear(odds)
    [trace] = talk.traces
    assert len(trace.frames) > BEFORE_FRAMES
    assert trace.frames[-1].playing is False
    assert trace.settings == talk.knobs.settings


def test_a_false_alarm_is_told_soon_after_it() -> None:
    talk = Talk()
    for odds in [QUIET] * 50 + [VOICE] * 2 + [QUIET] * 200:
        talk.hear(odds)
    [trace] = talk.traces
    [resumed] = [each for each in talk.decided if each.action is Action.RESUME]
    end = trace.start_ms + len(trace.frames) * FRAME_MS
    assert 0 < end - resumed.at_ms <= AFTER_RESUME_FRAMES * FRAME_MS


def test_what_waits_is_told_when_the_answer_ends() -> None:
    talk = Talk()
    for odds in [QUIET] * 50 + [VOICE] * 2 + [QUIET] * 30:
        talk.hear(odds)
    assert not talk.traces or talk.traces[0].number == 1
    talk.tracer.forget()
    assert len(talk.traces) <= 1


@one_in(2)
@given(
    stretches=st.lists(
        st.tuples(st.sampled_from([QUIET, -1.0, 0.5, VOICE]), st.integers(1, 120)), min_size=3, max_size=6
    )
)
def test_decided_again_each_suspicion_comes_out_as_it_did(stretches: list[tuple[float, int]]) -> None:
    talk = Talk()
    for odds, count in stretches:
        for _ in range(count):
            talk.hear(odds)
    for trace in talk.traces:
        shift = (
            talk.outbox.frame_ms - (talk.frames - 1) * FRAME_MS
        )  # the decision's signal is later than the microphone
        again = what_if(trace, trace.settings)
        cut = [each.at_ms for each in talk.decided if each == Decided(trace.number, Action.CUT, each.at_ms)]
        assert (again.cut_ms is not None) == bool(cut)
        if cut and again.cut_ms is not None:
            late = cut[0] + shift - again.cut_ms
            assert 0 <= late < 2 * FRAME_MS, "but for the delay of the front end"

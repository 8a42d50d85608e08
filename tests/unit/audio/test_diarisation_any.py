"""Speaker labels under any sequence of turns and of what the user does."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.support.voice_vectors import book, said
from voice_tui.audio.voices.records import Relabelled


class AnyTalk(RuleBasedStateMachine):
    """Any sequence of turns and of what the user does: every turn keeps exactly one label, told changes add up."""

    def __init__(self) -> None:
        super().__init__()
        self.talk = book(most=3)
        self.told: dict[str, int | None] = {}
        self.seed = 0

    def _follow(self, changes: Sequence[Relabelled]) -> None:
        for change in changes:
            assert self.told[change.turn_id] == change.old != change.new
            self.told[change.turn_id] = change.new

    @rule(voice=st.integers(0, 4), seconds=st.sampled_from((0.5, 0.9, 1.5, 3.0, 6.0)), again=st.booleans())
    def speaks(self, voice: int, seconds: float, again: bool) -> None:
        self.seed += 1
        turn_id = next(iter(self.told)) if again and self.told else f"t{self.seed}"
        heard = self.talk.hear(turn_id, said(voice, seconds, self.seed, blur=0.9), seconds)
        self.told.pop(turn_id, None)
        assert turn_id not in {change.turn_id for change in heard.relabelled}
        assert heard.speaker is not None
        assert 0 <= heard.confidence <= 1
        self._follow(heard.relabelled)
        self.told[turn_id] = heard.speaker

    @rule()
    def coughs(self) -> None:
        self.seed += 1
        self._follow(self.talk.hear(f"t{self.seed}", None, 0.0).relabelled)
        self.told[f"t{self.seed}"] = None

    @rule(name=st.sampled_from(("Anna", "Ben", "Cleo")), voice=st.integers(0, 4))
    def enrols(self, name: str, voice: int) -> None:
        self.seed += 1
        self.talk.enrol(name, said(voice, 10.0, self.seed))

    @precondition(lambda self: self.talk.speakers)
    @rule(data=st.data(), name=st.sampled_from(("Anna", "Dora", "Emil")))
    def is_renamed(self, data: st.DataObject, name: str) -> None:
        speaker = data.draw(st.sampled_from(self.talk.speakers))
        if name not in {other.name for other in self.talk.speakers if other != speaker}:
            self.talk.rename(speaker.number, name)
            assert self.talk.name(speaker.number) == name

    @precondition(lambda self: len(self.talk.speakers) > 1)
    @rule(data=st.data())
    def are_merged(self, data: st.DataObject) -> None:
        first, second = data.draw(st.permutations(self.talk.speakers))[:2]
        turns = first.turns + second.turns
        self._follow(self.talk.merge(first.number, second.number))
        merged = next(speaker for speaker in self.talk.speakers if speaker.number == first.number)
        assert merged.turns == turns

    @precondition(lambda self: self.talk.speakers)
    @rule(data=st.data())
    def is_forgotten(self, data: st.DataObject) -> None:
        self._follow(self.talk.forget(data.draw(st.sampled_from(self.talk.speakers)).number))

    @invariant()
    def everybody_knows_the_labels(self) -> None:
        assert self.talk.labels() == self.told
        numbers = {speaker.number for speaker in self.talk.speakers}
        assert {label for label in self.told.values() if label is not None} <= numbers
        assert sum(speaker.turns for speaker in self.talk.speakers) == sum(
            label is not None for label in self.told.values()
        )
        names = [speaker.name for speaker in self.talk.speakers]
        assert len(set(names)) == len(names)


TestAnyTalk = AnyTalk.TestCase

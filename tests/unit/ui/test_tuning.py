"""Moves of knobs: taken back and made again, whoever made them; two sets; what is saved."""

from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from voice_tui.messages.intents import ChangeSetting, Request, SelectPreset
from voice_tui.messages.knobs import KNOBS, TurnSettings, change
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import SettingsChanged
from voice_tui.settings.tuned import KnobSet, Tuned
from voice_tui.ui.common.tuning import ONE_MOVE_S, Tuning


class Bench:
    """A tuning with knobs that do what they are asked."""

    def __init__(self, tuned: Tuned = Tuned()) -> None:  # noqa: B008  # it is frozen
        self.seconds = 0.0
        self.preset, self.kept = "natural", {name: preset.settings for name, preset in PRESETS.items()}
        self.tuning = Tuning(lambda: self.seconds, tuned)
        self.tell()

    @property
    def settings(self) -> TurnSettings:
        return self.kept[self.preset]

    def tell(self) -> None:
        self.tuning.told(SettingsChanged(self.preset, self.settings))

    def obey(self, requests: list[Request]) -> int:
        for request in requests:
            match request:
                case SelectPreset(name):
                    self.preset = name
                case ChangeSetting(name, value):
                    self.kept[self.preset] = change(self.settings, name, value)
            self.tell()
        return len(requests)

    def turn(self, name: str, value: float, after: float = 2 * ONE_MOVE_S) -> None:
        self.seconds += after
        self.obey([ChangeSetting(name, value)])


def test_a_move_is_taken_back_and_made_again() -> None:
    bench = Bench()
    bench.turn("sureness", 8)
    bench.turn("duck_gain", 0.5)
    assert bench.obey(bench.tuning.undo()) == 1
    assert (bench.settings.sureness, bench.settings.duck_gain) == (8, 0.2)
    bench.obey(bench.tuning.undo())
    assert bench.settings == PRESETS["natural"].settings
    assert not bench.tuning.can_undo
    assert bench.tuning.undo() == []
    bench.obey(bench.tuning.redo())
    bench.obey(bench.tuning.redo())
    assert (bench.settings.sureness, bench.settings.duck_gain) == (8, 0.5)
    assert not bench.tuning.can_redo


def test_a_drag_is_one_move() -> None:
    bench = Bench()
    for value in (6.5, 7, 7.5, 8):
        bench.turn("sureness", value, after=0.1)
    bench.turn("duck_gain", 0.5, after=0.1)
    bench.obey(bench.tuning.undo())
    assert bench.settings.sureness == 8
    bench.obey(bench.tuning.undo())
    assert bench.settings.sureness == 6


def test_what_is_turned_right_after_a_save_is_a_move_of_its_own() -> None:
    bench = Bench()
    bench.turn("sureness", 7)
    bench.tuning.saved()
    bench.turn("sureness", 7.5, after=0.1)
    bench.obey(bench.tuning.undo())
    assert bench.settings.sureness == 7


def test_a_new_move_ends_what_could_be_made_again() -> None:
    bench = Bench()
    bench.turn("sureness", 8)
    bench.obey(bench.tuning.undo())
    bench.turn("sureness", 9)
    assert not bench.tuning.can_redo


def test_a_move_in_another_preset_leads_back_there() -> None:
    bench = Bench()
    bench.turn("sureness", 8)
    bench.obey([SelectPreset("server-vad")])
    bench.obey(bench.tuning.undo())
    assert (bench.preset, bench.settings.sureness) == ("natural", 6)


def test_reset_is_as_it_was_saved_then_as_the_preset_has_it_and_can_be_undone() -> None:
    saved = replace(PRESETS["natural"].settings, sureness=7)
    bench = Bench(Tuned(knobs={"natural": saved}))
    bench.turn("sureness", 9)
    bench.obey(bench.tuning.reset())
    assert bench.settings.sureness == 7
    bench.obey(bench.tuning.reset())
    assert bench.settings.sureness == 6
    assert bench.tuning.reset() != [], "back and forth"
    bench.obey(bench.tuning.undo())


def test_two_sets_keep_what_each_was_turned_to() -> None:
    bench = Bench()
    bench.turn("sureness", 8)
    assert bench.obey(bench.tuning.flip()) == 0, "the other one begins as a copy"
    assert (bench.tuning.at, bench.tuning.compares) == ("B", True)
    bench.obey([SelectPreset("step4-cancel")])
    bench.turn("debounce_ms", 200)
    bench.obey(bench.tuning.flip())
    assert (bench.tuning.at, bench.preset, bench.settings.sureness) == ("A", "natural", 8)
    bench.obey(bench.tuning.flip())
    assert (bench.tuning.at, bench.preset, bench.settings.debounce_ms) == ("B", "step4-cancel", 200)


def test_flipping_is_no_move() -> None:
    bench = Bench()
    bench.obey(bench.tuning.flip())
    bench.turn("sureness", 8)
    bench.obey(bench.tuning.flip())
    bench.obey(bench.tuning.flip())
    bench.obey(bench.tuning.undo())
    assert bench.settings.sureness == 6
    assert not bench.tuning.can_undo


def test_what_is_saved_is_where_the_knobs_were_from_then_on() -> None:
    bench = Bench()
    bench.turn("sureness", 8)
    assert bench.tuning.rest("natural").sureness == 6
    tuned = bench.tuning.saved(theme="paper", profile="")
    assert tuned == Tuned({"preset": "natural", "theme": "paper"}, {"natural": bench.settings})
    assert bench.tuning.rest("natural").sureness == 8
    bench.obey(bench.tuning.flip())
    assert set(bench.tuning.saved().sets) == {"A", "B"}
    assert bench.tuning.tuned.sets["B"] == KnobSet("natural", bench.settings)


def test_an_answer_that_never_comes_is_not_waited_for_for_ever() -> None:
    bench = Bench()
    bench.turn("sureness", 8)
    bench.tuning.undo()  # nobody obeys
    bench.turn("duck_gain", 0.5, after=10)
    bench.obey(bench.tuning.undo())
    assert bench.settings.duck_gain == 0.2


moves = st.lists(
    st.sampled_from(["undo", "redo"]) | st.tuples(st.sampled_from(["sureness", "debounce_ms"]), st.integers(1, 12)),
    max_size=20,
)


@given(moves)
def test_undoing_everything_leads_to_the_beginning_and_redoing_back(story: list[str | tuple[str, int]]) -> None:
    bench = Bench()
    for step in story:
        match step:
            case "undo":
                bench.obey(bench.tuning.undo())
            case "redo":
                bench.obey(bench.tuning.redo())
            case (name, value):
                bench.turn(str(name), KNOBS[str(name)].check(float(value)))
    end, undone = bench.settings, 0
    while bench.tuning.can_undo:
        bench.obey(bench.tuning.undo())
        undone += 1
    assert bench.settings == PRESETS["natural"].settings
    for _ in range(undone):
        bench.obey(bench.tuning.redo())
    assert bench.settings == end
    assert {f.name for f in fields(TurnSettings)} == set(KNOBS)

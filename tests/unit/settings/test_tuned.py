"""tuned.toml: what was saved is read again, and what is wrong in it is said and left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.messages.knobs import KNOBS, TurnSettings
from voice_tui.messages.presets import PRESETS
from voice_tui.settings.config import load
from voice_tui.settings.tuned import KnobSet, Tuned, TunedFile, read, with_knobs, written


def test_nothing_was_saved(tmp_path: Path) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    assert (file.tuned, file.problems) == (Tuned(), [])


@st.composite
def turned(draw: st.DrawFn) -> TurnSettings:
    values = {}
    for name in draw(st.sets(st.sampled_from(sorted(KNOBS)), max_size=6)):
        low, high = KNOBS[name].ends
        values[name] = KNOBS[name].at(draw(st.floats(low, high)))
    return replace(TurnSettings(), **values)


presets = st.sampled_from(sorted(PRESETS))
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)


@given(
    st.dictionaries(presets, turned(), max_size=3),
    st.dictionaries(st.sampled_from("AB"), st.builds(KnobSet, presets, turned()), min_size=2),
    texts,
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, knobs: dict[str, TurnSettings], sets: dict[str, KnobSet], theme: str
) -> None:
    path = tmp_path_factory.mktemp("tuned") / "tuned.toml"
    tuned = Tuned({"preset": "natural", "theme": theme}, knobs, sets, "B")
    path.write_text(written(tuned), encoding="utf-8")
    got, problems = read(path)
    assert problems == []
    assert (got.start, got.sets, got.at) == (tuned.start, sets, "B")
    assert got.knobs == {name: each for name, each in knobs.items() if each != PRESETS[name].settings}


def test_saving_makes_the_folder_and_leaves_nothing_beside(tmp_path: Path) -> None:
    file = TunedFile(tmp_path / "new" / "tuned.toml")
    file.save(Tuned(knobs={"natural": replace(TurnSettings(), sureness=7)}))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["tuned.toml"]
    assert read(tmp_path / "new" / "tuned.toml")[0].knobs["natural"].sureness == 7


def tuned_to(tuned: Tuned, preset: str, **knobs: float) -> Tuned:
    settings = tuned.knobs.get(preset, PRESETS[preset].settings)
    return with_knobs(tuned, preset, replace(settings, **knobs))


def test_of_two_consoles_that_save_neither_takes_what_the_other_has_saved(tmp_path: Path) -> None:
    path = tmp_path / "tuned.toml"
    first, second = TunedFile(path), TunedFile(path)
    ours = tuned_to(first.tuned, "natural", sureness=7)
    first.save(replace(ours, start={"preset": "natural", "theme": "studio"}))
    theirs = tuned_to(tuned_to(second.tuned, "server-vad", silence_duration_ms=700), "natural", resume_ms=400)
    second.save(replace(theirs, sets={"A": KnobSet("natural", TurnSettings())}))
    ours = tuned_to(ours, "natural", sureness=8)  # of what the second has saved this one knows nothing
    first.save(replace(ours, start={"preset": "natural", "theme": "paper"}))
    got, problems = read(path)
    assert problems == []
    assert (got.knobs["natural"].sureness, got.knobs["natural"].resume_ms) == (8, 400)
    assert got.knobs["server-vad"].silence_duration_ms == 700
    assert got.start == {"preset": "natural", "theme": "paper"}
    assert list(got.sets) == ["A"]
    assert first.tuned == got


def test_of_one_knob_that_both_have_turned_what_was_saved_last_counts(tmp_path: Path) -> None:
    path = tmp_path / "tuned.toml"
    first, second = TunedFile(path), TunedFile(path)
    first.save(tuned_to(first.tuned, "natural", sureness=7))
    second.save(tuned_to(second.tuned, "natural", sureness=3))
    assert read(path)[0].knobs["natural"].sureness == 3


def test_what_is_put_back_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "tuned.toml"
    TunedFile(path).save(tuned_to(Tuned(), "natural", sureness=7, resume_ms=400))
    file = TunedFile(path)
    file.save(tuned_to(file.tuned, "natural", sureness=PRESETS["natural"].settings.sureness))
    got = read(path)[0].knobs["natural"]
    assert (got.sureness, got.resume_ms) == (PRESETS["natural"].settings.sureness, 400)


def test_what_was_edited_meanwhile_is_kept_and_what_can_t_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "tuned.toml"
    file = TunedFile(path)
    path.write_text("[natural]\nresume_ms = 400\n")
    file.save(tuned_to(file.tuned, "natural", sureness=7))
    assert (read(path)[0].knobs["natural"].sureness, read(path)[0].knobs["natural"].resume_ms) == (7, 400)
    path.write_text("[natural\nresume_ms = 400\n")
    with pytest.raises(OSError, match="can't be read any more") as refused:
        file.save(tuned_to(file.tuned, "natural", sureness=8))
    assert (refused.value.strerror or "").endswith(", mend or delete it")
    assert path.read_text() == "[natural\nresume_ms = 400\n"


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "dotfiles.toml").write_text("")
    (tmp_path / "tuned.toml").symlink_to(tmp_path / "dotfiles.toml")
    TunedFile(tmp_path / "tuned.toml").save(tuned_to(Tuned(), "natural", sureness=7))
    assert (tmp_path / "tuned.toml").is_symlink()
    assert read(tmp_path / "dotfiles.toml")[0].knobs["natural"].sureness == 7


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[natural]\nsureness = 99\n", "tuned.toml: natural: sureness: 99 is not allowed, give 1 to 12"),
        ("[natural]\nsureness = true\n", "tuned.toml: natural: sureness: true is not allowed, give a number"),
        ("[natural]\nsurenes = 5\n", "tuned.toml: natural: surenes: no such setting, there are sureness, "),
        ("[naturall]\nsureness = 5\n", "tuned.toml: naturall: {'sureness': 5} is not allowed, there are preset, "),
        ("preset = 7\n", "tuned.toml: preset: 7 is not allowed, give natural, "),
        ("preset = []\n", "tuned.toml: preset: [] is not allowed, give natural, "),
        ("theme = 7\n", "tuned.toml: theme: 7 is not allowed, give a text in quotes"),
        ("set = 7\n", "tuned.toml: set: 7 is not allowed, give A or B"),
        ("sets = 7\n", "tuned.toml: sets: 7 is not allowed, give a table: [sets.A]"),
        ("natural = 7\n", "tuned.toml: natural: 7 is not allowed, give a table: [natural]"),
        ("[natural]\nsureness = nan\n", "tuned.toml: natural: sureness: nan is not allowed, give 1 to 12"),
        ("[sets.A]\npreset = []\n", "tuned.toml: sets.A: give A or B, with a preset of natural, "),
        ('preset = "x"\n', "tuned.toml: preset: 'x' is not allowed, give natural, "),
        ('[sets.C]\npreset = "natural"\n', "tuned.toml: sets.C: give A or B, with a preset of natural, "),
        ("[natural\n", "tuned.toml: file: "),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_counts(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "tuned.toml"
    path.write_text(text + ("" if text == "[natural\n" else "\n[server-vad]\nthreshold = 0.6\n"), encoding="utf-8")
    tuned, (said,) = read(path)
    assert said.startswith(problem)
    assert "\n" not in said
    if text != "[natural\n":
        assert tuned.knobs["server-vad"].threshold == 0.6


def test_everything_else_goes_before_what_was_saved(tmp_path: Path) -> None:
    saved = {"preset": "server-vad", "theme": "paper"}
    assert load({}, {}, saved=saved)[0].preset == "server-vad"
    assert load({"preset": "natural"}, {}, saved=saved)[0].preset == "natural"
    config = tmp_path / "config.toml"
    config.write_text('theme = "dusk"\n', encoding="utf-8")
    assert load({}, {}, None, config, saved=saved)[0].theme == "dusk"

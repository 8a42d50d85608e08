"""The knobs and the presets: what can be set, to what, and what is said when it cannot."""

from __future__ import annotations

import math
from dataclasses import asdict, fields

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, Knob, SettingError, Side, TurnSettings, change
from voice_tui.messages.presets import DEFAULT_PRESET, PRESETS, Detector, Policy, Preset

every_knob = pytest.mark.parametrize("knob", KNOBS.values(), ids=list(KNOBS))
every_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))


def on_a_step(knob: Knob, value: float) -> bool:
    steps = value / knob.step
    return math.isclose(steps, round(steps), abs_tol=1e-6)


@every_knob
def test_a_knob_describes_itself(knob: Knob) -> None:
    assert knob.low < knob.high
    assert knob.step > 0
    assert on_a_step(knob, knob.low)
    assert on_a_step(knob, knob.high)
    assert knob.unit in ("ms", "s", "dB", "dBFS", "")
    assert knob.unit != "ms" or knob.name.endswith("_ms")
    assert knob.help.endswith(".")
    assert knob.side in Side


def test_every_setting_has_its_knob_under_its_name() -> None:
    assert [knob.name for knob in KNOBS.values()] == list(KNOBS)
    assert {field.name for field in fields(TurnSettings)} == set(KNOBS)


@every_knob
@pytest.mark.hypothesis  # its plugin does not look into the function
def test_a_value_in_range_comes_out_in_range_and_on_a_step(knob: Knob) -> None:
    @given(st.floats(knob.low, knob.high))
    def check(value: float) -> None:
        result = knob.check(value)
        assert knob.low <= result <= knob.high
        assert on_a_step(knob, result)
        assert abs(result - value) <= knob.step / 2 + 1e-9
        assert knob.check(result) == result

    check()


@every_knob
def test_a_result_prints_without_the_dust_of_binary_fractions(knob: Knob) -> None:
    value = knob.low
    while value <= knob.high:
        assert len(f"{knob.check(value)!r}") <= 6
        value += knob.step


@every_knob
@pytest.mark.hypothesis  # its plugin does not look into the function
def test_a_value_outside_is_refused_with_field_value_and_range(knob: Knob) -> None:
    @given(st.floats(allow_nan=False))
    def check(value: float) -> None:
        assume(not knob.low <= value <= knob.high)
        with pytest.raises(SettingError) as caught:
            knob.check(value)
        text = str(caught.value)
        assert text.startswith(f"{knob.name}: {value:g} is not allowed")
        assert f"{knob.low:g} to {knob.high:g} {'' if knob.decibels else knob.unit}".rstrip() in text
        assert text == text.rstrip()

    check()


@every_knob
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_refused(knob: Knob, value: float) -> None:
    with pytest.raises(SettingError, match=rf"^{knob.name}: {value:g} is not allowed"):
        knob.check(value)


def test_the_refusal_reads_well() -> None:
    with pytest.raises(SettingError, match=r"^silence_duration_ms: 50 is not allowed, give 100 to 2000 ms$"):
        KNOBS["silence_duration_ms"].check(50)
    with pytest.raises(SettingError, match=r"^threshold: 1\.2 is not allowed, give 0 to 1$"):
        KNOBS["threshold"].check(1.2)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("threshold", 0.5, "0.50"),
        ("debounce_ms", 180.0, "180 ms"),
        ("debounce_ms", 0.0, "off"),
        ("local_threshold", 0.015, "-36 dBFS"),
        ("duck_gain", 0.2, "-14 dB"),
        ("duck_gain", 1.0, "0 dB"),
        ("duck_gain", 0.0, "silence"),
        ("confirm", 0.0, "here"),
        ("acknowledge", 2.0, "sorry"),
        ("eagerness", 1.0, "low"),
    ],
)
def test_a_value_is_said_with_its_unit_or_by_its_word(name: str, value: float, text: str) -> None:
    assert KNOBS[name].format(value) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sureness", "1.0 to 12.0"),
        ("silence_duration_ms", "100 to 2000 ms"),
        ("hold_ms", "off to 2000 ms"),
        ("duck_gain", "silence to 0 dB"),
        ("local_threshold", "-60 to -14 dBFS"),
        ("confirm", "here, either, both"),
    ],
)
def test_a_range_is_said_in_the_same_words(name: str, text: str) -> None:
    assert KNOBS[name].range == text


@every_knob
def test_each_notch_of_a_scale_is_a_value_of_its_own(knob: Knob) -> None:
    low, high = knob.ends
    assert (knob.at(low), knob.at(high)) == (knob.low, knob.high)
    assert (knob.at(low - 5), knob.at(high + 5)) == (knob.low, knob.high)
    places = [low + number * knob.notch for number in range(round((high - low) / knob.notch) + 1)]
    values = [knob.at(place) for place in places]
    assert values == sorted(set(values)), "going one notch on always leads to another value"
    for value in values:
        assert knob.at(knob.place(value)) == value
        assert knob.check(value) == value


def test_levels_stand_on_their_scale_in_decibels() -> None:
    for name in ("local_threshold", "interrupt_threshold", "duck_gain"):
        knob = KNOBS[name]
        said = [knob.format(knob.at(place)) for place in range(-40, -14)]
        assert said == [f"{place} {knob.unit}" for place in range(-40, -14)]


@pytest.mark.parametrize("value", [0.123, 0.151, 0.049, 0.0015, 0.2])
def test_rounding_goes_to_the_nearest_step(value: float) -> None:
    assert KNOBS["local_threshold"].check(value) == pytest.approx(round(value, 4))


def test_changing_a_setting_changes_only_that_one() -> None:
    before = TurnSettings()
    after = change(before, "threshold", 0.71)
    assert asdict(after) == asdict(before) | {"threshold": 0.7}
    assert before == TurnSettings()


def test_an_unknown_setting_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingError) as caught:
        change(TurnSettings(), "treshold", 0.5)
    assert str(caught.value).startswith("treshold: no such setting, there are sureness, ")
    assert all(name in str(caught.value) for name in KNOBS)


def test_changing_checks_the_range() -> None:
    with pytest.raises(SettingError, match=r"^threshold: 2 is not allowed"):
        change(TurnSettings(), "threshold", 2)


def test_the_defaults_are_the_workshops() -> None:
    settings = TurnSettings()
    assert (settings.threshold, settings.prefix_padding_ms, settings.silence_duration_ms) == (0.5, 300, 500)
    assert (settings.local_threshold, settings.min_speech_ms, settings.max_silence_ms) == (0.015, 300, 800)
    assert (settings.interrupt_threshold, settings.debounce_ms) == (0.02, 0)


def test_the_presets_of_the_table() -> None:
    assert list(PRESETS) == [
        "natural",
        "server-vad",
        "semantic-vad",
        "push-to-talk",
        "step1-fixed-window",
        "step2-local-vad",
        "step3-detect",
        "step4-cancel",
    ]
    assert [preset.name for preset in PRESETS.values()] == list(PRESETS)
    assert DEFAULT_PRESET in PRESETS


@every_preset
def test_a_preset_starts_where_its_knobs_can_stand(preset: Preset) -> None:
    for name, value in asdict(preset.settings).items():
        assert KNOBS[name].check(value) == value


@every_preset
def test_a_preset_uses_only_knobs_there_are(preset: Preset) -> None:
    assert preset.knobs <= set(KNOBS)


@every_preset
def test_an_answer_is_waited_for_in_every_preset(preset: Preset) -> None:
    assert "patience_s" in preset.knobs
    assert list(KNOBS)[-1] == "patience_s", "where a panel has no room it pushes no other knob out of sight"


@every_preset
def test_a_window_belongs_to_the_fixed_window_detector(preset: Preset) -> None:
    assert (preset.window_ms > 0) == (preset.detector is Detector.FIXED_WINDOW)
    assert preset.summary.endswith(".")


@pytest.mark.parametrize(
    ("name", "detector", "policy"),
    [
        ("server-vad", Detector.SERVER_VAD, Policy.SERVER),
        ("push-to-talk", Detector.KEY, Policy.KEY),
        ("step1-fixed-window", Detector.FIXED_WINDOW, Policy.IGNORE),
        ("step2-local-vad", Detector.LOCAL_VAD, Policy.IGNORE),
        ("step3-detect", Detector.LOCAL_VAD, Policy.DETECT),
        ("step4-cancel", Detector.LOCAL_VAD, Policy.CANCEL),
    ],
)
def test_what_each_preset_is_made_of(name: str, detector: Detector, policy: Policy) -> None:
    preset = PRESETS[name]
    assert (preset.detector, preset.policy) == (detector, policy)
    assert preset.server_turns == (name == "server-vad")


def test_the_knobs_of_a_preset_are_those_of_its_parts() -> None:
    everywhere = {"patience_s", *LATENCY_KNOBS}
    assert PRESETS["server-vad"].knobs == {"threshold", "prefix_padding_ms", "silence_duration_ms", *everywhere}
    assert {"interrupt_threshold", "debounce_ms"} <= PRESETS["step4-cancel"].knobs
    assert not {"interrupt_threshold", "debounce_ms"} & PRESETS["step2-local-vad"].knobs
    assert PRESETS["push-to-talk"].knobs == everywhere

from dataclasses import replace

import pytest

from voice_tui.doctor.finding import Finding, Grade
from voice_tui.doctor.sound import Sound, chosen, silence_advice
from voice_tui.drivers.devices.names import Device, DeviceError
from voice_tui.drivers.devices.trial import Heard, Played

YETI = Device(0, "Yeti", "ALSA", 2, 0, 48_000.0, True, False)
PHONES = Device(1, "Headphones", "ALSA", 0, 2, 48_000.0, False, True)
MEANS = Sound(
    lambda: [YETI, PHONES],
    lambda name: Heard("Yeti", 24.0, 0.8, -31.4, zeros=False),
    lambda name: Played("Headphones", 31.0, 0.3),
    "linux",
)


def look(means: Sound = MEANS, mic: str = "", speaker: str = "", *, opens: bool = True) -> dict[str, Finding]:
    return {finding.name: finding for finding in chosen(mic, speaker, means, opens=opens)}


def refuses(name: str) -> Heard:
    raise DeviceError(f"nothing is called {name!r}")


def test_both_devices_are_opened_and_told_with_level_and_latency() -> None:
    found = look()
    assert found["devices"].words == "1 microphone, 1 loudspeaker: Yeti, Headphones"
    assert found["microphone"].words == "Yeti: hears -31 dBFS at the loudest, latency 24 ms"
    assert found["loudspeaker"].words == "Headphones: takes sound (silence was played), latency 31 ms"
    assert {finding.grade for finding in found.values()} == {Grade.OK}


def test_quick_opens_none() -> None:
    means = replace(MEANS, listen=refuses, play=lambda name: pytest.fail("opened"))
    assert list(look(means, opens=False)) == ["devices"]


@pytest.mark.parametrize(
    ("platform", "words"), [("darwin", "Privacy & Security"), ("win32", "desktop apps"), ("linux", "muted")]
)
def test_nothing_but_zeros_says_where_to_allow_it(platform: str, words: str) -> None:
    means = replace(MEANS, platform=platform, listen=lambda name: Heard("Yeti", 24.0, 0.8, -120.0, zeros=True))
    found = look(means)["microphone"]
    assert (found.grade, found.words) == (Grade.WARNING, "Yeti: nothing but zeros")
    assert words in found.advice
    assert found.advice == silence_advice(platform)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        (Heard("Yeti", 24.0, 0.0, None, zeros=False), "it opens and delivers nothing"),
        (Heard("AirPods", 190.0, 0.8, -30.0, zeros=False), "latency 190 ms"),
        (Heard("Yeti", 24.0, 0.8, -0.5, zeros=False), "hears -0 dBFS"),
    ],
)
def test_what_works_badly_is_a_warning_with_advice(heard: Heard, words: str) -> None:
    found = look(replace(MEANS, listen=lambda name: heard))["microphone"]
    assert found.grade is Grade.WARNING
    assert words in found.words
    assert found.advice


def test_a_device_that_refuses_is_a_warning_and_the_other_is_told() -> None:
    found = look(replace(MEANS, listen=refuses), mic="Blue")
    assert found["microphone"].words == "nothing is called 'Blue'"
    assert "Alt+D" in found["microphone"].advice
    assert found["loudspeaker"].grade is Grade.OK


def test_no_device_at_all_is_one_line_with_a_way_out() -> None:
    found = look(replace(MEANS, devices=list))
    assert list(found) == ["devices"]
    assert "F7" in found["devices"].advice


def test_what_is_no_device_is_not_opened() -> None:
    found = look(replace(MEANS, listen=refuses), mic="question.wav", speaker="heard.wav")
    assert found["microphone"].words == "question.wav: no device, as configured"
    assert found["loudspeaker"].words == "heard.wav: no device, as configured"


def test_a_sound_system_that_fails_is_one_line() -> None:
    def fails() -> list[Device]:
        raise DeviceError("PortAudio fails: no host")

    found = look(replace(MEANS, devices=fails))
    assert [each.words for each in found.values()] == ["PortAudio fails: no host"]

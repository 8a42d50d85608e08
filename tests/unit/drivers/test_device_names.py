"""Which device is meant by a name."""

from __future__ import annotations

import pytest

from voice_tui.drivers.devices.names import Device, DeviceError, Kind, default_name, lasting_name, meant


def device(index: int, name: str, api: str = "WASAPI", *, inputs: int = 1, default: bool = False) -> Device:
    return Device(
        index, name, api, inputs, 0 if inputs else 2, 48_000.0, default and bool(inputs), default and not inputs
    )


DEVICES = [
    device(0, "Microphone (Yeti)", "MME", default=True),
    device(1, "Microphone (Yeti)", "WASAPI"),
    device(2, "Microphone (Webcam)", "MME"),
    device(3, "Headphones", "MME", inputs=0, default=True),
    device(4, "USB Audio: - (hw:1,0)", "ALSA"),
]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ("", 0),
        ("yeti", 0),  # of several, that of the host API that the system uses
        ("Microphone (Yeti), WASAPI", 1),
        ("webcam", 2),
        ("2", 2),
        ("USB Audio: - (hw:3,0)", 4),  # another start, another number of the card
    ],
)
def test_a_name_a_part_of_it_or_a_number_means_a_device(wanted: str, index: int) -> None:
    assert meant(DEVICES, Kind.INPUT, wanted).index == index


@pytest.mark.parametrize(
    ("kind", "wanted", "words"),
    [
        (Kind.INPUT, "nonsense", "microphone: nothing is called 'nonsense'; there are 'Microphone (Yeti)', "),
        (
            Kind.INPUT,
            "Microphone",
            "microphone: 'Microphone' fits several: 'Microphone (Yeti)', 'Mic",
        ),
        (Kind.INPUT, "3", "microphone: 3 is the number of none; there are 0 Microphone (Yeti), "),
        (Kind.OUTPUT, "Yeti", "loudspeaker: nothing is called 'Yeti'; there are 'Headphones'"),
        (Kind.INPUT, "evil\x1b[2J", "microphone: nothing is called 'evil'; "),
    ],
)
def test_what_means_none_says_what_there_is(kind: Kind, wanted: str, words: str) -> None:
    with pytest.raises(DeviceError) as failure:
        meant(DEVICES, kind, wanted)
    assert str(failure.value).startswith(words)


def test_without_a_device_or_a_default_it_is_said() -> None:
    with pytest.raises(DeviceError, match="no loudspeaker was found"):
        meant(DEVICES[:1], Kind.OUTPUT, "")
    with pytest.raises(DeviceError, match="names no microphone of its own; there are 'Microphone"):
        meant(DEVICES[1:], Kind.INPUT, "")
    assert default_name(DEVICES[1:], Kind.INPUT) == ""


@pytest.mark.parametrize("index", [0, 1, 2, 4])
def test_the_name_that_is_kept_leads_back_to_the_device(index: int) -> None:
    kept = lasting_name(DEVICES[index], DEVICES, Kind.INPUT)
    assert meant(DEVICES, Kind.INPUT, kept).index == index

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from voice_tui.cli.main import main
from voice_tui.drivers.devices import host, portaudio
from voice_tui.drivers.devices.loudspeakers import GONE_S as SPEAKER_GONE_S
from voice_tui.drivers.devices.loudspeakers import DeviceSpeaker
from voice_tui.drivers.devices.microphones import GONE_S, DeviceMicrophone
from voice_tui.drivers.devices.portaudio import DeviceError, open_stream


class PortAudioError(Exception):
    """As sounddevice raises it."""


class NoStream:
    """Must never be opened."""

    def __init__(self, **options: Any) -> None:
        raise PortAudioError("Invalid sample rate", -9997)


def machine(devices: list[tuple[str, int, int]], default: tuple[int, int]) -> SimpleNamespace:
    """A sounddevice that sees these devices (name, inputs, outputs)."""
    table = [
        {"name": n, "hostapi": 0, "max_input_channels": i, "max_output_channels": o, "default_samplerate": 48000.0}
        for n, i, o in devices
    ]

    def query(wanted: int | str | None = None, kind: str | None = None) -> Any:
        if wanted is None and kind is None:
            return table
        if wanted is None:
            index = default[0 if kind == "input" else 1]
            if index < 0:
                raise PortAudioError("Error querying device -1")
            return table[index]
        found = [d for i, d in enumerate(table) if i == wanted or str(wanted) in str(d["name"])]
        if len(found) != 1:
            raise ValueError(f"No {kind} device matching {wanted!r}\nlist follows")
        return found[0]

    apis = [{"name": "ALSA", "default_input_device": default[0], "default_output_device": default[1]}]
    return SimpleNamespace(
        PortAudioError=PortAudioError,
        query_devices=query,
        query_hostapis=lambda: apis,
        default=SimpleNamespace(device=[-1, -1]),
        InputStream=NoStream,
        OutputStream=NoStream,
    )


def use(monkeypatch: pytest.MonkeyPatch, sd: SimpleNamespace) -> None:
    for module in (host, portaudio):
        monkeypatch.setattr(module, "sounddevice", lambda: sd)


def test_devices_are_listed_with_their_shape_and_the_defaults_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, machine([("Yeti", 2, 0), ("Headphones", 0, 2), ("Headset", 1, 2)], (0, 1)))
    result = CliRunner().invoke(main, ["devices"])
    assert result.exit_code == 0
    yeti, headphones, headset = result.output.splitlines()
    assert "Yeti  (ALSA: 2 in, 0 out, 48 kHz)" in yeti
    assert yeti.endswith("← default mic")
    assert headphones.endswith("← default speaker")
    assert "←" not in headset


def test_no_device_at_all_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, machine([], (-1, -1)))
    result = CliRunner().invoke(main, ["devices"])
    assert result.exit_code == 1
    assert "sees no audio device" in result.output


def test_a_missing_portaudio_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise DeviceError("PortAudio is missing; " + host.INSTALL_HINTS["linux"])

    monkeypatch.setattr(host, "sounddevice", missing)
    result = CliRunner().invoke(main, ["devices"])
    assert result.exit_code == 1
    assert "apt install libportaudio2" in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("devices", "default", "name", "words"),
    [
        ([], (-1, -1), "", "no microphone was found"),
        ([], (-1, -1), "Blue", "microphone: nothing is called 'Blue': no microphone was found"),
        ([("Yeti", 2, 0)], (0, -1), "Blue", "microphone: nothing is called 'Blue'; there are 'Yeti'"),
        ([("Yeti", 2, 0)], (0, -1), "Yeti", "'Yeti' can't be opened: Invalid sample rate"),
    ],
)
def test_a_device_that_cannot_be_used_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    devices: list[tuple[str, int, int]],
    default: tuple[int, int],
    name: str,
    words: str,
) -> None:
    use(monkeypatch, machine(devices, default))
    with pytest.raises(DeviceError) as failure:
        open_stream("input", name, lambda rate: lambda: None)
    assert words in str(failure.value)
    assert "\n" not in str(failure.value)


class Stubborn:
    """Takes one rate and one number of channels only."""

    takes = (44100, 2)
    active, closed = True, False

    def __init__(self, **options: Any) -> None:
        if (options["samplerate"], options["channels"]) != self.takes:
            raise PortAudioError("Invalid sample rate", -9997)
        self.options = options


def test_a_device_that_refuses_24_khz_is_opened_at_its_own_rate_and_resampled(monkeypatch: pytest.MonkeyPatch) -> None:
    sd = machine([("Old card", 2, 2)], (0, 0))
    sd.InputStream = sd.OutputStream = Stubborn
    sd.query_devices(None)[0]["default_samplerate"] = 44100.0
    use(monkeypatch, sd)
    status = SimpleNamespace(input_overflow=False, output_underflow=False)

    microphone = DeviceMicrophone()
    callback = microphone._stream.options["callback"]
    stereo = np.full((441, 2), 1000, np.int16)
    for _ in range(20):
        callback(stereo, 441, None, status)
    frames = microphone.read(0.0)
    assert len(frames) == 20
    assert abs(int(frames[-1][100]) - 1000) <= 1

    speaker = DeviceSpeaker()
    speaker.play(np.full(2400, 1000, np.int16).tobytes())
    out = np.zeros((441, 2), np.int16)
    for _ in range(5):
        speaker._stream.options["callback"](out, 441, SimpleNamespace(outputBufferDacTime=0.0), status)
    assert speaker.ring.handed == 5 * 240
    assert abs(int(out[200, 0]) - 1000) <= 1
    assert np.array_equal(out[:, 0], out[:, 1])


def test_a_device_that_delivers_nothing_for_a_while_is_waited_for_and_then_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sd = machine([("Yeti", 2, 2)], (0, 0))
    sd.InputStream = Stubborn
    sd.query_devices(None)[0]["default_samplerate"] = 44100.0
    use(monkeypatch, sd)
    microphone = DeviceMicrophone()
    assert microphone.real
    assert microphone.read(GONE_S) == []
    with pytest.raises(DeviceError, match="'Yeti' delivers nothing any more"):
        microphone.read(GONE_S + 0.1)
    monkeypatch.setattr(Stubborn, "active", False)
    with pytest.raises(DeviceError, match="the microphone 'Yeti' is gone"):
        microphone.read(0.0)


def test_a_loudspeaker_that_asks_for_nothing_for_a_while_or_is_inactive_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sd = machine([("Phones", 0, 2)], (-1, 0))
    sd.OutputStream = Stubborn
    sd.query_devices()[0]["default_samplerate"] = 44100.0
    use(monkeypatch, sd)
    monkeypatch.setattr(Stubborn, "time", 0.0, raising=False)
    speaker = DeviceSpeaker()
    speaker.progress(100.0)
    speaker.progress(100.0 + SPEAKER_GONE_S)
    assert speaker.problem == ""
    speaker.progress(100.1 + SPEAKER_GONE_S)
    assert speaker.problem == "the loudspeaker 'Phones' takes no sound any more"
    speaker._stream.options["callback"](
        np.zeros((441, 2), np.int16),
        441,
        SimpleNamespace(outputBufferDacTime=0.0),
        SimpleNamespace(output_underflow=False),
    )
    speaker.progress(100.2 + SPEAKER_GONE_S)
    assert speaker.problem == ""
    monkeypatch.setattr(Stubborn, "active", False)
    assert speaker.problem == "the loudspeaker 'Phones' is gone"

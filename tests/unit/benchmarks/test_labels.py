"""Labelled recordings of others: what does not fit is told once, in one line that names it; what fits is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.benchmarks import labels
from tests.benchmarks.labels import Labelled, labelled, straightened
from voice_tui.audio.stream.pcm import RATE

SPEECH = [[0.2, 0.6]]


def sound(path: Path, seconds: float = 1.0) -> None:
    wave = np.random.default_rng(0).uniform(-0.1, 0.1, round(seconds * RATE))
    soundfile.write(path, wave, RATE, subtype="PCM_16", format="WAV")


def put(folder: Path, name: str, label: Any) -> None:
    """A label and the recording that it is of; bytes as they are."""
    sound(folder / f"{name}.wav")
    (folder / f"{name}.json").write_bytes(label if isinstance(label, bytes) else json.dumps(label).encode())


def read(folder: Path, **how: Any) -> tuple[list[Labelled], list[str]]:
    told: list[str] = []
    return list(labelled(folder, told.append, **how)), told


SPAN = "[start, end] in s, 0 or more, the end after the start"
MISFITS = {
    "cut": (b'{"wav": ', "no JSON that can be read (Expecting value: line 1 column 9 (char 8))"),
    "list": ([1, 2], "it is no label: give an object, not [1, 2]"),
    "without": ({"source": "ours"}, f"it is no label: speech is missing, give a list of {SPAN}"),
    "words": ({"speech": "abc"}, f"speech = 'abc' is not allowed, give a list of {SPAN}"),
    "reversed": ({"speech": [[0.1, 0.2], [0.9, 0.5]]}, f"speech[1] = [0.9, 0.5] is not allowed, give {SPAN}"),
    "empty": ({"speech": [[0.5, 0.5]]}, f"speech[0] = [0.5, 0.5] is not allowed, give {SPAN}"),
    "negative": ({"speech": [[-1, 0.5]]}, f"speech[0] = [-1, 0.5] is not allowed, give {SPAN}"),
    "nan": (b'{"speech": [[NaN, 1]]}', f"speech[0] = [nan, 1] is not allowed, give {SPAN}"),
    "infinite": (b'{"speech": [[0, 1e999]]}', f"speech[0] = [0, inf] is not allowed, give {SPAN}"),
    "true": ({"speech": [[False, True]]}, f"speech[0] = [False, True] is not allowed, give {SPAN}"),
    "three": ({"speech": [[0, 1, 2]]}, f"speech[0] = [0, 1, 2] is not allowed, give {SPAN}"),
    "wav": ({"speech": SPEECH, "wav": 5}, "wav = 5 is not allowed, give the name of a recording"),
    "kind": ({"speech": SPEECH, "kind": None}, "kind = None is not allowed, give a text"),
    "noise": ({"speech": SPEECH, "noise": 5}, "noise = 5 is not allowed, give a text"),
    "snr": ({"speech": SPEECH, "snr": [5]}, "snr = [5] is not allowed, give dB or a text"),
    "groups": ({"speech": SPEECH, "groups": {"room": 1}}, "groups = {'room': 1} is not allowed, give texts by axis"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_label_that_does_not_fit_is_told_in_one_line_and_the_others_are_used(tmp_path: Path, name: str) -> None:
    label, reason = MISFITS[name]
    put(tmp_path, name, label)
    put(tmp_path, "other", {"speech": SPEECH})
    found, told = read(tmp_path)
    assert told == [f"{tmp_path / name}.json: {reason}"]
    assert [each.label.path.stem for each in found] == ["other"]


def test_json_so_deep_that_it_can_t_be_read_is_told(tmp_path: Path) -> None:
    put(tmp_path, "deep", b"[" * 200_000)
    found, (told,) = read(tmp_path)
    assert not found
    assert told.startswith(f"{tmp_path}/deep.json: no JSON that can be read")


def test_a_recording_that_is_broken_missing_or_none_is_told_with_its_label(tmp_path: Path) -> None:
    put(tmp_path, "a", {"speech": SPEECH, "wav": "gone.wav"})
    put(tmp_path, "b", {"speech": SPEECH})
    put(tmp_path, "c", {"speech": SPEECH})
    put(tmp_path, "d", {"speech": SPEECH})
    (tmp_path / "a.wav").unlink()
    (tmp_path / "b.wav").write_bytes(b"RIFFxx")
    (tmp_path / "c.wav").write_bytes(b"")
    sound(tmp_path / "d.wav", 0.005)
    found, told = read(tmp_path)
    assert not found
    assert told == [
        f"{tmp_path}/gone.wav: No such file or directory; so a.json is left out",
        f"{tmp_path}/b.wav: no recording that can be read (Format not recognised); so b.json is left out",
        f"{tmp_path}/c.wav: the file is empty; so c.json is left out",
        f"{tmp_path}/d.wav: it is shorter than 10 ms; so d.json is left out",
    ]


def test_of_a_recording_that_was_cut_short_what_is_there_is_used(tmp_path: Path) -> None:
    put(tmp_path, "a", {"speech": [[0.2, 0.9]]})
    raw = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(raw[: len(raw) // 2])
    (found,), told = read(tmp_path)
    assert found.speech == ((0.2, len(found.pcm) / RATE),)
    assert len(found.pcm) == pytest.approx(0.5 * RATE, abs=100)
    assert [line.partition(": ")[0].rpartition("/")[2] for line in told] == ["a.wav", "a.json"]
    assert "cut short" in told[0]


def test_what_overlaps_counts_once_and_what_is_outside_is_cut() -> None:
    assert straightened(((0.1, 0.4), (0.4, 1.0)), 1.0) == (((0.1, 0.4), (0.4, 1.0)), [])
    assert straightened(((0.5, 0.8), (0.1, 0.4), (0.2, 0.6)), 1.0) == (
        ((0.1, 0.8),),
        ["2 of 3 segments of speech overlap others: they count once"],
    )
    assert straightened(((0.1, 0.4), (0.9, 1.5), (2.0, 3.0)), 1.0) == (
        ((0.1, 0.4), (0.9, 1.0)),
        ["2 of 3 segments of speech end behind the end of the recording at 1.00 s, [0.9, 1.5] first: "
         "what is inside counts"],
    )  # fmt: skip
    assert straightened(((0.1, 1.01),), 1.0) == (((0.1, 1.0),), [])


def test_recordings_without_a_label_are_told_and_of_many_how_many_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "TOLD", 2)
    put(tmp_path, "labelled", {"speech": SPEECH})
    for name in ("a.wav", "b.flac", "c.wav", "d.wav"):
        (tmp_path / name).touch()
    (tmp_path / "notes.txt").touch()
    found, told = read(tmp_path)
    assert len(found) == 1
    assert told == [
        f"{tmp_path}/a.wav: no label names it, it is left out",
        f"{tmp_path}/b.flac: no label names it, it is left out",
        f"{tmp_path}: 2 more recordings that no label names",
    ]


def test_a_recording_with_two_labels_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "a", {"speech": SPEECH})
    (tmp_path / "b.json").write_text(json.dumps({"speech": SPEECH, "wav": "a.wav"}))
    found, told = read(tmp_path)
    assert [each.label.path.name for each in found] == ["a.json"]
    assert told == [f"{tmp_path}/b.json: wav = 'a.wav' is labelled by a.json already, give another one"]


def test_only_what_is_asked_for_is_read_and_nothing_is_said_of_the_rest(tmp_path: Path) -> None:
    put(tmp_path, "user_1", {"speech": SPEECH, "kind": "human"})
    put(tmp_path, "user_2", {"speech": SPEECH, "kind": "turns"})
    found, told = read(tmp_path, kind="human")
    assert ([each.label.path.stem for each in found], told) == (["user_1"], [])
    sound(tmp_path / "lonely.wav")
    put(tmp_path, "asst_1", b"broken")
    found, told = read(tmp_path, pattern="user_*.json")
    assert ([each.label.path.stem for each in found], told) == (["user_1", "user_2"], [])


def test_families_are_what_the_label_says_and_nothing_that_a_terminal_would_obey(tmp_path: Path) -> None:
    put(tmp_path, "a", {"speech": SPEECH, "kind": "\x1b[31mred", "snr": 5.0, "noise": "a\nfan"})
    put(tmp_path, "b", {"speech": SPEECH, "groups": {"ro\x1bom": "\x9b31mdesk"}})
    put(tmp_path, "c", {"speech": SPEECH})
    found, told = read(tmp_path)
    assert not told
    assert [dict(each.label.groups) for each in found] == [
        {"kind": "red", "snr": "5", "noise": "a fan"},
        {"room": "desk"},
        {"kind": "not told"},
    ]


def test_a_name_can_t_write_to_the_terminal(tmp_path: Path) -> None:
    sound(tmp_path / "lon\x1b[31mely.wav")
    _, told = read(tmp_path)
    assert told == [f"{tmp_path}/lonely.wav: no label names it, it is left out"]

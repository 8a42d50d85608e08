"""`python -m tests.benchmarks.hearing`: what it is given is looked at before it measures, and what fits is measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tests.benchmarks import hearing
from tests.benchmarks.hearing import main
from tests.support.synthetic_voices import HIGH, SyntheticVoice
from tests.unit.benchmarks.test_hearing import spoken
from voice_tui.audio.stream.pcm import RATE


@pytest.fixture(autouse=True)
def voice(monkeypatch: pytest.MonkeyPatch) -> None:
    """One voice that is made quickly, and nothing that the machine has installed."""
    monkeypatch.setattr(hearing, "local_voices", lambda: [spoken("high", HIGH)])
    monkeypatch.setattr(hearing, "installed_voices", lambda _: [])


def labelled(folder: Path, name: str, kind: str = "human") -> None:
    folder.mkdir(exist_ok=True)
    voice: SyntheticVoice = HIGH
    soundfile.write(folder / f"{name}.wav", np.concatenate((np.zeros(RATE), voice.say(1.0, 1) / 32768)), RATE)
    (folder / f"{name}.json").write_text(json.dumps({"wav": f"{name}.wav", "speech": [[1.0, 2.0]], "kind": kind}))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, words), "--engine", "energy"])


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--scenes", "-3", "a whole number from 1 to 100000"),
        ("--scenes", "0", "a whole number from 1 to 100000"),
        ("--scenes", "nan", "a whole number from 1 to 100000"),
        ("--seed", "-1", "a whole number, 0 or more"),
        ("--groups", "-2", "a whole number, 0 or more"),
        ("--json", "gone/x.json", "a file in a folder that is there"),
        ("--picture", "x.pdf", "a file that ends with .svg or .png in a folder that is there"),
    ],
)
def test_what_is_not_allowed_is_named_before_anything_is_made(
    tmp_path: Path, option: str, value: str, allowed: str
) -> None:
    result = run("--generate", tmp_path / "new", option, value)
    assert result.exit_code == 2
    (told,) = [line for line in result.output.splitlines() if line.startswith("Error: ")]
    assert f"'{option}'" in told
    assert f"'{value}'" in told
    assert told.endswith(f"give {allowed}")
    assert not (tmp_path / "new").exists()


def test_options_that_would_do_nothing_are_refused(tmp_path: Path) -> None:
    labelled(tmp_path / "set", "a")
    for option in ("--scenes", "--seed"):
        result = run("--data", tmp_path / "set", option, "1")
        assert (result.exit_code, f"Error: {option} acts with --generate only" in result.output) == (2, True)
    result = run("--generate", tmp_path / "new", "--kind", "human")
    assert (result.exit_code, "Error: --kind acts with --data only" in result.output) == (2, True)
    assert run().exit_code == 2


def test_scenes_are_written_to_an_empty_folder_only_so_that_no_old_ones_are_measured(tmp_path: Path) -> None:
    result = run("--generate", tmp_path / "new", "--scenes", "1")
    assert result.exit_code == 0, result.output
    assert "1 recordings" in result.output
    again = run("--generate", tmp_path / "new", "--scenes", "1")
    assert again.exit_code == 2
    assert "there are files in it" in again.output
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_what_fits_is_measured_with_what_was_generated_and_the_rest_is_told(tmp_path: Path) -> None:
    labelled(tmp_path / "set", "a")
    labelled(tmp_path / "set", "b", kind="turns")
    (tmp_path / "set" / "c.json").write_text("[")
    figures = tmp_path / "figures.json"
    given, made = ("--data", tmp_path / "set", "--kind", "human"), ("--generate", tmp_path / "new", "--scenes", "1")
    result = run(*given, *made, "--json", figures)
    assert result.exit_code == 0, result.output
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == [str(tmp_path / "set" / "c.json")]
    (energy,) = json.loads(figures.read_text())
    assert (energy["engine"], energy["all"][3]) == ("energy", 2)


def test_a_set_that_is_given_twice_counts_once(tmp_path: Path) -> None:
    labelled(tmp_path / "set", "a")
    labelled(tmp_path / "set" / "in", "b")
    result = run("--data", tmp_path / "set" / "in", "--data", tmp_path / "set", "--data", tmp_path / "set")
    assert "2 recordings" in result.stdout
    assert result.stderr.splitlines() == [
        f"{tmp_path}/set: it was given twice, it counts once",
        f"{tmp_path}/set/in: it was given twice, it counts once",
    ]


def test_where_nothing_fits_it_is_said_where_and_what_kinds_there_are(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("--data", tmp_path / "empty")
    assert (result.exit_code, result.output) == (
        1,
        f"Error: no labelled recordings that can be used in {tmp_path}/empty\n",
    )
    labelled(tmp_path / "set", "a")
    result = run("--data", tmp_path / "set", "--kind", "other")
    assert (result.exit_code, result.output) == (
        1,
        f"Error: no labelled recordings that can be used of kind 'other' in {tmp_path}/set, there are: human\n",
    )


def test_voices_of_which_none_can_be_used_are_refused_and_others_are_used(tmp_path: Path) -> None:
    (tmp_path / "clean").mkdir()
    result = run("--generate", tmp_path / "new", "--scenes", "2", "--voices", tmp_path / "clean")
    assert result.exit_code == 2
    assert "Invalid value for '--voices'" in result.output
    assert "has no voice that can be used, give a folder of labelled recordings" in result.output
    assert not (tmp_path / "new").exists()
    labelled(tmp_path / "clean", "reader")
    result = run("--generate", tmp_path / "new", "--scenes", "2", "--voices", tmp_path / "clean")
    assert result.exit_code == 0, result.output
    written = [json.loads(path.read_text())["groups"]["voice"] for path in (tmp_path / "new").glob("*.json")]
    assert sorted(written) == ["high", "reader"]


def test_an_engine_that_there_was_names_the_one_that_took_its_place(tmp_path: Path) -> None:
    refused = run("--data", tmp_path, "--engine", "light")
    assert refused.exit_code == 2
    assert "there is no 'light' any more: take 'fused'" in refused.output

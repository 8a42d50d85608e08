"""What the doctor finds in the files of settings."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from voice_tui.cli.doctor import doctor, misfits
from voice_tui.doctor import machine
from voice_tui.settings import paths


def test_what_is_wrong_in_any_file_of_settings_is_found() -> None:
    folder = paths.config_folder()
    (folder / "themes").mkdir(parents=True)
    assert misfits() == []
    wrong = {
        "config.toml": "preset = 7",
        "tuned.toml": "preset = 7",
        "swept.toml": "preset = 7",
        "models.toml": "models = 7",
        "keys.toml": "mute = 7.5",
        "themes/mine.toml": "name = 7",
    }
    for name, text in wrong.items():
        (folder / name).write_text(text)
    done = CliRunner().invoke(doctor, ["--quick", "--json"])
    found = [each for each in json.loads(done.stdout)["findings"] if each["name"] == "settings"]
    said = "\n".join(str(each) for each in found if each["grade"] == "warning")
    assert [name for name in wrong if f"{name.rpartition('/')[2]}: " not in said] == []


@pytest.mark.parametrize(("args", "grade"), [((), "problem"), (("--brain", "echo"), "note")])
def test_without_the_local_extra_nobody_answers_but_an_echo(
    args: tuple[str, ...], grade: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda name: None)
    done = CliRunner().invoke(doctor, ["--quick", "--json", *args])
    found = [(each["name"], each["grade"]) for each in json.loads(done.stdout)["findings"]]
    assert ("[local]", grade) in found
    assert done.exit_code == any(of == "problem" for _, of in found), "the machine may lack something else"

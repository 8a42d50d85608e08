"""Files of the user's that are changed in one place."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from voice_tui.settings.edits import NotWritten, set_in_toml, set_table_in_toml, set_variables

OURS = """\
# mine
theme = "dusk"   # the best
mic = "Old"

[endpoints.work]
provider = "azure"
mic = "no setting of ours"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "config.toml"


def test_a_file_that_is_not_there_is_made_for_its_owner_only(path: Path) -> None:
    set_in_toml(path, "mic", "Yeti")
    assert path.read_text() == 'mic = "Yeti"\n'
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_setting_is_replaced_where_it_stands_and_every_other_line_stays(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(OURS)
    set_in_toml(path, "mic", 'A "new" one')
    assert path.read_text() == OURS.replace('mic = "Old"', 'mic = "A \\"new\\" one"', 1)
    set_in_toml(path, "speaker", "")
    *_, mic, speaker = path.read_text().splitlines()[:4]
    assert (mic, speaker) == ('mic = "A \\"new\\" one"', 'speaker = ""')
    assert tomllib.loads(path.read_text())["endpoints"]["work"]["mic"] == "no setting of ours"


@pytest.mark.parametrize("text", ["theme = ", 'instructions = """\nmic = "in a text"\n"""\n'])
def test_what_can_not_be_changed_safely_is_left_as_it_is(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(NotWritten, match=r"config\.toml: "):
        set_in_toml(path, "mic", "Yeti")
    assert path.read_text() == text


@one_in(4)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_comes_back_as_it_was(value: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.toml"
        path.write_text(OURS)
        try:
            set_in_toml(path, "mic", value)
        except NotWritten:
            assert path.read_text() == OURS
        else:
            assert tomllib.loads(path.read_text("utf-8"))["mic"] == value


def test_a_table_is_put_behind_everything_and_never_over_another(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(OURS)
    set_table_in_toml(path, "endpoints", "home", {"url": "wss://h.example/v1/realtime", "key_env": "HOME_KEY"})
    table = tomllib.loads(path.read_text())
    assert table["endpoints"]["home"] == {"url": "wss://h.example/v1/realtime", "key_env": "HOME_KEY"}
    assert path.read_text().startswith(OURS)
    with pytest.raises(NotWritten, match="already"):
        set_table_in_toml(path, "endpoints", "work", {"url": "wss://h.example"})


def test_variables_are_replaced_or_added_and_other_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# keys\nexport OPENAI_API_KEY=old\nVOICE_TUI_THEME=dusk")
    set_variables(path, {"OPENAI_API_KEY": "sk-new", "VOICE_TUI_MODEL": "it's $mine"})
    assert path.read_text() == ("# keys\nOPENAI_API_KEY=sk-new\nVOICE_TUI_THEME=dusk\nVOICE_TUI_MODEL='it\\'s $mine'\n")
    assert dotenv_values(path)["VOICE_TUI_MODEL"] == "it's $mine"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="links of files")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real, link = tmp_path / "dotfiles" / "config.toml", tmp_path / "config.toml"
    real.write_text('theme = "dusk"\n')
    link.symlink_to(real)
    set_in_toml(link, "mic", "Yeti")
    assert link.is_symlink()
    assert tomllib.loads(real.read_text()) == {"theme": "dusk", "mic": "Yeti"}


def test_a_folder_that_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten, match="file"):
        set_in_toml(tmp_path / "file" / "config.toml", "mic", "Yeti")

from collections.abc import Callable
from pathlib import Path

import pytest

from voice_tui.settings.config import load
from voice_tui.settings.files import GIANT, text_of
from voice_tui.settings.model_file import read_models
from voice_tui.settings.profiles import load_profiles
from voice_tui.settings.tuned import read
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.keymap import load_keys
from voice_tui.ui.themes import load_themes

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_dotenv_is_read_in_whatever_an_editor_saves(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / ".env"
    path.write_bytes("VOICE_TUI_INSTRUCTIONS=Grüße\r\nOPENAI_API_KEY=sk-123456\r\n".encode(encoding))
    config, problems = load({}, {}, path)
    assert problems == []
    assert config.instructions == "Grüße"
    assert config.openai_api_key.reveal() == "sk-123456"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_and_so_is_the_config_file(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes('instructions = "Grüße"\n'.encode(encoding))
    assert load({}, {}, None, path)[0].instructions == "Grüße"


@pytest.mark.parametrize("raw", [b"\0\1\2A", b"\xff\xfe\x00", b"\xff\xfe\x00\xd8", b"a\x00b"])
def test_half_a_character_is_one_line(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / ".env"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="it is no text: save it as UTF-8"):
        text_of(path)
    (problem,) = load({}, {}, path)[1]
    assert problem.startswith(str(path))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert load({}, {}, tmp_path, tmp_path)[1] == []


def test_a_line_that_gives_no_variable_is_named_with_its_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / ".env"
    path.write_text(
        '# keys\n\nOPENAI_API_KEY: sk-never-shown\nXAI_API_KEY\nVOICE_TUI_VOICE=ash\nVOICE_TUI_URL="ws://h\n'
    )
    config, problems = load({}, {}, path)
    assert config.voice == "ash"
    assert problems == [f"{path}: line {n}: it can't be read, give NAME=value" for n in (3, 4, 6)]
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


READERS: dict[str, Callable[[Path], list[str]]] = {
    "config": lambda path: load({}, {}, None, path)[1],
    "tuned": lambda path: read(path)[1],
    "models": lambda path: read_models(path)[1],
    "keys": lambda path: load_keys(path, COMMANDS).errors,
    "profiles": lambda path: load_profiles([path.parent]).errors,
    "themes": lambda path: load_themes([path.parent]).errors,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = 1" + "0" * 5_000, GIANT),
        ("name = 0x1" + "0" * 5_000, f"name: {GIANT}"),
        ("[name]\nsub = [1, 9223372036854775808]", f"name.sub: {GIANT}"),
        ("name = " + "[" * 5_000 + "]" * 5_000, "its lists or tables are nested too deeply"),
    ],
    ids=["digits", "hexadecimal", "65 bits", "deep"],
)
def test_what_no_toml_file_may_hold_is_one_line_whoever_reads_it(
    tmp_path: Path, reader: str, text: str, words: str
) -> None:
    path = tmp_path / f"{reader}.toml"
    path.write_text(text)
    (problem,) = READERS[reader](path)
    assert path.name in problem
    assert problem.endswith(words)

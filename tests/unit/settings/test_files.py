from pathlib import Path

import pytest

from voice_tui.settings.config import load
from voice_tui.settings.files import text_of

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

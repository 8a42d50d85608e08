"""The tables of providers and models, on the terminal and in the documents."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_tui.cli.endpoints import BEGIN, END, LACKS, model_table, provider_table
from voice_tui.cli.main import main
from voice_tui.endpoints.models import MODELS
from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.messages.profile import Capabilities
from voice_tui.settings.named import FIELDS, OWN
from voice_tui.settings.options import OPTIONS

PAGE = Path(__file__).parents[3] / "docs" / "endpoints.md"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (folder := tmp_path / "voice-tui").mkdir()
    return folder


@pytest.mark.parametrize(("name", "table"), [("providers", provider_table()), ("models", model_table(MODELS))])
def test_the_document_shows_the_table(name: str, table: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    begin, end = BEGIN.format(name), END.format(name)
    shown = text[text.index(begin) + len(begin) : text.index(end)].strip()
    assert shown == table, f"put this into {PAGE.name}:\n{table}"


def test_the_document_names_every_field_of_a_named_endpoint() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in FIELDS + OWN if not re.search(rf"^{name} = |`{name}`", text, re.MULTILINE)] == []


def test_what_is_said_to_lack_is_a_capability() -> None:
    assert all(hasattr(Capabilities(), name) for name in LACKS)


def test_the_command_lists_every_provider_with_its_variables_and_the_named_ones(home: Path) -> None:
    (home / "config.toml").write_text('[endpoints.nas]\nurl = "ws://nas?zone=x"\n[endpoints.odd]\nurl = "ws://h:x"\n')
    result = CliRunner().invoke(main, ["endpoints"])
    assert result.exit_code == 0, result.output
    assert all(re.search(rf"^{name} ", result.output, re.MULTILINE) for name in PROVIDERS)
    used = {row.key_setting for row in PROVIDERS.values() if row.name != "embedded"}
    assert all(OPTIONS[setting].variable in result.output for setting in used)
    assert "--endpoint nas\n                 address: nas/v1/realtime\n" in result.output
    assert "--endpoint odd\n                 address: it can't be used: " in result.output
    assert "stand-in only" in result.output


def test_models_are_listed_with_the_date_and_what_is_unknown(home: Path) -> None:
    (home / "models.toml").write_text('[deployments]\nteam = "gpt-realtime"\n')
    result = CliRunner().invoke(main, ["models"])
    assert result.exit_code == 0, result.output
    assert "As read on 2026-11-22" in result.output
    assert re.search(r"^gpt-transcribe +unknown +unknown +unknown$", result.output, re.MULTILINE)
    assert "2027-01-20, then gpt-realtime-2.1" in result.output
    assert "team" in result.output

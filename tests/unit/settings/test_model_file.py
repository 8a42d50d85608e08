from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from voice_tui.endpoints.models import MODELS, Model
from voice_tui.settings.model_file import read_models


def test_without_a_file_it_is_the_table_of_the_package(tmp_path: Path) -> None:
    assert read_models(tmp_path / "models.toml") == (MODELS, [])


def test_a_file_corrects_adds_and_maps(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(
        "read = 2026-12-01\n"
        '[models."gpt-realtime-2.1"]\nends = 2028-01-01\nprice = { audio_out = 70.1 }\n'
        "[models.ours]\nwindow = 5000\n"
        "price = { text_in = 1, text_cached = 1, text_out = 1, audio_in = 1, audio_cached = 1, audio_out = 1 }\n"
        '[deployments]\nteam-voice = "gpt-realtime-2.1"\n'
    )
    table, problems = read_models(path)
    assert problems == []
    known, now = MODELS.models["gpt-realtime-2.1"], table.named("team-voice")
    assert known.price is not None
    assert now is not None
    assert now.price is not None
    assert (now.ends, now.price.audio_in) == (date(2028, 1, 1), known.price.audio_in)
    assert now.price.audio_out == Decimal("70.1")
    assert now.window == known.window
    assert table.models["ours"].window == 5_000
    assert table.read == date(2026, 12, 1)
    assert MODELS.named("team-voice") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("models = 1\n", ["models: 1", "table"]),
        ("[model.x]\n", ["model:", "models, deployments"]),
        ("[models]\nx = 1\n", ["models.x: 1", "table"]),
        ("[models.x]\nwindow = 'big'\n", ["models.x.window: 'big'", "tokens"]),
        ("[models.x]\nwindow = true\n", ["models.x.window: true"]),
        ("[models.x]\nends = 'soon'\n", ["models.x.ends: 'soon'", "2027-01-20"]),
        ("[models.x]\ncolour = 1\n", ["models.x.colour", "window"]),
        ("[models.x.price]\ntext_in = 1\n", ["models.x.price", "audio_out"]),
        ("[models.gpt-realtime.price]\ntext_in = -1\n", ["models.gpt-realtime.price.text_in: -1", "million"]),
        ("[models.gpt-realtime.price]\ntexts = 1\n", ["models.gpt-realtime.price.texts", "text_in"]),
        ("[deployments]\nx = 'gpt-9'\n", ["deployments.x: 'gpt-9'", "gpt-realtime-2.1"]),
        ("read = 'today'\n", ["read: 'today'", "2026-11-22"]),
        ("models = \n", ["line 1"]),
    ],
)
def test_what_is_wrong_is_one_line_and_the_rest_holds(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "models.toml"
    path.write_text(text)
    table, (problem,) = read_models(path)
    assert all(word in problem for word in [str(path), *words]), problem
    assert "\n" not in problem
    assert table.models["gpt-realtime"] == MODELS.models["gpt-realtime"]
    assert table.models.get("x", Model()) == Model()

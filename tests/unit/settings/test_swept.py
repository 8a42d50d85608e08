"""What a sweep recommends: kept beside what is saved, offered until something is saved, or saved at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from voice_tui.cli import console
from voice_tui.cli.recommendation import recommend
from voice_tui.messages.knobs import change
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Announced
from voice_tui.replay.sweep.presets import CUT
from voice_tui.replay.sweep.sweep import Row, Sweep
from voice_tui.replay.sweep.trial import Trial
from voice_tui.settings import paths
from voice_tui.settings.tuned import SWEPT, KnobSet, TunedFile, read

SURE = KnobSet("natural", change(PRESETS["natural"].settings, "sureness", 4))


def a_sweep(preset: str = "natural", **settings: float) -> Sweep:
    row = Row(settings, Trial(), 0.0)
    return Sweep(preset, CUT, settings, (row,), row, row, {}, 1.0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "config_folder", lambda: tmp_path)
    return tmp_path


def test_nothing_was_swept(tmp_path: Path) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    assert (file.recommended, file.news) == (None, None)


@pytest.mark.parametrize("best", [SURE, KnobSet("server-vad", PRESETS["server-vad"].settings)])
def test_it_is_news_until_something_is_saved(tmp_path: Path, best: KnobSet) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    file.recommend(best)
    assert file.news == file.recommended == best
    file.save(file.tuned)
    os.utime(tmp_path / "tuned.toml", ns=(2**62, 2**62))
    assert file.news is None
    assert file.recommended == best


SWEPT_PRESETS = f"no such preset, there are {', '.join(PRESETS)}"
WRONG: list[tuple[bytes, str, list[str]]] = [
    (
        b"[natural]\nsureness = 4\nfoo = 1\n",
        "natural, sureness 4.0",
        ["natural: foo: no such setting, there are sureness, "],
    ),
    (
        b"[natural]\nsureness = 4\nresume_ms = 1e9\n",
        "natural, sureness 4.0",
        ["natural: resume_ms: 1e+09 is not allowed, "],
    ),
    (
        b"[natural]\nsureness = 4\nresume_ms = 'x'\n",
        "natural, sureness 4.0",
        ["natural: resume_ms: 'x' is not allowed, "],
    ),
    (b"[natural]\nsureness = nan\n", "", ["natural: sureness: nan is not allowed, give 1 to 12"]),
    (b"theme = 'paper'\n[natural]\nsureness = 4\n", "natural, sureness 4.0", [f"theme: {SWEPT_PRESETS}"]),
    (
        b"natural = 3\n[nobody]\n",
        "",
        ["natural: 3 is not allowed, give a table: [natural]", f"nobody: {SWEPT_PRESETS}"],
    ),
    (
        b"[natural]\nsureness = 99\n[server-vad]\nthreshold = 0.7\n",
        "server-vad, threshold 0.70",
        ["natural: sureness: 99 is not allowed, give 1 to 12"],
    ),
    (
        b"[natural]\nsureness = 4\n[server-vad]\nthreshold = 0.7\n",
        "natural, sureness 4.0",
        ["server-vad: only one preset is recommended, natural stands before it"],
    ),
    (b"[natural]\n'a\\nb\x7f' = 1\nsureness = 4\n", "", ["file: "]),
    (b"[natural\n", "", ["file: Expected ']' at the end of a table declaration (at line 1, column 9)"]),
    (b"\xff\xfe\0", "", ["file: it is no text: save it as UTF-8"]),
    ("# grün\n[natural]\nsureness = 4\n".encode("latin-1"), "natural, sureness 4.0", []),
    (b"[natural]\n", "natural, as it is", []),
]


@pytest.mark.parametrize(("raw", "words", "problems"), WRONG)
def test_what_is_wrong_is_told_once_and_the_rest_is_recommended(
    tmp_path: Path, raw: bytes, words: str, problems: list[str]
) -> None:
    (tmp_path / SWEPT).write_bytes(raw)
    file = TunedFile(tmp_path / "tuned.toml")
    told = file.swept_problems()
    assert (file.recommended.words if file.recommended else "") == words
    assert len(told) == len(problems)
    assert [
        line for line, begins in zip(told, problems, strict=True) if not line.startswith(f"swept.toml: {begins}")
    ] == []
    assert all(line.isprintable() for line in told)
    assert (file.problems, file.swept_problems()) == ([], [])


def test_what_is_written_anew_is_told_anew(tmp_path: Path) -> None:
    path, file = tmp_path / SWEPT, TunedFile(tmp_path / "tuned.toml")
    for at, wrong in enumerate(("foo", "bar"), 1):
        path.write_text(f"[natural]\nsureness = 4\n{wrong} = 1\n")
        os.utime(path, ns=(at, at))
        assert file.recommended == SURE
        (line,) = file.swept_problems()
        assert wrong in line


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    for name in ("tuned.toml", SWEPT):
        (tmp_path / name).mkdir()
    file = TunedFile(tmp_path / "tuned.toml")
    assert file.problems == ["tuned.toml: file: it is a folder"]
    assert file.swept_problems() == ["swept.toml: file: it is a folder"]


def test_the_console_begins_with_what_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / SWEPT).write_text("[natural]\nsureness = 4\nfoo = 1\n")
    (folder / "tuned.toml").write_text("bar = 1\n")
    os.utime(folder / "tuned.toml", ns=(1, 1))
    told: list[str] = []

    def began(options: object, cleanup: object, notices: tuple[Announced, ...]) -> None:
        told.extend(notice.text for notice in notices)
        raise InterruptedError

    monkeypatch.setattr(console, "VoiceThread", began)
    monkeypatch.setattr(console, "keep_native_errors_off_the_terminal", lambda *given, **more: None)
    monkeypatch.setattr(console, "keep_prints_away", lambda *given: None)
    monkeypatch.setenv("TEXTUAL_DRIVER", "a:WebDriver")
    with pytest.raises(InterruptedError):
        console.run_console({"brain_url": "echo"}, None)
    assert [line.split(":")[:3] for line in told if ".toml: " in line] == [
        [
            "tuned.toml",
            " bar",
            " 1 is not allowed, there are preset, theme, profile, set, sets, natural, server-vad, sem"
            "antic-vad, push-to-talk, step1-fixed-window, step2-local-vad, step3-detect, step4-cancel",
        ],
        ["swept.toml", " natural", " foo"],
    ]
    assert told[-1] == "The last sweep recommends natural, sureness 4.0: A takes it"


def test_a_sweep_says_what_is_wrong_in_what_it_saves_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "tuned.toml").write_text("bar = 1\n")
    recommend(a_sweep(sureness=4), save=True)
    assert capsys.readouterr().err.startswith("voice-tui: tuned.toml: bar: 1 is not allowed, there are preset, ")


def test_a_sweep_tells_the_console(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recommend(a_sweep(sureness=4), save=False)
    assert TunedFile(folder / "tuned.toml").news == SURE
    assert not (folder / "tuned.toml").exists()
    assert "in the console A applies and saves it" in capsys.readouterr().err


def test_where_it_stands_so_anyway_nothing_is_recommended(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recommend(a_sweep(sureness=PRESETS["natural"].settings.sureness), save=False)
    assert capsys.readouterr().err == ""
    assert TunedFile(folder / "tuned.toml").news is None


def test_or_saves_it_and_leaves_what_was_saved(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "tuned.toml").write_text('theme = "paper"\n[natural]\nresume_ms = 500\n[server-vad]\nthreshold = 0.7\n')
    recommend(a_sweep(sureness=4.2), save=True)
    tuned, problems = read(folder / "tuned.toml")
    assert problems == []
    assert tuned.start == {"theme": "paper"}
    assert tuned.knobs["natural"] == change(SURE.settings, "resume_ms", 500)
    assert tuned.knobs["server-vad"].threshold == 0.7
    assert "saved: natural, sureness 4.0" in capsys.readouterr().err


@pytest.mark.parametrize(("preset", "knobs"), [("natural", {"bias": 0.5}), ("eager", {"sureness": 4.0})])
def test_what_is_no_knob_is_not_saved(
    folder: Path, capsys: pytest.CaptureFixture[str], preset: str, knobs: dict[str, float]
) -> None:
    recommend(a_sweep(preset, **knobs), save=False)
    assert capsys.readouterr().err == ""
    recommend(a_sweep(preset, **knobs), save=True)
    assert "is no knob of the console: nothing is saved" in capsys.readouterr().err
    assert not list(folder.iterdir())

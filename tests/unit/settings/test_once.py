"""What is said once in all runs."""

from __future__ import annotations

from pathlib import Path

from voice_tui.settings.once import Once


def test_each_name_is_said_once_whoever_asks(tmp_path: Path) -> None:
    file = tmp_path / "new" / "told"
    assert [Once(file).first(name) for name in ("a", "b", "a", "b")] == [True, True, False, False]


def test_what_cannot_be_kept_in_mind_is_not_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not Once().first("a")
    assert not Once(tmp_path / "file" / "told").first("a")
    (tmp_path / "told").write_bytes(b"\xff")
    assert not Once(tmp_path / "told").first("a")

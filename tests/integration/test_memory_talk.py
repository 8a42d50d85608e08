"""What only real processes show of the memory: a talk that is killed, and the console that remembers."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.terminal import Terminal
from tests.support.environment import environment
from voice_tui.memory.schema import INDEXES
from voice_tui.memory.store import Store

pytestmark = pytest.mark.wall_clock

KILLS = 6
CHANGES = 20  # of rows, until a process is killed: by then the second answer is being given
TALK = (sys.executable, "-m", "voice_tui", "talk", "--mic", "none", "--speaker", "none")


def memory_file(folder: Path) -> Path:
    return folder / "voice-tui" / "memory" / "memory.db"


def finished(lines: Iterator[str]) -> dict[str, str]:
    """The items that were told to be final, with their words, in the order in which they became that."""
    items: dict[str, str] = {}
    for line in lines:
        notice: dict[str, Any] = json.loads(line)
        row = notice.get("data", {}).get("row") if notice.get("notice") == "RowChanged" else None
        if row and not row["pending"] and row["text"]:
            items.setdefault(row["item_id"], row["text"])
    return items


@pytest.mark.outside
def test_a_kill_in_mid_conversation_loses_at_most_the_item_that_was_being_finished(served: str, tmp_path: Path) -> None:
    rng = random.Random(3)
    path = memory_file(tmp_path)
    texts = [f"I have {n} boats in harbour {n}." for n in range(2, 40)]
    kept = 0
    for _ in range(KILLS):
        said = [word for text in texts for word in ("--say", text)]
        run = subprocess.Popen(
            [*TALK, "--no-greeting", "--url", served, "--memory", "--json", *said],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment(tmp_path),
        )
        assert run.stdout is not None
        lines: list[str] = []
        changes = rng.randint(1, CHANGES)
        while sum("RowChanged" in line for line in lines) < changes:
            lines.append(next(run.stdout))
        run.kill()
        lines += [line for line in run.communicate()[0].splitlines() if line.endswith("}")]
        done = finished(iter(lines))
        assert path.exists(), run.returncode
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for index in INDEXES:
            connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
        connection.rollback()
        connection.close()
        with Store(path, time.time) as store:
            talks = store.conversations.page(limit=1)
            stored = {i.item_id for i in store.conversations.items(talks[0].id)} if talks else set()
        missing = [item for item in done if item not in stored]
        assert missing in ([], list(done)[-1:]), (missing, done)
        kept += len(done)
    assert kept > KILLS, "they did talk"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_the_console_remembers_shows_and_leaves(tmp_path: Path, served: str) -> None:
    terminal = Terminal(tmp_path, "--mic", "none", "--speaker", "none", "--no-greeting", "--url", served)
    try:
        terminal.until("live")
        terminal.press("remember that my sister is called Ana\r")
        terminal.until("remembered:")
        terminal.press("\x1by")
        terminal.until("stored on this computer only")
        terminal.until("Facts 1")
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert terminal.sane
        assert "Traceback" not in terminal.text
    finally:
        terminal.close()
    with Store(memory_file(tmp_path), time.time) as store:
        assert ["Ana" in fact.text for fact in store.facts.page()] == [True]
        (kept,) = store.conversations.page()
        assert kept.ended is not None
        assert store.conversations.items(kept.id)[0].text == "remember that my sister is called Ana"

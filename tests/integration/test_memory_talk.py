"""What is remembered from one day to the next, by `voice-tui talk` and the embedded server as real processes."""

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

from tests.support.environment import environment
from tests.integration.terminal import Terminal
from voice_tui.memory.schema import INDEXES
from voice_tui.memory.store import Store

pytestmark = pytest.mark.wall_clock

DAY_S = 86_400
KILLS = 6
CHANGES = 20  # of rows, until a process is killed: by then the second answer is being given
# The command line on another day.
LATER = """
import sys, time, voice_tui.cli.main as cli, voice_tui.cli.wiring as composing
later = float(sys.argv.pop(1))
composing.clock = lambda: time.time() + later
cli.main()
"""


def command(*arguments: str, days: float = 0) -> list[str]:
    talk = ["talk", "--mic", "none", "--speaker", "none", "--no-greeting", *arguments]
    return [sys.executable, "-c", LATER, str(days * DAY_S), *talk]


def talk(folder: Path, url: str, *say: str, flags: tuple[str, ...] = (), days: float = 0) -> str:
    """One run to its end; what it printed."""
    said = [word for text in say for word in ("--say", text)]
    run = subprocess.run(
        command("--url", url, *flags, *said, days=days),
        capture_output=True,
        text=True,
        timeout=90,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


def answers(printed: str) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in printed.splitlines() if line.startswith("Assistant")]


def memory_file(folder: Path) -> Path:
    return folder / "voice-tui" / "memory" / "memory.db"


def files_with(folder: Path, text: str) -> list[Path]:
    return [f for f in folder.rglob("*") if f.is_file() and text.lower().encode() in f.read_bytes().lower()]


def test_what_was_told_one_day_is_known_the_next(served: str, tmp_path: Path) -> None:
    first = talk(
        tmp_path,
        served,
        "My name is Alice.",
        "Please remember that my sister is called Ana.",
        "I live in Lisbon.",
        flags=("--memory",),
    )
    assert "[remembered: The user's name is Alice.]" in first
    name, sister, yesterday = answers(
        talk(
            tmp_path,
            served,
            "What is my name?",
            "What is my sister called?",
            "What did we talk about yesterday?",
            flags=("--memory",),
            days=1,
        )
    )
    assert "Alice" in name
    assert "Ana" in sister
    assert yesterday.startswith("Yesterday")
    assert "Lisbon" in yesterday
    assert "What is my name" not in yesterday, "that is today"


def test_the_session_is_told_what_is_known(served: str, tmp_path: Path) -> None:
    talk(tmp_path, served, "My name is Alice.", flags=("--memory",))
    log = tmp_path / "events.jsonl"
    talk(tmp_path, served, "Hello", flags=("--memory", "--events", str(log)), days=1)
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    session = next(e["session"] for e in events if e["type"] == "session.update")
    assert "- The user's name is Alice." in session["instructions"]
    assert "Yesterday you said: My name is Alice" in session["instructions"]
    assert [tool["name"] for tool in session["tools"]] == ["remember", "recall", "forget"]


def test_found_facts_are_stored_only_where_that_is_wanted(served: str, tmp_path: Path) -> None:
    said = "Well, the weather is nice, and I am allergic to walnuts."
    shown = talk(tmp_path, served, said, flags=("--memory",))
    stored = [line for line in shown.splitlines() if "walnuts" in line and line.startswith("[remembered")]
    with Store(memory_file(tmp_path), time.time) as store:
        assert len(store.facts.page()) == len(stored), "nothing but what was said to be stored"
    talk(tmp_path, served, said, flags=("--remember",))
    with Store(memory_file(tmp_path), time.time) as store:
        assert ["walnuts" in fact.text for fact in store.facts.page()] == [True], "once"


@pytest.mark.parametrize("flags", [(), ("--no-memory",), ("--memory", "--private"), ("--remember", "--private")])
def test_nothing_of_a_private_talk_is_in_any_file(served: str, tmp_path: Path, flags: tuple[str, ...]) -> None:
    printed = talk(tmp_path, served, "My name is Zebedee.", "I live in Xanadu.", flags=flags)
    assert "Zebedee" in printed
    assert files_with(tmp_path, "Zebedee") == []
    assert files_with(tmp_path, "Xanadu") == []
    assert memory_file(tmp_path).exists() == ("--private" in flags)


def test_a_private_talk_knows_what_was_told_before(served: str, tmp_path: Path) -> None:
    talk(tmp_path, served, "My name is Alice.", flags=("--memory",))
    (answer,) = answers(talk(tmp_path, served, "What is my name?", flags=("--memory", "--private")))
    assert "Alice" in answer
    with Store(memory_file(tmp_path), time.time) as store:
        assert len(store.conversations.page()) == 1


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
            command("--url", served, "--memory", "--json", *said),
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


def run_memory(folder: Path, *arguments: str, code: int = 0) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "voice_tui", "memory", *arguments],
        capture_output=True,
        text=True,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    return run.stdout + run.stderr


def test_the_memory_commands(tmp_path: Path) -> None:
    assert "nothing is remembered yet" in run_memory(tmp_path, "list")
    assert not memory_file(tmp_path).exists(), "looking makes no file"
    with Store(memory_file(tmp_path), time.time) as store:
        store.facts.add("user", "The user's sister is called Ana.")
        store.facts.add("user", "The user is allergic to walnuts.", speaker="Ben")
    assert len(run_memory(tmp_path, "list").splitlines()) == 2
    assert "Ana" in run_memory(tmp_path, "search", "sister")
    assert "no fact is found" in run_memory(tmp_path, "search", "zzz", code=1)
    target = tmp_path / "mine.json"
    assert "2 facts" in run_memory(tmp_path, "export", str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    assert "already" in run_memory(tmp_path, "export", str(target), code=1)
    run_memory(tmp_path, "forget", "walnuts", code=1)  # nobody said yes
    assert "1 fact deleted" in run_memory(tmp_path, "forget", "walnuts", "--yes")
    target.unlink()
    assert files_with(tmp_path, "walnuts") == []
    run_memory(tmp_path, "wipe", code=1)
    assert "Ana" in run_memory(tmp_path, "list")
    assert "deleted" in run_memory(tmp_path, "wipe", "--yes")
    assert files_with(tmp_path, "sister") == []


def test_a_file_that_is_no_memory_is_one_line(tmp_path: Path) -> None:
    memory_file(tmp_path).parent.mkdir(parents=True)
    memory_file(tmp_path).write_bytes(b"not a database, but long enough to look like one" * 50)
    assert "not a database" in run_memory(tmp_path, "list", code=1)


def test_a_broken_memory_does_not_stop_the_talk(served: str, tmp_path: Path) -> None:
    memory_file(tmp_path).parent.mkdir(parents=True)
    memory_file(tmp_path).write_bytes(b"not a database, but long enough to look like one" * 50)
    printed = talk(tmp_path, served, "What is twelve times seven?", flags=("--memory",))
    assert "84" in answers(printed)[0]
    assert printed.count("going on without memory") == 1


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

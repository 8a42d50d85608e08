"""The memory survives the end of its process at any moment, and a second process beside it."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from voice_tui.memory.schema import INDEXES, VERSION, version_of
from voice_tui.memory.store import Store

pytestmark = [pytest.mark.wall_clock, pytest.mark.outside]

KILLS = 30
MAKING, OPENING = 71, 12  # SQL statements that it takes to make the file, and to open it again
REPORTS = 200

# Says on stdout what has been committed, as soon as it has been; dies before its n-th SQL statement, where n > 0.
WRITER = """
import os, signal, sqlite3, sys, time
from pathlib import Path
from voice_tui.memory import database
from voice_tui.memory.store import Store

path, name, count, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

def connect(*arguments, real=sqlite3.connect, **options):
    connection = real(*arguments, **options)
    connection.set_trace_callback(count_down)
    return connection

def count_down(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

database.sqlite3.connect = connect
with Store(path, time.time) as store:
    talk = store.conversations.begin(title=name)
    print("talk", talk, flush=True)
    for i in range(count):
        store.conversations.add_item(talk, f"item{i}", "user", f"unfinished {i}")
        store.conversations.update_item(talk, f"item{i}", text=f"sentence {i} of {name}", heard_ms=i)
        print("item", f"{talk}/item{i}", flush=True)
        fact = store.facts.add(name, f"fact number {i} of {name}", conversation=talk, item_id=f"item{i}")
        print("fact", fact.id, flush=True)
        if i % 7 == 6:
            store.facts.edit(fact.id, text=f"corrected fact number {i} of {name}")
            print("edit", fact.id, flush=True)
        if i % 11 == 10:
            store.facts.forget(fact.id)
            print("gone", fact.id, flush=True)
print("done", 0, flush=True)
"""


def start(path: Path, name: str, count: int, statements: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count), str(statements)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def read(stream: IO[str] | None) -> list[tuple[str, str]]:
    """What was reported in whole lines."""
    assert stream is not None
    whole = [line.split() for line in stream.read().splitlines(keepends=True) if line.endswith("\n")]
    return [(kind, key) for kind, key in whole]


def check(path: Path, reported: dict[str, list[str]], maybe_gone: set[str]) -> None:
    """The file is sound, and holds what was reported."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert version_of(connection) == VERSION
    for index in INDEXES:
        connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
    connection.rollback()
    items = dict(connection.execute("SELECT conversation || '/' || item_id, text FROM items"))
    facts = {str(key): text for key, text in connection.execute("SELECT id, text FROM facts")}
    talks = {str(key) for (key,) in connection.execute("SELECT id FROM conversations")}
    connection.close()
    assert set(reported["talk"]) <= talks
    assert all(items[key].startswith("sentence") for key in reported["item"])
    assert set(reported["fact"]) - set(reported["gone"]) - maybe_gone <= set(facts)
    assert not set(reported["gone"]) & set(facts)
    assert all(facts[key].startswith("corrected") for key in reported["edit"] if key in facts)


@pytest.mark.outside
def test_a_kill_at_any_moment_loses_nothing_that_was_reported(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    rng = random.Random(5)
    reported: dict[str, list[str]] = {"talk": [], "item": [], "fact": [], "edit": [], "gone": []}
    maybe_gone: set[str] = set()
    cut_short = 0
    for attempt in range(KILLS):
        # Every third dies while it opens the file or has just begun, the others when they have said so much.
        statements = 0 if attempt % 3 else rng.randint(1, 3 * OPENING)
        with start(path, f"run{attempt}", 1_000_000, statements) as writer:
            assert writer.stdout is not None
            said = [] if statements else [next(writer.stdout) for _ in range(rng.randint(1, REPORTS))]
            if said:
                writer.kill()
            lines = [(kind, key) for kind, key in map(str.split, said)] + read(writer.stdout)
        assert writer.returncode == -signal.SIGKILL
        for kind, key in lines:
            reported[kind].append(key)
        if lines and lines[-1][0] in ("fact", "edit"):  # it may have been forgotten, but not yet said so
            maybe_gone.add(lines[-1][1])
        cut_short += bool(lines)
        Store(path, lambda: 0.0).close()
        check(path, reported, maybe_gone)
    assert cut_short >= KILLS // 2
    assert len(reported["item"]) > 10 * KILLS
    assert min(len(reported["edit"]), len(reported["gone"])) > KILLS
    with Store(path, lambda: 0.0) as store:
        assert store.facts.add("Ada", "It still writes").id > max(map(int, reported["fact"]))


@pytest.mark.parametrize("statement", range(1, MAKING, 7))
def test_a_kill_while_the_file_is_made_leaves_one_that_can_be_used(tmp_path: Path, statement: int) -> None:
    path = tmp_path / "memory.db"
    with start(path, "run", 1, statement) as writer:
        assert read(writer.stdout) == []
    assert writer.returncode == -signal.SIGKILL
    Store(path, lambda: 0.0).close()
    check(path, {"talk": [], "item": [], "fact": [], "edit": [], "gone": []}, set())


def test_two_processes_write_to_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    writers = [start(path, name, 120) for name in ("one", "two")]
    reported: dict[str, list[str]] = {"talk": [], "item": [], "fact": [], "edit": [], "gone": [], "done": []}
    with Store(path, lambda: 0.0) as store:
        seen = store.facts.stamp()
        for writer in writers:
            with writer:
                for kind, key in read(writer.stdout):
                    reported[kind].append(key)
            assert writer.returncode == 0
        assert store.facts.stamp() != seen
        assert {str(fact.id) for fact in store.facts.page(limit=-1)} == set(reported["fact"]) - set(reported["gone"])
    assert len(reported["done"]) == 2
    assert len(set(reported["fact"])) == 240
    check(path, reported, set())

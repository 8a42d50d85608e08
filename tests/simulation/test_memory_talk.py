"""What is remembered from one day to the next, by `voice-tui talk` and the embedded server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.commands import run
from tests.simulation.people import scripted
from tests.wire import check, read
from voice_tui.memory.store import Store


def talk(folder: Path, *say: str, flags: tuple[str, ...] = (), days: float = 0) -> str:
    """One run to its end; what it printed."""
    typed = [word for text in say for word in ("--say", text)]
    devices = ("--mic", "none", "--speaker", "none", "--no-greeting")
    done = run(folder, "talk", *devices, *flags, *typed, days=days, cast=scripted)
    assert done.code == 0, done.err
    return done.out


def answers(printed: str) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in printed.splitlines() if line.startswith("AI")]


def memory_file(folder: Path) -> Path:
    return folder / "voice-tui" / "memory" / "memory.db"


def files_with(folder: Path, text: str) -> list[Path]:
    return [f for f in folder.rglob("*") if f.is_file() and text.lower().encode() in f.read_bytes().lower()]


def test_what_was_told_one_day_is_known_the_next(tmp_path: Path) -> None:
    first = talk(
        tmp_path,
        "My name is Alice.",
        "Please remember that my sister is called Ana.",
        "I live in Lisbon.",
        flags=("--memory",),
    )
    assert "[remembered: The user's name is Alice.]" in first
    name, sister, yesterday = answers(
        talk(
            tmp_path,
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


def test_the_session_is_told_what_is_known(tmp_path: Path) -> None:
    talk(tmp_path, "My name is Alice.", flags=("--memory",))
    log = tmp_path / "events.jsonl"
    talk(tmp_path, "Hello", flags=("--memory", "--events", str(log)), days=1)
    check(read(log))
    events = [record["event"] for record in read(log)]
    session = next(e["session"] for e in events if e["type"] == "session.update")
    assert "- The user's name is Alice." in session["instructions"]
    assert "Yesterday you said: My name is Alice" in session["instructions"]
    names = [tool["name"] for tool in session["tools"]]
    assert names == ["remember", "recall", "forget", "time", "calculate", "hang_up"]


def test_found_facts_are_stored_only_where_that_is_wanted(tmp_path: Path) -> None:
    said = "Well, the weather is nice, and I am allergic to walnuts."
    shown = talk(tmp_path, said, flags=("--memory",))
    stored = [line for line in shown.splitlines() if "walnuts" in line and line.startswith("[remembered")]
    with Store(memory_file(tmp_path), lambda: 0.0) as store:
        assert len(store.facts.page()) == len(stored), "nothing but what was said to be stored"
    talk(tmp_path, said, flags=("--remember",))
    with Store(memory_file(tmp_path), lambda: 0.0) as store:
        assert ["walnuts" in fact.text for fact in store.facts.page()] == [True], "once"


@pytest.mark.parametrize("flags", [(), ("--no-memory",), ("--memory", "--private"), ("--private",)])
def test_nothing_of_a_private_talk_is_in_any_file(tmp_path: Path, flags: tuple[str, ...]) -> None:
    printed = talk(tmp_path, "My name is Zebedee.", "I live in Xanadu.", flags=flags)
    assert "Zebedee" in printed
    assert files_with(tmp_path, "Zebedee") == []
    assert files_with(tmp_path, "Xanadu") == []
    assert memory_file(tmp_path).exists() == ("--private" in flags)


def test_a_private_talk_knows_what_was_told_before(tmp_path: Path) -> None:
    talk(tmp_path, "My name is Alice.", flags=("--memory",))
    (answer,) = answers(talk(tmp_path, "What is my name?", flags=("--memory", "--private")))
    assert "Alice" in answer
    with Store(memory_file(tmp_path), lambda: 0.0) as store:
        assert len(store.conversations.page()) == 1


def run_memory(folder: Path, *arguments: str, code: int = 0) -> str:
    done = run(folder, "memory", *arguments, cast=scripted)
    assert done.code == code, done.err
    return done.out + done.err


def test_the_memory_commands(tmp_path: Path) -> None:
    assert "nothing is remembered yet" in run_memory(tmp_path, "list")
    assert not memory_file(tmp_path).exists(), "looking makes no file"
    with Store(memory_file(tmp_path), lambda: 0.0) as store:
        store.facts.add("user", "The user's sister is called Ana.")
        store.facts.add("user", "The user is allergic to walnuts.", speaker="Ben")
    assert len(run_memory(tmp_path, "list").splitlines()) == 2
    assert "Ana" in run_memory(tmp_path, "search", "sister")
    assert "no fact is found" in run_memory(tmp_path, "search", "zzz", code=1)
    target = tmp_path / "mine.json"
    assert "2 facts" in run_memory(tmp_path, "export", str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    target.write_text("mine")
    target.chmod(0o644)
    assert "2 facts" in run_memory(tmp_path, "export", str(target)), "a file that one named is replaced"
    assert target.stat().st_mode & 0o777 == 0o600
    assert "walnuts" in target.read_text()
    assert "give --yes" in run_memory(tmp_path, "forget", "walnuts", code=2), "nobody said yes"
    assert "1 fact deleted" in run_memory(tmp_path, "forget", "walnuts", "--yes")
    target.unlink()
    assert files_with(tmp_path, "walnuts") == []
    assert "give --yes" in run_memory(tmp_path, "wipe", code=2)
    assert "Ana" in run_memory(tmp_path, "list")
    assert "deleted" in run_memory(tmp_path, "wipe", "--yes")
    assert files_with(tmp_path, "sister") == []


def test_a_list_without_a_fact_says_what_else_is_remembered(tmp_path: Path) -> None:
    with Store(memory_file(tmp_path), lambda: 0.0) as store:
        store.conversations.begin(endpoint="local", profile="natural", title="Morning")
    assert run_memory(tmp_path, "list") == "no fact is remembered yet; 1 conversation: Alt+Y in the console\n"


def test_a_file_that_is_no_memory_is_one_line(tmp_path: Path) -> None:
    memory_file(tmp_path).parent.mkdir(parents=True)
    memory_file(tmp_path).write_bytes(b"not a database, but long enough to look like one" * 50)
    assert "not a database" in run_memory(tmp_path, "list", code=1)


def test_a_broken_memory_does_not_stop_the_talk(tmp_path: Path) -> None:
    memory_file(tmp_path).parent.mkdir(parents=True)
    memory_file(tmp_path).write_bytes(b"not a database, but long enough to look like one" * 50)
    printed = talk(tmp_path, "What is twelve times seven?", flags=("--memory",))
    assert "84" in answers(printed)[0]
    assert printed.count("going on without memory") == 1

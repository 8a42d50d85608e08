from __future__ import annotations

import pytest

from voice_tui.web.door import ALPHABET, TRIES, Door


def test_a_code_lets_one_in_once_however_it_is_typed() -> None:
    door = Door(80)
    code = door.code
    assert set(code) <= {*ALPHABET, "-"}
    assert len(set(code) - {"-"}) > 3
    assert not door.enter(code[:-1])
    assert door.enter(f" #{code.upper()} ")
    assert not door.enter(code)
    assert not door.enter("")
    assert Door(80).code != code


def test_who_guesses_ends_the_code() -> None:
    door = Door(80)
    code = door.code
    assert not any(door.enter(str(number)) for number in range(TRIES))
    assert not door.enter(code)


def test_the_pass_is_known_and_nothing_else() -> None:
    door = Door(80)
    assert door.knows(door.pass_)
    assert not any(door.knows(shown) for shown in (None, "", door.pass_[:-1], door.pass_ + "x", "é"))
    assert door.pass_ not in repr(door)
    assert door.code not in repr(door)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_a_page_of_this_door_may_ask(name: str) -> None:
    assert Door(8123).asked_by_us(f"{name}:8123", f"http://{name}:8123")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("evil.example:8123", "http://evil.example:8123"),  # a name that leads here by its own DNS
        ("127.0.0.1:8123", "http://evil.example"),
        ("127.0.0.1:8123", "http://localhost:8123"),
        ("127.0.0.1:8123", "http://127.0.0.1:8124"),
        ("127.0.0.1:8123", "https://127.0.0.1:8123"),
        ("127.0.0.1:8123", "null"),
        ("127.0.0.1:8123", None),
        ("127.0.0.1", "http://127.0.0.1"),
        (None, None),
    ],
)
def test_a_page_of_anybody_else_may_not(host: str | None, origin: str | None) -> None:
    assert not Door(8123).asked_by_us(host, origin)

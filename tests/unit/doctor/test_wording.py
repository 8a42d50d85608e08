import json
from functools import partial
from pathlib import Path

from voice_tui.doctor.finding import Finding, Grade
from voice_tui.doctor.wording import as_json, lines, summary
from voice_tui.drivers.logs import redact

FOUND = [
    Finding("Python", Grade.OK, "3.13 on Linux"),
    Finding("microphone", Grade.WARNING, "Yeti: nothing but zeros", "look whether it is muted"),
]
KEY = "abcdef0123456789"


def test_a_line_has_its_sign_its_name_and_what_to_do_below() -> None:
    assert lines(FOUND[0], 80) == ["✓ Python           3.13 on Linux"]
    first, second = lines(FOUND[1], 80)
    assert first == "! microphone       Yeti: nothing but zeros"
    assert second == "                   → look whether it is muted"


def test_where_the_terminal_has_no_signs_letters_stand_for_them() -> None:
    assert [line[:3] for line in lines(FOUND[1], 80, "ascii")] == ["!! ", "   "]
    assert lines(FOUND[0], 80, "ascii")[0].startswith("ok ")


def test_long_words_are_wrapped_and_what_somebody_else_wrote_is_cleaned() -> None:
    finding = Finding("devices", Grade.OK, "a\x1b]0;x\x07 name " + "word " * 40)
    told = lines(finding, 60)
    assert max(map(len, told)) <= 60
    assert "\x1b" not in "".join(told)


def test_the_last_line_counts_what_is_wrong() -> None:
    assert summary(FOUND[:1]) == "Everything that a conversation needs is there."
    assert summary(FOUND) == "A conversation can be held; 1 warning."
    bad = [*FOUND, Finding("endpoint", Grade.PROBLEM, "refused")]
    assert summary(bad) == "1 problem: a conversation can't be held as it is configured."


def test_json_holds_neither_a_secret_nor_the_user_s_folder() -> None:
    facts = {"folder": "/home/alice/.config", "said": [f"Bearer {KEY}", {"again": f"key {KEY}"}], "n": 3}
    finding = Finding("x", Grade.OK, f"in /home/alice/x with {KEY}", facts=facts)
    told = as_json([finding], partial(redact, secrets=[KEY]), Path("/home/alice"))
    assert KEY not in told
    assert "alice" not in told
    content = json.loads(told)
    assert content["ok"] is True
    assert content["findings"][0]["facts"]["folder"] == "~/.config"
    assert content["findings"][0]["facts"]["n"] == 3

"""Nothing that somebody else wrote reaches a terminal as a command."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.terminal_orders import HOSTILE, orders
from voice_tui.plain_text import LINE, clean_text, extended, one_line


@given(HOSTILE)
def test_whatever_the_text_is_only_its_line_breaks_stay(text: str) -> None:
    clean = clean_text(text)
    assert set(orders(clean)) <= {"\n"}
    assert clean_text(clean) == clean
    clean.encode()


SPANS = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)),
)
"""What Unicode says may be left out where text is shown."""
VISIBLE = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Signs that stand before a number (of Arabic, Syriac and Kaithi): they are seen, though they count as formats."""
FORMATS = {code for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"}
IGNORABLE = "".join(map(chr, sorted(FORMATS - VISIBLE | {c for low, high in SPANS for c in range(low, high + 1)})))


def ignorable(character: str) -> bool:
    """Whether nobody sees it."""
    return character in IGNORABLE


NEEDED = "\u200c\u200d\ufe0e\ufe0f\ufe00\ufe01\ufe02\u180b\u180c\u180d\u180e\u180f" + "".join(
    map(chr, (*range(0xE0100, 0xE01F0), *range(0xE0061, 0xE0080)))
)
"""What stays in its place."""
MIXED = st.text(
    st.sampled_from("ab 1#\n辻می👩👧❤🏴🏽\u20e3ᠠक्") | st.sampled_from(IGNORABLE) | st.sampled_from(NEEDED), max_size=30
)


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))))
def test_words_of_any_language_stay_as_they_are(text: str) -> None:
    visible = "".join(c for c in text if not ignorable(c))
    assert clean_text(visible) == visible


def test_nothing_that_nobody_sees_stays_by_itself() -> None:
    for character in IGNORABLE:
        assert clean_text(character) == clean_text(f"{character}{character}") == ""
        assert clean_text(f"see{character}n") == "seen", hex(ord(character))


@given(MIXED)
def test_what_nobody_sees_stays_only_where_it_is_needed(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert [c for c in clean if not ignorable(c)] == [c for c in text if not ignorable(c)], "nothing visible goes"
    assert all(c in NEEDED for c in clean if ignorable(c))
    hidden = "".join("x" if ignorable(c) and c not in FLAG else "." for c in clean)
    assert "xxx" not in hidden, "no message fits between two characters"


FLAG = "".join(map(chr, range(0xE0061, 0xE0080)))
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SPELT = [
    "👩‍👩‍👧‍👦 👩🏽‍🚀 ❤️ ❤️‍🔥 🏳️‍🌈 1️⃣ #️⃣ ☎︎ ©️",
    f"{ENGLAND}!",
    "می‌خواهم ه‍",
    "क्‍ष ශ්‍රී ക്‍",
    "辻\U000e0100さん 神\ufe00",
    "ᠠ᠋ᠨ᠎ᠠ",
]


@pytest.mark.parametrize("text", SPELT)
def test_where_it_is_spelling_it_stays(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize("text", [text for text in SPELT if ENGLAND not in text])  # a flag in two is a black one
def test_a_text_that_comes_in_pieces_is_the_same_wherever_it_is_cut(text: str) -> None:
    for cut in range(len(text) + 1):
        whole = extended(clean_text(text[:cut], piece=True), clean_text(text[cut:], piece=True))
        assert whole == text
    whole = ""
    for character in text:
        whole = extended(whole, clean_text(character, piece=True))
    assert whole == text


@given(st.lists(MIXED, max_size=6))
def test_pieces_hide_nothing_between_them(pieces: list[str]) -> None:
    whole = ""
    for piece in pieces:
        whole = extended(whole, clean_text(piece, piece=True))
    shown = [c for piece in pieces for c in piece if not ignorable(c)]
    assert [c for c in whole if not ignorable(c)] == shown
    hidden = "".join("x" if ignorable(c) and c not in FLAG else "." for c in whole)
    assert "xxxx" not in hidden


@given(HOSTILE, st.integers(2, 50))
def test_a_line_is_one_line_of_bounded_length(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert orders(line) == []
    assert len(line) <= limit


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("\x1b[2J\x1b[Hwiped", "wiped"),
        ("a\x1b]52;c;ZXZpbA==\x07b", "ab"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x9b31mb\x9d8;;http://x\x9cc", "abc"),
        ("\x1bPq#0;2\x1b\\sixel", "sixel"),
        ("\x1b(0lines\x1b(B", "lines"),
        ("broken \x1b[", "broken ["),
        ("one\r\ntwo\rthree\tfour", "one\ntwo three four"),
        ("safe\u202eexe.txt", "safeexe.txt"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("zero\u200bwidth soft\xadhyphen word\u2060joiner \ufeffmark", "zerowidth softhyphen wordjoiner mark"),
        ("hi" + "".join(chr(0xE0000 + ord(c)) for c in "obey me"), "hi"),
        ("\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "obey") + "\U000e007f", "\U0001f3f4"),
        ("a" + "".join(map(chr, range(0xE0100, 0xE0110))) + "b", "ab"),
        ("👩" + "\ufe0f" * 9, "👩\ufe0f"),
        ("Auf\u200clage x\u200dy a\ufe0fb", "Auflage xy ab"),
        ("\u3164\u115f\u1160\uffa0", ""),
        ("naïve 日本語 👩‍👩‍👧 می‌خواهم", "naïve 日本語 👩‍👩‍👧 می‌خواهم"),
    ],
)
def test_examples(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_what_was_cut_is_said() -> None:
    assert one_line("word " * 500) == ("word " * 500)[: LINE - 1].rstrip() + "…"
    assert one_line("two\nlines") == "two lines"

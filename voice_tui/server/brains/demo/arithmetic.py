"""Sums as people say them, read by a small parser: "what is twelve times seven?"."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from voice_tui.server.brains.demo.spoken_numbers import is_number, read_number

LEAD_IN = re.compile(
    r"^(?:(?:please|so|and|okay|ok|well|hey|can you|could you|tell me|what|what's|whats|how much|is|are|calculate|"
    r"compute|work out|add up|the (?:result|answer) (?:of|to))[\s,:]+)+"
)
ASKED = re.compile(r"\b(?:what(?:'s| is| are)?|how much is|calculate|compute|work out)\b", re.IGNORECASE)
TAIL = re.compile(r"(?:\s+(?:equals?|please|equal to|make|be))*\s*[?.!=]*\s*$")
# How an operator is said -> how it is written. Longer ways first.
OPERATORS: tuple[tuple[str, str], ...] = (
    (r"to the power of|raised to(?: the power of)?", "^"),
    (r"multiplied by|times", "*"),
    (r"divided by|over", "/"),
    (r"percent of|per cent of|% of", "%"),
    (r"(?:the )?square root of", "r"),
    (r"plus", "+"),
    (r"minus|less|negative", "-"),
    (r"squared", "² "),
    (r"cubed", "³ "),
)
TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[a-z]+|[-+*/^%()×÷²³]")
SIGNS = {"×": "*", "x": "*", "÷": "/"}
# What a recogniser writes where a number was said; anywhere but in a sum they are words, and then it is no sum.
HOMOPHONES = {"to": "two", "too": "two", "for": "four", "won": "one", "ate": "eight"}
MAX_EXPONENT = 64
LARGEST = 10**18  # beyond, nobody listens to the end; and towers of powers would keep us busy for hours


class NoSumError(Exception):
    """The words are not a sum."""


def calculate(text: str) -> str | None:
    """The answer to a sum, as a sentence; None where the text is none, also not from its last question on."""
    *_, question = [0, *(match.start() for match in ASKED.finditer(text))]
    return _calculate(text) or (_calculate(text[question:]) if question else None)


def _calculate(text: str) -> str | None:
    said = TAIL.sub("", LEAD_IN.sub("", text.lower().strip().replace("-", " - " if re.search(r"\d", text) else " ")))
    for spoken, written in OPERATORS:
        said = re.sub(rf"\b(?:{spoken})\b" if spoken[0].isalpha() else spoken, f" {written} ", said)
    tokens = [SIGNS.get(token) or HOMOPHONES.get(token, token) for token in TOKEN.findall(said)]
    if not any(token in "+-*/^%r²³" for token in tokens) or re.sub(r"[\s,]", "", said) == "":
        return None
    try:
        return f"That is {spoken_value(_Parser(tokens).whole())}."
    except NoSumError:
        return None
    except ZeroDivisionError:
        return "Nothing can be divided by zero."
    except (OverflowError, ValueError):  # Python writes no number of more than 4,300 digits
        return "That number is too large for me."


def spoken_value(value: Fraction) -> str:
    """A number for a voice: whole where it is whole, else about four places."""
    sign = "minus " if value < 0 else ""
    value = abs(value)
    if value.denominator == 1:
        return f"{sign}{value.numerator}"
    rounded = f"{float(value):.4f}".rstrip("0").rstrip(".")
    return f"{sign}{'' if Fraction(rounded) == value else 'about '}{rounded}"


def _bounded(value: Fraction) -> Fraction:
    if abs(value) > LARGEST:
        raise OverflowError
    return value if value.denominator <= LARGEST else value.limit_denominator(LARGEST)


PRODUCTS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a * b / 100,
}


class _Parser:
    """Recursive descent: sums of products of powers of numbers."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at = tokens, 0

    def whole(self) -> Fraction:
        value = self._sum()
        if self._at < len(self._tokens):
            raise NoSumError
        return value

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _accept(self, tokens: str) -> str:
        found = self._next if self._next and self._next in tokens else ""
        self._at += bool(found)
        return found

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._accept("+-"):
            value += self._product() if sign == "+" else -self._product()
        return value

    def _product(self) -> Fraction:
        value = self._power()
        while sign := self._accept("*/%"):
            value = _bounded(PRODUCTS[sign](value, self._power()))
        return value

    def _power(self) -> Fraction:
        value = self._factor()
        while sign := self._accept("²³^"):
            exponent = self._factor() if sign == "^" else Fraction("²³".index(sign) + 2)
            if exponent.denominator != 1 or abs(exponent) > MAX_EXPONENT:
                raise NoSumError
            value = _bounded(value ** int(exponent))
        return value

    def _factor(self) -> Fraction:
        if self._accept("-"):
            return -self._power()
        if self._accept("r"):
            value = self._factor()
            if value < 0:
                raise NoSumError
            return Fraction(float(value) ** 0.5).limit_denominator(10**6)
        if self._accept("("):
            value = self._sum()
            if not self._accept(")"):
                raise NoSumError
            return value
        if not is_number(self._next):
            raise NoSumError
        value, self._at = read_number(self._tokens, self._at)
        return _bounded(value)

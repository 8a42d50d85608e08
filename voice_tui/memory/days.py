"""Days as people name them, in both directions; all times are local."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from voice_tui.memory.words import words

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = 7
LAST = re.compile(r"\blast (?:time|talk|conversation|chat|session)\b|\bthe other day\b|\blast$", re.IGNORECASE)
AGO = re.compile(r"\b(?P<n>an?|one|two|three|four|five|six|\d+) (?P<unit>day|week)s? ago\b", re.IGNORECASE)
NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def day_words(then: datetime, now: datetime) -> str:
    """``today``, ``yesterday``, ``on Monday`` within a week, else ``on 3 March``, with the year if it is another."""
    ago = (now.date() - then.date()).days
    if ago in (0, 1):
        return ("today", "yesterday")[ago]
    if 1 < ago < WEEK:
        return f"on {WEEKDAYS[then.weekday()].title()}"
    return f"on {then.day} {then:%B}" + ("" if then.year == now.year else f" {then.year}")


def moment_words(then: datetime, now: datetime) -> str:
    """The day and the minute, short: ``today 14:05``, ``Mon 14:05``, ``3 Mar 14:05``, ``3 Mar 2024``."""
    ago = (now.date() - then.date()).days
    if ago in (0, 1):
        return f"{('today', 'yesterday')[ago]} {then:%H:%M}"
    if 1 < ago < WEEK:
        return f"{then:%a %H:%M}"
    return f"{then.day} {then:%b %H:%M}" if then.year == now.year else f"{then.day} {then:%b %Y}"


def days_meant(text: str, now: datetime) -> tuple[date, date] | None:
    """The first and last day that a question is about; None where it names none. "Last time" is no day."""
    said, today = set(words(text)), now.date()
    if found := AGO.search(text):
        n = NUMBERS.get(found["n"].lower()) or int(found["n"])
        day = today - timedelta(days=n * (WEEK if found["unit"].lower() == "week" else 1))
        return day, day
    if "yesterday" in said:
        day = today - timedelta(days=2 if {"before", "day"} <= said else 1)
        return day, day
    if "today" in said or {"this", "morning"} <= said:
        return today, today
    if "week" in said:
        monday = today - timedelta(days=today.weekday())
        return (monday - timedelta(days=WEEK), monday - timedelta(days=1)) if "last" in said else (monday, today)
    for number, name in enumerate(WEEKDAYS):
        if name in said:
            day = today - timedelta(days=(today.weekday() - number - 1) % WEEK + 1)
            return day, day
    return None


def means_last(text: str) -> bool:
    """Whether a question is about the conversation before this one: "last time", "the other day"."""
    return bool(LAST.search(text))

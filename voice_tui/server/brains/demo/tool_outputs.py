"""What the demo brain says once its calls have come back: it reads the results, and claims nothing beyond them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from voice_tui.server.brains.demo.facts import facts_in
from voice_tui.server.brains.demo.grammar import first, plain, second, sentence
from voice_tui.server.brains.demo.recall import fact, key_words
from voice_tui.server.brains.dialogue import Call, Dialogue, Result

UNKNOWN = "I don't know that yet."
MOST_FACTS = 3  # more than these nobody can listen to
# Where clients put lists, texts and counts.
LISTS = ("facts", "results", "memories", "items", "matches")
TEXTS = ("text", "fact", "content", "memory", "value", "note")
COUNTS = ("forgotten", "deleted", "removed", "count")
NOTHING = re.compile(
    r"^\W*(?:none|null|nothing(?: found)?|no (?:facts|results|memories|matches)(?: found)?|not found)?\W*$",
    re.IGNORECASE,
)


def answer(conversation: Dialogue) -> str | None:
    """The answer to the results that came after the user's words, None where none did."""
    fresh = conversation.fresh_results
    if not fresh:
        return None
    said = [ANSWERS.get(call.name, _anything)(conversation, call, _read(result)) for call, result in fresh]
    return " ".join(dict.fromkeys(said))


def _read(result: Result) -> Any:
    """The output as JSON where it is JSON, else as text."""
    try:
        return json.loads(result.output)
    except ValueError:
        return result.output


def _failure(output: Any) -> str | None:
    """Why it did not work, None where it did."""
    if not isinstance(output, Mapping):
        return None
    error = output.get("error")
    if error:
        return str(error.get("message", error) if isinstance(error, Mapping) else error)
    if output.get("ok") is False or output.get("success") is False:
        return str(output.get("reason") or output.get("message") or "the tool did not say why")
    return None


def _texts(output: Any) -> list[str]:
    """The facts in an output, however they are wrapped."""
    if isinstance(output, str):
        return [] if NOTHING.match(output) else [output.strip()]
    if isinstance(output, list):
        return [text for one in output for text in _texts(one)]
    if isinstance(output, Mapping):
        for name in LISTS:
            if name in output:
                return _texts(output[name])
        return next((_texts(output[name]) for name in TEXTS if name in output), [])
    return []


def _remembered(conversation: Dialogue, call: Call, output: Any) -> str:
    if why := _failure(output):
        return f"I could not remember that: {sentence(why)}"
    facts = facts_in(conversation.last_user_text)
    given = _arguments(call)
    text = next((given[name] for name in TEXTS if isinstance(given.get(name), str)), "")
    told = next((one.told for one in facts if key_words(one.value) <= key_words(text)), "")
    told = told or _to_user(conversation, text)
    how = "that" if told.startswith("you") else "this:"
    return f"I will remember {how} {_tail(told)}" if told else "I will remember that."


def _recalled(conversation: Dialogue, call: Call, output: Any) -> str:
    if why := _failure(output):
        return f"I could not look that up: {sentence(why)}"
    talks = output.get("conversations") if isinstance(output, Mapping) else None
    if isinstance(talks, list) and talks:
        return " ".join(sentence(str(one)) for one in talks)
    texts = list(dict.fromkeys(_texts(output)))
    if not texts:
        return UNKNOWN
    wanted = key_words(" ".join(str(value) for value in _arguments(call).values()))
    ranked = sorted(texts, key=lambda text: -len(wanted & key_words(text)))  # stable: the client's order decides
    told = [_tail(_to_user(conversation, text)) for text in ranked[:MOST_FACTS]]
    more = len(texts) - len(told)
    rest = f" There {'is' if more == 1 else 'are'} {more} more." if more else ""
    return f"You told me that {' You also told me that '.join(told)}{rest}"


def _forgotten(_: Dialogue, call: Call, output: Any) -> str:
    if why := _failure(output):
        return f"I could not forget that: {sentence(why)}"
    count = next((output[name] for name in COUNTS if name in output), None) if isinstance(output, Mapping) else output
    nothing = count in (0, False, [], "") if count is not None else False
    return "There was nothing of that to forget." if nothing else "I have forgotten that."


def _anything(_: Dialogue, call: Call, output: Any) -> str:
    if why := _failure(output):
        return f"That did not work: {sentence(why)}"
    words = _flat(output)
    return sentence(words) if words else "That is done; it gave no result."


def _flat(value: Any) -> str:
    """JSON in words: names and what they are."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_flat(one)}".replace("_", " ") for name, one in value.items() if _flat(one))
    if isinstance(value, list):
        return ", ".join(filter(None, map(_flat, value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip().rstrip(", ")


def _arguments(call: Call) -> dict[str, Any]:
    try:
        read = json.loads(call.arguments)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _to_user(conversation: Dialogue, text: str) -> str:
    """A noted fact as one says it to the user: "The user lives here." is "you live here"."""
    clause = first(plain(text).rstrip(".! "))
    if name := fact(conversation, "name"):
        clause = first(clause, name)
    return second(clause)


def _tail(text: str) -> str:
    """A clause as the end of a sentence: closed, and small in front where that is safe."""
    closed = sentence(text)
    head = closed.split(" ")[0]
    return closed[:1].lower() + closed[1:] if head in ("Your", "You", "The", "A", "An", "Our") else closed


def _told_time(conversation: Dialogue, call: Call, output: Any) -> str:
    """The time as one says it, with the place that was asked about."""
    clock = re.fullmatch(r"(\d\d):(\d\d)", str(output.get("time"))) if isinstance(output, Mapping) else None
    if clock is None:
        return _anything(conversation, call, output)
    hour, place = int(clock[1]), str(_arguments(call).get("zone") or "").rpartition("/")[2].replace("_", " ")
    said = f"It is {(hour - 1) % 12 + 1}:{clock[2]} {'PM' if hour >= 12 else 'AM'}"
    return f"{said} in {place}." if place else f"{said}."


def _hung_up(_: Dialogue, call: Call, output: Any) -> str:
    return _anything(_, call, output) if _failure(output) else "Goodbye."


ANSWERS: dict[str, Callable[[Dialogue, Call, Any], str]] = {
    "remember": _remembered,
    "recall": _recalled,
    "forget": _forgotten,
    "time": _told_time,
    "hang_up": _hung_up,
}

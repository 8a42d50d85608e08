"""Which tools the demo brain calls, by rules.

It remembers, recalls and forgets what it is told to, and uses any other tool only when it is asked for it. Arguments
hold the user's words; what was not understood is never made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from voice_tui.server.brains.demo.facts import StatedFact, facts_in
from voice_tui.server.brains.demo.grammar import USER, plain, sentence
from voice_tui.server.brains.demo.recall import MYSELF, asked, fact, known, personal, statements
from voice_tui.server.brains.demo.tool_schema import arguments_of, arguments_text, extracted, filled, is_time, missing
from voice_tui.server.brains.dialogue import Call, Dialogue, DialogueTurn, Tool

Understood = Mapping[str, str]

NOTE = re.compile(
    r"\b(?:remember|note|don't forget|do not forget|keep in mind)(?: that| this:?)?"
    r" (?P<what>(?!me\b|you\b|when\b|how\b)\S.*)",
    re.IGNORECASE,
)
# The thing a note is about stands before its verb.
TOPIC = re.compile(
    r"(?:(?:the|a|an|our|his|her|their) )?(?P<t>[\w' -]+?) (?:is|are|was|were|has|have|will|can|must)\b", re.IGNORECASE
)
FORGET = re.compile(
    r"(?:^|[.,!;] ?|\b(?:please|can you|could you|and|now) )forget(?! it\b)\b ?(?P<what>.*)", re.IGNORECASE
)
DEICTIC = frozenset({"", "that", "this", "about it", "about that", "about this", "what i said", "what i just said"})
REQUEST = re.compile(r"\W*(?:please|what|how|show|tell|give|set|turn|find)\b", re.IGNORECASE)
USE = re.compile(r"\b(?:use|call|run|invoke|execute|try)\b", re.IGNORECASE)
# Words of a tool's name that say nothing of what it is about.
VERBS = frozenset({"get", "set", "do", "make", "run", "the", "a", "tool", "function", "fetch", "lookup", "look", "up"})

# "And in Paris tomorrow?", "what about Rome?": the same question again, of something else.
MORE = re.compile(
    r"\W*(?:(?:and|or|but|okay|ok|so|then)\W+)*(?:(?:(?:what|how) about|and|or)\W+)(?:(?P<way>in|for|at|on)\s+)?"
    r"(?!(?:a|an|are|can|could|did|do|does|he|how|i|is|it|me|my|no|she|so|some|that|them|then|they|this|us|was|we|what|"
    r"when|where|which|who|why|will|would|yes|you|your)\b)(?P<what>[^?]+)\?\W*$",
    re.IGNORECASE,
)

# What else one says of a tool's subject: "is it raining?" asks for the weather.
SIGNS: dict[str, frozenset[str]] = {
    "weather": frozenset({
        "cloudy", "cold", "cool", "degrees", "dry", "foggy", "forecast", "freezing", "hot", "humid", "rain", "raining",
        "rainy", "snow", "snowing", "snowy", "storm", "stormy", "sun", "sunny", "temperature", "umbrella", "warm",
        "wet", "wind", "windy",
    }),
}  # fmt: skip


def calls_for(conversation: Dialogue) -> list[Call]:
    """The calls to make now, none where the words ask for none (or where ``tool_choice`` forbids them)."""
    tools = {tool.name: tool for tool in conversation.tools}
    if conversation.tool_choice == "none" or not tools:
        return []
    if conversation.forced:
        tool = tools[conversation.forced]
        return [_call(tool, _demanded(conversation, tool))]
    found = [call for name, rule in RULES.items() if name in tools for call in _made(tools[name], rule(conversation))]
    if not found:
        found = _requested(conversation.last_user_text, tools.values()) or _followed_up(conversation, tools)
    if not found and conversation.tool_choice == "required":
        return [_nearest(conversation, tools.values())]
    return found


def last_resort(conversation: Dialogue) -> list[Call]:
    """A look into the memory for a question about the user that nothing else answers."""
    text = plain(conversation.last_user_text)
    recall = next((tool for tool in conversation.tools if tool.name == "recall"), None)
    if recall is None or conversation.tool_choice == "none" or not personal(text):
        return []
    return _made(recall, [{"query": text.strip(" ?.!")}])


def wanted_but_unclear(conversation: Dialogue) -> str | None:
    """What to ask back when a tool was asked for and something it needs was not said."""
    text = conversation.last_user_text
    for tool in conversation.tools if conversation.tool_choice != "none" else ():
        asked_for = _named(tool, text) or (tool.name not in RULES and _described(tool, text))
        if asked_for and (lacking := missing(tool, extracted(tool, _behind(tool, text)))):
            return f"To use the tool {_words(tool.name)} I need to know the {' and the '.join(map(_words, lacking))}."
        if tool.name == "forget" and FORGET.search(plain(text)):
            return "Tell me what I shall forget."
    return None


def _made(tool: Tool, understood: Iterable[Understood]) -> list[Call]:
    """A call for each thing understood, where it is enough for the tool."""
    filled_in = (filled(tool, one) for one in understood)
    return [_call(tool, arguments) for arguments in filled_in if not missing(tool, arguments)]


def _call(tool: Tool, arguments: Mapping[str, Any]) -> Call:
    return Call(tool.name, arguments_text(arguments))


# -- memory --


def _remember(conversation: Dialogue) -> list[Understood]:
    text = plain(conversation.last_user_text)
    name = fact(conversation, "name") or ""
    facts = [StatedFact(one.topic, one.clause, one.value, name) for one in facts_in(text)]
    found: list[Understood] = [{"text": one.text, "subject": one.subject, "speaker": one.subject} for one in facts]
    if not found and not text.endswith("?") and (note := NOTE.search(text)):
        what = (note[0] if note["what"].startswith("to ") else note["what"]).strip(" .!")
        about = TOPIC.match(what)
        found.append({"text": sentence(what), "subject": about["t"] if about else "user"})
    return found


def _recall(conversation: Dialogue) -> list[Understood]:
    question = asked(conversation.last_user_text)
    if question is None or known(conversation, question) is not None:
        return []
    return [{"query": USER if question.query.lower() in MYSELF else question.query.removeprefix("my ")}]


def _forget(conversation: Dialogue) -> list[Understood]:
    text = plain(conversation.last_user_text)
    match = FORGET.search(text)
    if match is None or text.endswith("?"):
        return []
    what = match["what"].strip(" .!")
    if what.lower() in DEICTIC:
        said = [one.text for one in statements(conversation) if facts_in(one.text) or NOTE.search(one.text)]
        return [{"query": said[-1].strip(" .!")}] if said else []
    for lead in ("about ", "that "):
        what = what.removeprefix(lead)
    return [{"query": what}]


RULES: dict[str, Callable[[Dialogue], list[Understood]]] = {
    "forget": _forget,
    "remember": lambda conversation: [] if _forget(conversation) else _remember(conversation),
    "recall": _recall,
}

# -- any other tool --


def _words(name: str) -> str:
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W]+", " ", name).split()).lower()


def _named(tool: Tool, text: str) -> bool:
    """Whether a text asks for a tool by its name: "use the tool get weather"."""
    low = plain(text).lower()
    return bool(USE.search(low)) and (_words(tool.name) in _words(low) or tool.name.lower() in low)


def _described(tool: Tool, text: str) -> bool:
    """Whether a text asks for what the tool's name is about: every word of the name but its verb."""
    about = set(_words(tool.name).split()) - VERBS
    said = re.findall(r"[a-z0-9]+", plain(text).lower())
    words = set(said)
    words |= {subject for subject, signs in SIGNS.items() if signs & words}
    described = set(re.findall(r"[a-z]+", tool.description.lower()))
    asks = text.rstrip().endswith("?") or REQUEST.match(text) or not about.isdisjoint(said[:1])
    return bool(asks) and bool(about) and about <= words and (not described or bool(about & described))


def _requested(text: str, tools: Iterable[Tool]) -> list[Call]:
    others = [tool for tool in tools if tool.name not in RULES or _named(tool, text)]
    for wants in (_named, _described):
        for tool in others:
            if wants(tool, text) and not missing(tool, arguments := extracted(tool, _behind(tool, text))):
                return [_call(tool, arguments)]
    return []


def _followed_up(conversation: Dialogue, tools: Mapping[str, Tool]) -> list[Call]:
    """The call that the answer before was made of, for what is asked about now; what is not named stays as it was."""
    more, last = MORE.match(plain(conversation.last_user_text)), _last_call(conversation)
    if more is None or last is None or last.name in RULES or last.name not in tools:
        return []
    tool, what = tools[last.name], more["what"]
    changed = extracted(tool, f"{more['way'] or 'for'} {what}") if more["way"] or any(map(str.isupper, what)) else {}
    if not (changed or is_time(what)):
        return []
    arguments = arguments_of(last) | changed
    return [] if missing(tool, arguments) else [_call(tool, arguments)]


def _last_call(conversation: Dialogue) -> Call | None:
    """The newest call between the user's last two turns."""
    turns = 0
    for event in reversed(conversation.events):
        turns += isinstance(event, DialogueTurn) and event.role == "user"
        if turns == 2:
            break
        if turns == 1 and isinstance(event, Call):
            return event
    return None


def _behind(tool: Tool, text: str) -> str:
    """The text without the tool's name, which is no argument."""
    loose = r"[\s_-]*".join(map(re.escape, _words(tool.name).split()))
    name = rf"(?:\b(?:the )?(?:tool|function) )?\b{loose}\b(?: (?:tool|function)\b)?"
    return re.sub(name, "", plain(text), flags=re.IGNORECASE)


# -- calls that must be --


def _demanded(conversation: Dialogue, tool: Tool) -> dict[str, Any]:
    """The arguments of a call that must be, as far as they were understood; what is missing stays missing."""
    for understood in RULES[tool.name](conversation) if tool.name in RULES else ():
        if not missing(tool, arguments := filled(tool, understood)):
            return arguments
    text = plain(conversation.last_user_text)
    arguments = extracted(tool, _behind(tool, text))
    if missing(tool, arguments) and text:
        kind = "query" if tool.name in ("recall", "forget") else "text"
        arguments = filled(tool, {kind: text}) | arguments
    return arguments


def _nearest(conversation: Dialogue, tools: Iterable[Tool]) -> Call:
    """A call of a tool whose needs are met, if there is one; rather of one that changes no memory."""
    made = [(tool, _demanded(conversation, tool)) for tool in tools]
    tool, arguments = min(made, key=lambda one: (bool(missing(*one)), one[0].name in ("remember", "forget")))
    return _call(tool, arguments)

"""What the user said earlier, in the session or in the notes on it, found again by plain words.

Notes are system items: a client that replaces old turns by a summary puts what they held there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice_tui.server.brains.demo.facts import BREAK, StatedFact, facts_in, facts_of
from voice_tui.server.brains.demo.grammar import ended, first, plain, second, sentence
from voice_tui.server.brains.demo.lines import SpokenLine, lines_of
from voice_tui.server.brains.dialogue import Dialogue
from voice_tui.server.sentences import split

# "My name is Ada", "my favourite colour is teal", "the code is 4711": the thing, and what it is.
FACT = re.compile(
    r"\b(?:my|the|our) ([a-z][a-z' ]{0,40}?) (?:is|are|was) (?:called )?([^?!]+?)(?=[.!]*$|[.!]\s)", re.IGNORECASE
)
NAME = re.compile(r"\b(?:call me|i am called|i'm called|they call me) ([A-Za-z][\w'-]*)", re.IGNORECASE)
QUESTION = re.compile(
    r"^(?:what|who|where|when|why|how|which|do|did|does|can|could|is|are|tell me|count)\b", re.IGNORECASE
)
SAME_WORD = {"colour": "color", "favourite": "favorite"}
# Words too common to find anything by.
COMMON = frozenset({"the", "a", "an", "my", "your", "about", "that", "this", "of", "to", "and", "i", "you", "me", "it"})


@dataclass(frozen=True, slots=True)
class Statement:
    """Something the user said, or that the notes say of the user in other words (``noted``)."""

    text: str
    noted: bool = False


def key_words(text: str) -> set[str]:
    """The words of a text that say what it is about."""
    return {_plain(word) for word in re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain(text))} - COMMON


def _plain(word: str) -> str:
    word = word.lower().removesuffix("'s")
    return SAME_WORD.get(word, word)


def said_before(conversation: Dialogue) -> list[str]:
    """What the user said before the newest turn, oldest first."""
    said = [turn.text.strip() for turn in conversation.turns if turn.role == "user" and turn.text.strip()]
    return said[:-1]


def notes(conversation: Dialogue) -> list[SpokenLine]:
    """The lines of the system items that tell of the user, oldest first."""
    lines = [line for turn in conversation.turns if turn.role == "system" for line in lines_of(turn.text, "system")]
    return [line for line in lines if line.role != "assistant"]


def statements(conversation: Dialogue) -> list[Statement]:
    """What is known in the first person, oldest first, without questions; notes come before what was said."""
    noted = notes(conversation)
    names = {line.name for line in noted if line.name}
    name = names.pop() if len(names) == 1 else ""
    found = [Statement(f"my name is {name}.", noted=True)] if name else []
    for line in noted:
        for part in split(plain(line.text)):
            text = first(part.strip())
            found.append(Statement(first(text, name) if name else text, noted=line.role == "system"))
    found += (Statement(plain(text)) for text in said_before(conversation))
    return [one for one in found if one.text and not one.text.endswith("?") and not QUESTION.match(one.text)]


def fact(conversation: Dialogue, thing: str) -> str | None:
    """What the user's ``thing`` is, as told last; None where it was never told."""
    wanted = key_words(thing)
    clauses = [clause for one in statements(conversation) for clause in BREAK.split(one.text)]
    for clause in reversed(clauses):
        if "name" in wanted and (called := NAME.search(clause)):
            return called.group(1)
        for told in FACT.finditer(clause):
            if key_words(told.group(1)) == wanted:
                return told.group(2).strip()
    return None


def facts_known(conversation: Dialogue) -> list[StatedFact]:
    """What the user told about themselves before the newest turn, and what the notes say of them."""
    told = [found for text in said_before(conversation) for found in facts_in(text)]
    return [*facts_of(notes(conversation)), *told]


def told_about(conversation: Dialogue, subject: str) -> str | None:
    """What is known about a subject, as one says it: the newest statement that shares the most words with it."""
    wanted = key_words(subject)
    known = statements(conversation)
    scored = [(len(wanted & key_words(one.text)), i) for i, one in enumerate(known)]
    score, at = max(scored, default=(0, 0))
    if not score:
        return None
    best = known[at]
    return f"I know this: {sentence(second(best.text))}" if best.noted else f"You said: {sentence(best.text)}"


# -- questions about the user --

ABOUT, MINE, SELF, PAST = "about", "mine", "self", "past"


@dataclass(frozen=True, slots=True)
class RecallQuestion:
    """What somebody wants to be reminded of.

    Attributes:
        kind: ``about`` a subject, ``mine`` (what my thing is), ``self`` (a topic of `facts`), or ``past`` (a talk).
        query: What to look for, in the user's words as far as they go.
        topic: Of ``self``.
    """

    kind: str
    query: str
    topic: str = ""


WHEN = r"yesterday|(?:the )?last\b.*|the other day|(?:an?|one|two|three|\d+|some) \w+ ago|on \w+day|this morning"
KNOW = r"(?:remember|recall|know)"
QUESTIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (PAST, rf"what did (?:we|i|you) (?:talk|speak|chat|say|tell|discuss|do)\b.*?(?P<q>{WHEN})"),
        (PAST, rf"do you {KNOW} (?:what|that) we (?:talked|spoke|said).*?(?P<q>{WHEN})"),
        ("name", r"do you (?:still )?(?:know|remember) who i am"),
        (ABOUT, rf"what (?:else )?(?:do|can) you (?:{KNOW}|tell me) about (?P<q>.+)"),
        (ABOUT, r"what did i (?:tell you|say) about (?P<q>.+)"),
        (ABOUT, r"remind me (?:of|about|what|where|when|who) (?P<q>.+)"),
        (ABOUT, rf"tell me (?:what|everything) you {KNOW} about (?P<q>.+)"),
        ("name", r"who am i\b|what am i called"),
        ("home", r"where do i live"),
        ("work", r"where do i work|what do i do\b(?! (?:when|if|now))|what is my job"),
        ("allergy", r"(?:what|am) (?:am )?i allergic to"),
        ("age", r"how old am i"),
        ("origin", r"where (?:am i|do i come) from"),
        ("birth", r"when was i born|where was i born"),
        ("language", r"(?:what|which) languages? do i speak"),
        ("likes", r"what do i (?:like|love|enjoy|prefer)"),
        ("dislikes", r"what (?:do i (?:hate|dislike)|don't i like|do i not like)"),
        (MINE, r"(?:what|who|when|where)(?:'s| is| was|'re| are| were) my (?P<q>.+)"),
        (MINE, rf"do you (?:still )?{KNOW} my (?P<q>.+)"),
        (ABOUT, rf"do you (?:still )?{KNOW} (?:anything |what i (?:said|told you) )?about (?P<q>.+)"),
        (ABOUT, r"do you (?:still )?(?:remember|recall) (?P<q>.+)"),
    )
)
ENDING = re.compile(r"(?: (?:called|named|again|please|like|now|at all))*[\s?.!]*$", re.IGNORECASE)
# Any other question that only somebody who was told can answer: about oneself, a name, or "the" thing.
PERSONAL = re.compile(r"(?<![\w'])(?:i|i'm|my|me|mine|our|we|us)(?![\w'])", re.IGNORECASE)
PARTICULAR = re.compile(r"\s(?:the\s|(?!I\b)[A-Z])")
YOU = re.compile(r"\byou", re.IGNORECASE)
MYSELF = frozenset({"me", "myself", "us"})


def asked(text: str) -> RecallQuestion | None:
    """What a question about the user is after, None of anything else."""
    for kind, pattern in QUESTIONS:
        if match := pattern.search(plain(text)):
            if "q" not in pattern.groupindex:
                return RecallQuestion(SELF, ENDING.sub("", match[0]), kind)
            query = ENDING.sub("", match["q"]).strip()
            return RecallQuestion(kind, query) if query else None
    return None


def personal(text: str) -> bool:
    """Whether a text is a question about the one who asks, or about a particular person or thing."""
    bare = plain(text)
    if not (bare.endswith("?") or QUESTION.match(bare)):
        return False
    return bool(PERSONAL.search(bare) or (PARTICULAR.search(bare) and not YOU.search(bare)))


def known(conversation: Dialogue, question: RecallQuestion) -> str | None:
    """The answer as far as the conversation and its notes hold it; None where they do not."""
    about_self = question.kind == ABOUT and question.query.lower() in MYSELF
    if question.kind == SELF or about_self:
        facts = [one for one in facts_known(conversation) if about_self or one.topic == question.topic]
        told = list(dict.fromkeys(one.told for one in facts))[-3:]
        return f"You told me that {', and that '.join(told)}." if told else None
    if question.kind == MINE:
        value = fact(conversation, question.query)
        return f"Your {question.query} is {ended(value)}" if value else None
    return told_about(conversation, question.query) if question.kind == ABOUT else None

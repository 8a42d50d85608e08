"""What people say about themselves, found by a table of patterns.

Only plain first-person statements count: no questions, no "if", nothing reported of others. What the table does not
know is not a fact here, and nothing is added to what was said but the grammar of another person (see `persons`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from voice_tui.server.brains.demo.grammar import USER, first, plain, second, sentence, third
from voice_tui.server.brains.demo.lines import SpokenLine
from voice_tui.server.sentences import split

NAME = "name"  # the topic of what somebody is called


@dataclass(frozen=True, slots=True)
class StatedFact:
    """One statement.

    Attributes:
        topic: What it tells about the speaker, such as ``name``, ``home`` or ``sister``.
        clause: In the speaker's words: "I live in Lisbon".
        value: The part that answers a question about the topic: "Lisbon".
        speaker: Their name, "" where it is unknown.
    """

    topic: str
    clause: str
    value: str
    speaker: str = ""

    @property
    def text(self) -> str:
        """As one writes it down: "Ada lives in Lisbon." or "The user lives in Lisbon."."""
        who = self.speaker if self.speaker and self.topic != NAME else USER
        return sentence(third(self.clause, who))

    @property
    def told(self) -> str:
        """As one says it to the speaker: "you live in Lisbon"."""
        return second(self.clause)

    @property
    def subject(self) -> str:
        """Whom it is about."""
        return self.speaker or "user"


# What may stand before a statement without changing it.
LEAD = re.compile(
    r"^(?:(?:please|well|so|oh|um|uh|yes|yeah|no|okay|ok|hello|hi|hey|there|by the way|actually|you know|also|and"
    r"|but|then|sorry|listen|look|thanks|thank you|because|plus"
    r"|(?:(?:please|could you|can you) )?(?:remember|note|don't forget|do not forget|keep in mind)(?: that| this)?"
    r")(?![\w'])|[,:.!\s-])+",
    re.IGNORECASE,
)
START = r"(?=(?:I|my|call me|they call me)(?![\w-])(?! (?:mean|guess|see)\b))"
BREAK = re.compile(
    rf"(?:\s*[,;:—–]|\s-)\s*(?:(?:and|but|so|also|because|plus)\s+)*{START}|\s+(?:and|but|because)(?: also)?\s+{START}",
    re.IGNORECASE,
)
# Behind these a clause is somebody else's, or did not happen.
REPORTED = re.compile(r"\b(?:said|says|say|asked|told|tells|if|when|unless|suppose|imagine|whether)\W*$", re.IGNORECASE)
ASKING = re.compile(
    r"^(?:what|who|where|when|why|how|which|whose|do|did|does|can|could|is|are|was|were|am|will|would|should|have|has"
    r"|tell me|count|if|unless|suppose|imagine)\b",
    re.IGNORECASE,
)
ADVERB = r"(?:(?:really|also|still|currently|now|usually|always|just|mostly|often|only) )*"
AM = rf"I(?:'m| am) {ADVERB}"
I_DO = rf"I {ADVERB}"
# What one does as a habit, is at for a while, or did once; other verbs are talk, not facts.
HABIT = (
    r"take|drink|eat|drive|ride|play|wear|own|use|support|listen|read|watch|study|teach|run|swim|cook|collect|grow|need"
    r"|go(?= to)|cycle|paint|sing|dance"
)
BUSY = (
    r"learning|studying|training|planning|building|writing|reading|saving|moving|flying|travelling|traveling|preparing"
    r"|expecting|organising|married|engaged|retired|getting married"
)
DONE = (
    r"grew up|studied|graduated|was raised|gave up|quit|bought|sold|broke|hurt|lost|met|married|got married|went to"
    r"|used to|had|been|played|worked|lived|seen"
)
HAPPENS = (
    r"is|are|was|were|lives?|works?|likes?|loves?|hates?|has|have|drives?|plays?|stud(?:ies|y)|teach(?:es)?|runs?|wants?"
    r"|needs?|wears?|speaks?|starts?|ends?|goes|comes|can|can't|will|died|arrives?|leaves?"
)
NOTHING = r"(?:it|this|that|these|those|you|them|him|her|to (?:know|hear|ask|think)|what|how|when|where|so)\b"
COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|some|many|no)"
CALLED = r"(?P<v>(?:(?:dr|mr|mrs|ms|prof)\.? )?[^\W\d_][\w'-]*(?: (?-i:[A-Z])[\w'-]+){0,2})"


def _row(topic: str, pattern: str) -> tuple[str, re.Pattern[str]]:
    return topic, re.compile(pattern, re.IGNORECASE | re.DOTALL)


# Topic and pattern; the first row that fits a whole clause wins. "" takes the topic from the group ``t``. ``v`` is the
# value.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    _row(NAME, rf"my (?:first |full )?name(?: is|'s) (?!not\b){CALLED}"),
    _row(NAME, rf"(?:(?:just )?call me|I(?:'m| am) called|they call me) (?!later|back|when|if|an?\b|the\b){CALLED}"),
    _row("home", rf"{I_DO}live (?P<v>(?:in|at|near|on|with|by) .+)"),
    _row("home", r"I(?:'ve| have)? (?:just )?moved (?P<v>to .+)"),
    _row("origin", rf"(?:{AM}|{I_DO}come )(?P<v>from .+)"),
    _row("work", rf"(?:{I_DO}work|{AM}working) (?P<v>(?:as|at|for|in|with|on) .+)"),
    _row("allergy", rf"{AM}allergic (?P<v>to .+)"),
    _row("age", rf"{AM}(?P<v>[\w-]+(?: [\w-]+)?(?= years old| years of age).*)"),
    _row("birth", rf"{I_DO}was born (?P<v>(?:in|on|at) .+)"),
    _row("language", rf"{I_DO}speak (?P<v>(?!to\b|with\b)\w.*)"),
    _row("likes", rf"{I_DO}(?:like|love|enjoy|prefer|adore) (?P<v>(?!{NOTHING})\w.*)"),
    _row("dislikes", rf"{I_DO}(?:hate|dislike|can't stand|don't (?:like|eat|drink)) (?P<v>(?!{NOTHING})\w.*)"),
    _row("", rf"I (?:have|'ve got|have got) {COUNT} (?P<t>\w+)(?: is)? (?:called|named) (?P<v>.+)"),
    _row(
        "",
        rf"I (?:have|have got) {COUNT} (?!(?:question|problem|idea|feeling|look|moment|minute|bit|lot|few|clue)s?\b)"
        r"(?P<v>(?:[\w'-]+ )*?(?P<t>[\w'-]+)(?: (?:on|at|with|in|for|from|about|to|tomorrow|next|this|every)\b.*)?)",
    ),
    _row("", rf"{AM}(?P<t>{BUSY})\b ?(?P<v>.*)"),
    _row("", rf"{I_DO}(?P<t>{HABIT}) (?P<v>(?!{NOTHING}|part\b|care\b|to\b(?! bed| work| school))\w.*)"),
    _row("", rf"I never (?P<t>\w+) (?P<v>(?!{NOTHING})\w.*)"),
    _row("", rf"I(?:'ve| have)? (?:just )?(?P<t>{DONE}) (?P<v>(?!{NOTHING})\w.*)"),
    _row("plans", r"I(?:'ll| will) (?P<v>\w.* (?:on|in|at|next|tomorrow|this|by) ?.*)"),
    _row("diet", rf"{AM}(?P<v>(?:an? )?(?:vegan|vegetarian|diabetic|coeliac|celiac)\b.*)"),
    _row("work", rf"{AM}(?P<v>an? (?!(?:bit|little|lot|few)\b|\w+ (?:bit|afraid|sure)\b)\w.*)"),
    _row(
        "",
        rf"my (?P<t>(?!(?:question|point|guess|answer|turn|god|goodness|apologies|idea|first name|name)\b)"
        rf"[a-z][\w' -]{{0,40}}?) (?:{HAPPENS}) (?:called |named )?"
        r"(?P<v>(?!not sure\b)\w.*)",
    ),
)


def clauses(text: str) -> Iterable[str]:
    """The first-person statements of a text, without what leads to them and without their stop."""
    for piece in split(plain(text)):
        statement = piece.strip()
        bare = LEAD.sub("", statement)
        if statement.endswith("?") or ASKING.match(bare):
            continue
        before = ""
        for clause in BREAK.split(statement):
            stripped = LEAD.sub("", clause).strip(' .!;,:…"“”')
            if stripped and not REPORTED.search(before):
                yield stripped
            before = clause


def facts_in(text: str, speaker: str = "") -> list[StatedFact]:
    """What somebody says about themselves in a text, in its order.

    Args:
        text: In the first person, or notes about "the user" or about the speaker by name.
        speaker: Their name, where it is known.
    """
    found: list[StatedFact] = []
    for clause in clauses(text):
        said = first(first(clause), speaker) if speaker else first(clause)
        if (fact := _fact(said, speaker)) and fact not in found:
            found.append(fact)
    return found


def facts_of(lines: Iterable[SpokenLine]) -> list[StatedFact]:
    """What the users of a transcript say about themselves; what assistants say does not count."""
    found: list[StatedFact] = []
    for line in lines:
        if line.role == "assistant":
            continue
        found += (fact for fact in facts_in(line.text, line.name) if fact not in found)
    return found


def _fact(clause: str, speaker: str) -> StatedFact | None:
    for topic, pattern in PATTERNS:
        if match := pattern.fullmatch(clause):
            value = match["v"].strip() or match["t"]
            spoken = f"my name is {value}" if topic == NAME else clause
            return StatedFact(topic or match["t"].lower(), _small(spoken), value, speaker)
    return None


def _small(clause: str) -> str:
    """The clause as it stands inside a sentence: a capital My is none there."""
    return f"my{clause[2:]}" if clause[:3].lower() == "my " else f"I{clause[1:]}"

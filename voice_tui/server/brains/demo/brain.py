"""The built-in brain: a table of rules, so that everything works offline. It never claims to be more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime

from voice_tui.server.brains.demo.arithmetic import calculate
from voice_tui.server.brains.demo.continuation import rest, unfinished
from voice_tui.server.brains.demo.grammar import ended
from voice_tui.server.brains.demo.out_of_band import worked
from voice_tui.server.brains.demo.recall import FACT, NAME, PAST, asked, fact, known, said_before, told_about
from voice_tui.server.brains.demo.spoken_numbers import first_numbers
from voice_tui.server.brains.demo.stories import STORIES, begun
from voice_tui.server.brains.demo.tool_outputs import answer as answer_from_results
from voice_tui.server.brains.demo.tool_rules import calls_for, last_resort, wanted_but_unclear
from voice_tui.server.brains.dialogue import Call, Dialogue
from voice_tui.server.sentences import split

ABILITIES = "I can tell the time, do sums, count, tell a long story, and remember what you tell me."
UNSEEN = "I was given a picture, but I cannot see."
NOT_UNDERSTOOD = "I didn't catch that. Could you say it again?"
MAX_COUNT = 200
NUMBERS_PER_SENTENCE = 5  # so that counting can be interrupted, and starts at once

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rule may look at."""

    conversation: Dialogue
    now: datetime

    @property
    def heard_so_far(self) -> str:
        """The assistant's part of the talk as far as the user heard it."""
        return " ".join(turn.text for turn in self.conversation.turns if turn.role == "assistant")

    @property
    def last_answer(self) -> str:
        """The assistant's newest turn as far as it was heard, "" where there is none."""
        answers = [turn.text for turn in self.conversation.turns if turn.role == "assistant"]
        return answers[-1] if answers else ""

    @property
    def interrupted(self) -> str | None:
        """What was heard of the newest answer that was cut off, None where none was."""
        cut = [turn.text for turn in self.conversation.turns if turn.role == "assistant" and turn.interrupted]
        return cut[-1] if cut else None


Answer = Callable[[re.Match[str], Scene], str | None]


def _greet(_: re.Match[str], scene: Scene) -> str:
    return _greeting(scene)


def _greeting(scene: Scene) -> str:
    part = next(name for until, name in ((12, "morning"), (18, "afternoon"), (25, "evening")) if scene.now.hour < until)
    if scene.heard_so_far:
        return "Hello again! What would you like to talk about?"
    return f"Good {part}! I am the built-in demo brain. {ABILITIES} What shall we try?"


def _time(_: re.Match[str], scene: Scene) -> str:
    return f"It is {scene.now:%I:%M %p}.".replace(" 0", " ")


def _date(_: re.Match[str], scene: Scene) -> str:
    return f"Today is {scene.now:%A}, {scene.now:%B} {scene.now.day}, {scene.now.year}."


def _sum(match: re.Match[str], _: Scene) -> str | None:
    return calculate(match.string)


def _count(match: re.Match[str], scene: Scene) -> str:
    numbers = [n for n in first_numbers(match.string) if 0 <= n <= MAX_COUNT]
    down = "down" in match.string.lower() or "backward" in match.string.lower()
    if not numbers:
        return f"Tell me how far, up to {MAX_COUNT}."
    first, last = (numbers[0], numbers[1]) if len(numbers) > 1 else ((numbers[0], 1) if down else (1, numbers[0]))
    step = 1 if last >= first else -1
    counted = [str(n) for n in range(first, last + step, step)]
    rows = [counted[i : i + NUMBERS_PER_SENTENCE] for i in range(0, len(counted), NUMBERS_PER_SENTENCE)]
    return " ".join(f"{', '.join(row)}." for row in rows)


def _story(match: re.Match[str], scene: Scene) -> str:
    heard = scene.heard_so_far
    untold = [story for story in STORIES if story[0].split(",")[0] not in heard]
    return "".join((untold or STORIES)[0])


def _go_on(_: re.Match[str], scene: Scene) -> str:
    heard = scene.interrupted
    if heard is None:
        return "I had finished. Ask me for a story, and interrupt me: then I can go on."
    if found := begun(scene.heard_so_far):
        story, at = found
        if at < len(story):
            return "Where was I? " + "".join(story[at:])
    return f"You heard me say: {ended(heard)} The rest I have forgotten, because you never heard it."


def _where_were_we(_: re.Match[str], scene: Scene) -> str:
    heard = scene.interrupted
    if heard is None:
        return "You have not interrupted me yet."
    last_words = " ".join(heard.split()[-8:])
    return f"You interrupted me. The last words you heard were: {ended(last_words or 'none at all')}"


def _stop(_: re.Match[str], scene: Scene) -> str:
    return "All right, I stopped. Say go on when you want to hear the rest." if scene.interrupted else "All right."


def _again(_: re.Match[str], scene: Scene) -> str:
    return scene.last_answer or "I have not said anything yet."


def _name(match: re.Match[str], scene: Scene) -> str:
    name = fact(scene.conversation, "name")
    return f"Your name is {ended(name)}" if name else "You have not told me your name yet."


def _my_thing(match: re.Match[str], scene: Scene) -> str | None:
    thing = match["thing"].strip()
    value = fact(scene.conversation, thing)
    return f"Your {thing} is {ended(value)}" if value else f"You have not told me about your {thing} yet."


def _told_about(match: re.Match[str], scene: Scene) -> str:
    subject = match["subject"].strip(" ?.!")
    found = told_about(scene.conversation, subject)
    return found or f"You have not told me anything about {subject}."


def _reminded(match: re.Match[str], scene: Scene) -> str | None:
    question = asked(match.string)
    if question is None:
        return None
    if question.kind == PAST:
        return "I remember only what was said since we began to talk."
    about = f" about {question.query}" if question.query.lower() not in ("me", "myself") else " about yourself"
    return known(scene.conversation, question) or f"You have not told me anything{about} yet."


def _the_thing(match: re.Match[str], scene: Scene) -> str | None:
    thing = match["thing"].strip()
    value = fact(scene.conversation, thing)
    return f"The {thing} is {ended(value)}" if value else None


def _said_before(match: re.Match[str], scene: Scene) -> str:
    said = said_before(scene.conversation)
    if not said:
        return "You have not said anything before that."
    return f"You said: {ended(said[0] if 'first' in match.string.lower() else said[-1])}"


def _learn_name(match: re.Match[str], _: Scene) -> str:
    return f"Nice to meet you, {match['name'].strip()}! I will remember your name."


def _learn(match: re.Match[str], _: Scene) -> str | None:
    told = FACT.search(match.string)
    return f"I will remember that your {told[1]} is {ended(told[2].strip())}" if told else None


def _repeat_after(match: re.Match[str], _: Scene) -> str:
    return ended(match["words"].strip())


def _fixed(text: str) -> Answer:
    return lambda _match, _scene: text


def _rule(pattern: str, answer: Answer) -> tuple[re.Pattern[str], Answer]:
    return re.compile(pattern, re.IGNORECASE), answer


NOT_MINE = r"^(?!.*\b(?:do i|did i|am i|can i|my|our)\b)"  # "what time is my train?" is not about the clock
# The first rule that matches and has an answer wins.
RULES: tuple[tuple[re.Pattern[str], Answer], ...] = (
    _rule(r"\b(?:go on|continue|carry on|keep going|resume|what happened next|and then\b\W*$)", _go_on),
    _rule(r"\bwhere (?:were|was) (?:we|you)\b|\bwhat did (?:i|you) (?:last )?hear", _where_were_we),
    _rule(r"^\W*(?:(?:please|okay|ok)\W+)?(?:stop|wait|be quiet|that's enough|shut up|hold on)\b", _stop),
    _rule(r"^\W*(?:please )?(?:say|repeat after me)[:,]? (?P<words>(?!that|it\b|again).+)", _repeat_after),
    _rule(r"\b(?:say (?:that|it) again|repeat (?:that|it)|pardon)\b", _again),
    _rule(r"\b(?:what(?:'s| is| was) my name|who am i|(?:remember|know) my name)\b", _name),
    _rule(r"\bwhat did i (?:tell you|say) about (?P<subject>.+)", _told_about),
    _rule(r"\bwhat did i (?:just )?(?:say|tell you|ask)", _said_before),
    _rule(r"\bwhat(?:'s| is| was|'re| are) my (?P<thing>[a-z' ]+)", _my_thing),
    _rule(r"\?\W*$|^(?:what|where|who|when|how|do you|tell me|remind me)\b", _reminded),
    _rule(r"\bwhat(?:'s| is| was|'re| are) the (?P<thing>[a-z][a-z' ]*)", _the_thing),
    _rule(r"\bmy name is (?P<name>[A-Za-z][\w'-]*)", _learn_name),
    _rule(NAME.pattern.replace("([A-Za-z]", "(?P<name>[A-Za-z]"), _learn_name),
    _rule(r"\bcount\b", _count),
    _rule(r"\bstory\b", _story),
    _rule(rf"{NOT_MINE}.*(?:\bwhat(?:'s| is)? (?:the )?time\b|\btime is it\b|\btell me the time\b)", _time),
    _rule(
        rf"{NOT_MINE}.*(?:\bwhat(?:'s| is)? (?:the |today's )?(?:date|day)\b|\bday is (?:it|today)\b|\bwhat year\b)",
        _date,
    ),
    _rule(r".", _sum),
    _rule(r"\bjoke\b", _fixed("Why did the microphone break up with the speaker? It needed somebody who listens.")),
    _rule(r"\b(?:what can you do|help me|^help)\b", _fixed(f"I am the built-in demo brain. {ABILITIES}")),
    _rule(
        r"\b(?:who|what) are you\b|\byour name\b",
        _fixed("I am the demo brain inside voice tui: a small table of rules, not a language model. " + ABILITIES),
    ),
    _rule(r"\bhow are you\b", _fixed("All my rules are in order, thank you. How are you?")),
    _rule(r"^\W*(?:please )?forget\b(?! it)", _fixed("I cannot forget: what was said stays in this session.")),
    _rule(r"^\W*(?:forget it|never mind)\b", _fixed("All right.")),
    _rule(r"\bthank", _fixed("You are welcome.")),
    _rule(r"\b(?:good ?bye|bye|see you)\b", _fixed("Goodbye! It was nice talking to you.")),
    _rule(r"^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening))\b", _greet),
    _rule(r"\bmy\b", _learn),
)
# What one says to get a word in; the request comes behind it.
OPENING = re.compile(
    r"^(?:\W*\b(?:please|okay|ok|no|stop|sorry|excuse me|pardon me|listen|(?:wait|hold on|hang on|just)"
    r"(?: (?:a|one) (?:moment|second|minute))?|(?:a|one) moment|that's enough)\b)+\W*",
    re.IGNORECASE,
)
TOLD_TO_SAY = re.compile(r"\bsay (?:exactly|only|just)?\W*[\"“'](?P<words>.+)[\"”']", re.IGNORECASE | re.DOTALL)


def told_to_say(conversation: Dialogue) -> str:
    """What this answer is to be, word for word; "" where it is not told."""
    told = TOLD_TO_SAY.search(conversation.response_instructions)
    return told["words"] if told else ""


def reply(conversation: Dialogue, now: datetime) -> str:
    """The demo brain's answer: a pure function of what was said, what was heard of it, and the time."""
    text = conversation.last_user_text.strip()
    if (found := by_rules(conversation, now)) is not None:
        return found
    if text.endswith("?"):
        return f"You asked: {text} I am only the demo brain and cannot answer that. {ABILITIES}"
    return f"I understood: {ended(text)} I will remember that you said it."


def by_rules(conversation: Dialogue, now: datetime) -> str | None:
    """The answer that a rule has, None where none has one."""
    scene = Scene(conversation, now)
    if words := told_to_say(conversation):
        return words
    if not any(turn.role == "user" for turn in conversation.turns):
        return _greeting(scene)
    text = conversation.last_user_text.strip()
    if not text:
        return NOT_UNDERSTOOD
    for said in (OPENING.sub("", text), text):
        for pattern, answer in RULES if said else ():
            if (match := pattern.search(said)) and (found := answer(match, scene)):
                return found
    return None


def think(conversation: Dialogue, now: datetime) -> list[str | Call]:
    """What the demo brain does next: calls, or sentences. Pure, like `reply`.

    Work beside the conversation comes first, then what calls brought back, then the calls to make.
    """
    if conversation.out_of_band and (done := worked(conversation)) is not None:
        return [done] if done else []
    must_call = conversation.tool_choice == "required" or conversation.forced
    if not must_call and (words := told_to_say(conversation)):
        return [*split(words)]
    if not must_call and (cut := unfinished(conversation)):
        before, heard = cut
        whole = "".join(part for part in think(before, now) if isinstance(part, str))
        return [*split(rest(whole, heard) or "That was all.")]
    if not must_call and (read := answer_from_results(conversation)):
        return [*split(read)]
    if calls := calls_for(conversation):
        return [*calls]
    if conversation.shows_images:
        said = by_rules(conversation, now) if conversation.last_user_text.strip() else None
        return [*split(f"{UNSEEN} {said}" if said else UNSEEN)]
    if said := wanted_but_unclear(conversation) or by_rules(conversation, now):
        return [*split(said)]
    return [*(last_resort(conversation) or split(reply(conversation, now)))]


class DemoBrain:
    """Answers by rules.

    Args:
        now: The local time.
    """

    def __init__(self, now: Now = datetime.now) -> None:
        self._now = now

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call, None]:
        """The answer, sentence by sentence, or the calls it needs first."""
        for piece in think(conversation, self._now()):
            yield piece
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        """Nothing to let go of."""

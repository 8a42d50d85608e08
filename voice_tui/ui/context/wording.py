"""How the list of the context is said: signs, and the lines above it."""

from __future__ import annotations

from voice_tui.messages.context import ContextChanged, Kind, Work
from voice_tui.messages.context_settings import Mode
from voice_tui.messages.notices import Notice
from voice_tui.messages.usage import dollars
from voice_tui.ui.common.context_wording import OVER, WORK_SIGN, moment, over_budget
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.wording import thousands
from voice_tui.ui.keys import Commands, shown_key

KIND_LOOK: dict[Kind, tuple[str, str]] = {
    Kind.SPOKEN: ("◉", "spoken"),
    Kind.TYPED: ("≡", "text"),
    Kind.SUMMARY: ("Σ", "summary"),
    Kind.LABEL: ("#", "label"),
    Kind.CALL: ("→", "call"),
    Kind.OUTPUT: ("←", "output"),
    Kind.INSTRUCTIONS: ("¶", "prompt"),
    Kind.TOOLS: ("ƒ", "tools"),
    Kind.FACTS: ("★", "facts"),
    Kind.REST: ("±", "rest"),
    Kind.NEXT: ("…", "to come"),
}
"""Sign and word of each kind of item."""
PINNED, CUT, ABSENT = "◆", "✂", "∅"
LISTED = f"{PINNED} pinned · {CUT} cut: heard of all, s · {ABSENT} only in the transcript · ≈ estimated"
LEGEND: tuple[Section, ...] = (
    (
        "The list",
        (
            ("━━━━┃━━", "Tokens that the next turn will read; ┃ is the budget."),
            (f"{KIND_LOOK[Kind.SPOKEN][0]} spoken  {KIND_LOOK[Kind.TYPED][0]} text", "It was heard, or typed."),
            (f"{KIND_LOOK[Kind.SUMMARY][0]} summary", "It stands for the turns that it summarises."),
            (f"{KIND_LOOK[Kind.LABEL][0]} label", "A remark of ours about a turn, such as who spoke."),
            (f"{KIND_LOOK[Kind.CALL][0]} call  {KIND_LOOK[Kind.OUTPUT][0]} output", "A tool was called; it answered."),
            (f"{KIND_LOOK[Kind.INSTRUCTIONS][0]} prompt  {KIND_LOOK[Kind.TOOLS][0]} tools", "Read before each answer."),
            (
                f"{KIND_LOOK[Kind.FACTS][0]} facts",
                "What the memory told about you at the start; read before each answer.",
            ),
            (f"{KIND_LOOK[Kind.REST][0]} rest", "What the server counts more or less than the estimates of all lines."),
            (
                f"{KIND_LOOK[Kind.NEXT][0]} to come",
                "What your next turn will probably add: with it the lines make the bar.",
            ),
            (f"{PINNED} pinned", "It is never summarised and never deleted."),
            (f"{CUT} 1.84 of 5.20 s", "The answer was cut: what of it was heard."),
            (f"{ABSENT} not in server", "Only the transcript has it; the AI does not read it any more."),
            ("≈ 260", "Tokens, estimated; without ≈ the server counted them."),
        ),
    ),
)
MARK_SHARE = 0.8  # where the budget stands in a bar: what is beyond it has room too


def bar(tokens: int, budget: int, cells: int) -> tuple[str, str, str]:
    """Tokens against the budget: what is filled below its mark, what beyond, and the whole bar as it is drawn.

    Returns:
        The part up to the mark, the mark with what is over it, the rest.
    """
    mark = round(cells * MARK_SHARE)
    filled = min(cells, round(cells * MARK_SHARE * tokens / max(1, budget)))
    below = "━" * min(filled, mark) + "─" * max(0, mark - filled)
    beyond = "┃" + "━" * max(0, filled - mark - 1)
    return below, beyond, "─" * (cells - len(below) - len(beyond))


def totals(state: ContextChanged) -> str:
    """The second line above the list: what there is and what the next turn will cost."""
    about = "" if state.exact else "≈ "
    parts = [
        f"holds {about}{thousands(state.total)} tokens",
        f"window {thousands(state.window) if state.window else 'unknown'}",
        f"next turn ≈ {thousands(state.forecast_input)} in",
        "no price known" if state.forecast_usd is None else dollars(state.forecast_usd),
    ]
    return " · ".join(parts)


def standing(
    state: ContextChanged, last: Notice | None, commands: Commands, *, replayed: bool = False
) -> tuple[str, str]:
    """What is being done, what just happened, or what will be done: words and colour. A recording names no keys."""
    summarise, new_topic = (shown_key(commands, f"context.{name}") for name in ("summarise", "new-topic"))
    if state.work is not Work.NOTHING:
        return f"{WORK_SIGN[state.work]} {state.work.value}", "$warning"
    if last is not None and (words := moment(last)) is not None:
        return words[0] + words[1], words[2]
    if over_budget(state):
        kept = state.settings.keep_turns
        last_turns = "the last turn" if kept == 1 else f"the last {kept} turns"
        deed = "" if replayed else f": {summarise} summarises all but {last_turns}"
        return f"{OVER} over budget{deed}", "bold $warning"
    budget = thousands(state.settings.budget)
    deeds = "" if replayed else f": {summarise} summarises, {new_topic} begins a new topic"
    return {
        Mode.OFF: (f"○ nothing is done by itself{deeds}", "$muted"),
        Mode.ASK: (f"○ within budget: beyond {budget} it will ask whether to summarise", "$muted"),
        Mode.AUTO: (f"○ within budget: beyond {budget} it will summarise by itself", "$muted"),
    }[state.settings.mode]

"""How the context is said on every screen: the meter, and one line for each thing that happened to it."""

from __future__ import annotations

from textual.content import Content

from voice_tui.messages.context import (
    ContextChanged,
    ContextCleared,
    ContextFailed,
    SummaryEdited,
    SummaryMade,
    SummaryUndone,
    TopicChanged,
    Work,
)
from voice_tui.messages.link import Reconnected
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, InstructionsChanged
from voice_tui.messages.tools import DeadAir, ToolCalled
from voice_tui.tools.wording import arguments_words, seconds
from voice_tui.ui.common.wording import ACK_SIGN, thousands

WORK_SIGN: dict[Work, str] = {Work.NOTHING: "○", Work.WAITING: "◌", Work.SUMMARISING: "◍", Work.REPLACING: "◍"}
OVER = "▲"


def over_budget(state: ContextChanged) -> bool:
    """The next turn will read more than it may."""
    return state.forecast_input > state.settings.budget


def meter(state: ContextChanged) -> Content:
    """The context in the status bar: always as wide; colour and sign say when the budget is exceeded."""
    over, budget = over_budget(state), state.settings.budget
    sign = OVER if over else " " if state.work is Work.NOTHING else WORK_SIGN[state.work]
    hue = "bold $warning" if over else "$foreground"
    numbers = f"{thousands(state.forecast_input):>4} of {thousands(budget):<4}"
    return Content.from_markup(f"[@click=app.open('context')][$muted]context[/][{hue}]{sign}{numbers}[/][/]")


def change(before: int, after: int) -> str:
    """Tokens before and after: ``7.9k → 3.1k tokens (−61 %)``."""
    share = f" ({(after - before) / before:+.0%})".replace("-", "−").replace("%", " %") if before else ""
    return f"{thousands(before)} → {thousands(after)} tokens{share}"


def moment(notice: Notice) -> tuple[str, str, str] | None:
    """Something that happened: what to say, what to add where there is room, the colour; None for anything else."""
    match notice:
        case SummaryMade(before=before, after=after, removed=removed, kept=kept):
            more = f" · {kept} not deleted" if kept else ""
            return f"Σ {things(removed, 'item')} summarised", f" · {change(before, after)}{more}", "$success"
        case SummaryUndone(restored=restored):
            return f"↶ summary undone, {things(restored, 'item')} back", "", "$foreground"
        case SummaryEdited():
            return "Σ the summary has other words now", "", "$success"
        case ContextCleared(removed=removed, kept=kept):
            more = f" · {kept} not deleted" if kept else ""
            return f"○ begun anew, {things(removed, 'item')} deleted", more, "$foreground"
        case ContextFailed(what=what, reason=reason):
            return f"✗ no {what}: {reason}", "", "$error"
        case TopicChanged(distance=distance, choices=()):
            return f"◇ topic changed ({distance:.2f})", " · summarising what was before", "$foreground"
        case ToolCalled(failed=failed):
            sign, hue = ("✗", "$error") if failed else ("→", "$muted")
            took = f" {seconds(notice.ms)}" if notice.ms else ""
            return f"{sign} {notice.name}{took}", f" · {arguments_words(notice.arguments)}", hue
        case DeadAir(over=True, s=s, names=names):
            return f"… {s:.1f} s of dead air", f" · {names} was at work", "$warning"
        case InstructionsChanged(ack=ack):
            hue = {Ack.ACKNOWLEDGED: "$success", Ack.REJECTED: "$error"}.get(ack, "$foreground")
            return f"✎ instructions {ack.value} {ACK_SIGN[ack]}".replace(" none ", " for the next session"), "", hue
        case _:
            return None


def remark(notice: Notice) -> str:
    """What stands as a dim line in the conversation, because from there on the assistant knows something else."""
    match notice:
        case InstructionsChanged(ack=Ack.NONE | Ack.PENDING):
            return ""
        case (
            SummaryMade()
            | SummaryUndone()
            | SummaryEdited()
            | ContextCleared()
            | ContextFailed()
            | InstructionsChanged()
        ):
            words = moment(notice)
            return f"┄┄┄ {words[0]}{words[1]} ┄┄┄" if words else ""
        case Reconnected(why=why):
            return f"┄┄┄ new connection{f': {why}' if why else ''} ┄┄┄"
        case _:
            return ""


def things(n: int, what: str) -> str:
    """A count with its noun."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"

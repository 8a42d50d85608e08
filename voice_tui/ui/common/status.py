"""Two lines that answer: what is it doing, why, what has just happened; how fast, how often, how much."""

from __future__ import annotations

from typing import TypeAlias

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.context import ContextChanged
from voice_tui.messages.link import CallEnded, CountersChanged, DevicesChanged, Link, LinkChanged, SessionLimited
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.memory import MemoryChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS, Policy
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.talk import (
    Announced,
    DemoSaid,
    ErrorCleared,
    Phase,
    PhaseChanged,
    SettingsChanged,
    SidesChanged,
    SwitchesChanged,
)
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.messages.usage import BillingChanged, UsageCounted
from voice_tui.ui.common.context_wording import meter
from voice_tui.ui.common.cost_wording import rate, spent
from voice_tui.ui.common.lamps import both, deaf, ignored
from voice_tui.ui.common.news import NEWS_LOOK
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import (
    LINK_LOOK,
    NOT_CONNECTED,
    NOT_LISTENING,
    PHASE_LOOK,
    PHASE_WORDS,
    WAITING,
    clock,
    shorten,
    thousands,
)
from voice_tui.ui.common.wrapping import wrap

_SWITCH_WORDS: tuple[tuple[type[SwitchesChanged | MemoryChanged | RecordingChanged], str, str, str], ...] = (
    (RecordingChanged, "on", " ● REC ", "$error"),
    (SwitchesChanged, "talking", " ● TALKING ", "$you"),
    (SwitchesChanged, "muted", " ✗ MUTED ", "$interruption"),
    (SwitchesChanged, "demo", " ♪ DEMO ", "$you"),
    (MemoryChanged, "private", " ◌ PRIVATE ", "$warning"),
)
_SHOWN = (
    PhaseChanged,
    SidesChanged,
    SettingsChanged,
    SwitchesChanged,
    DemoSaid,
    DevicesChanged,
    MemoryChanged,
    RecordingChanged,
    CountersChanged,
    TurnTimed,
    InterruptionTimed,
    UsageCounted,
    BillingChanged,
    ContextChanged,
    Announced,
    ErrorCleared,
    SessionLimited,
    CallEnded,
    LinkChanged,
)
_TOKENS_FROM_CELLS, _DEVICES_FROM_CELLS = 100, 150
_NO_SPEAKER, _APART = "no speaker", 3  # cells between what stands at the end of the line
_OVER: dict[Policy, str] = {
    Policy.DETECT: "it goes on, and what you say is kept for your turn",
    Policy.NATURAL: "it turns down until it is sure",
}
"""What the preset does while both speak, where it waits with that."""
_Pair: TypeAlias = tuple[str, str, str]
"""Name, value, and the value's colour; "" for none."""


class StatusBar(Widget):
    """What is going on, with what has just happened before it, and the switches; figures and what is short below.

    Args:
        state: What is shown.
        connects: What connects at once, in words; "" on a screen where nothing does.
    """

    auto_links = False  # the meter has its own colour

    def __init__(self, state: State, connects: str = "") -> None:
        super().__init__(id="status")
        self._state, self._connects = state, connects
        self._moving: tuple[object, ...] = ()

    def show(self, notice: Notice) -> None:
        """The state has taken this over."""
        if isinstance(notice, _SHOWN):
            self.refresh()

    def rest(self) -> None:
        """Draw again when a countdown has moved on, or a piece of news is over."""
        if self._moves != self._moving:
            self.refresh()

    @property
    def _moves(self) -> tuple[object, ...]:
        """Everything that moves by itself."""
        piece, again = self._state.news.now, self._state.again_in
        return self._countdown, piece.text if piece else "", None if again is None else round(again)

    @property
    def _countdown(self) -> str:
        left = self._state.ends_in
        return "" if left is None else f" ◔ session ends in {clock(left)} "

    def render(self) -> Content:
        """Both lines; news that are too long for one have both."""
        self._moving = self._moves
        switches = self._switches()
        room = max(0, self.size.width - switches.cell_length - 3)
        above, below = self._state_of_things(room), self._figures
        piece = self._state.news.now
        if piece is not None:
            sign, hue = NEWS_LOOK[piece.severity]
            words, wide = f"{sign} {piece.text}", self.size.width - 2
            if self._state.error:  # it stays where it is: what is new stands below
                return Content("\n").join([self._justified(above, switches), _said(shorten(words, wide), hue)])
            if cell_len(words) > room:
                lines = [words[start:end] for start, end in wrap(words, wide)]
                return Content("\n").join([_said(lines[0], hue), _said(shorten(" ".join(lines[1:]), wide), hue)])
            above = Content.styled(words, hue)
        return Content("\n").join([self._justified(above, switches), below()])

    def _switches(self) -> Content:
        on = [(word, tint) for kind, name, word, tint in _SWITCH_WORDS if getattr(self._state.last(kind), name)]
        return Content(" ").join(
            [Content.styled(word, f"reverse bold {tint}") for word, tint in on]
            + ([Content.styled(self._countdown, "$warning")] if self._countdown else [])
        )

    def _state_of_things(self, room: int) -> Content:
        """What it is doing, and why; an error stands there until it is over."""
        state = self._state
        if state.error:
            return Content.styled(shorten(f"✗ {state.error}", room), "bold $error")
        now, link = state.last(PhaseChanged), state.last(LinkChanged)
        preset = PRESETS.get(state.last(SettingsChanged).preset)
        (sign, hue), words, why = PHASE_LOOK[now.phase], PHASE_WORDS[now.phase], now.why
        if state.hung_up:
            (sign, hue), words, why = LINK_LOOK[Link.CLOSED], "hung up", ""
        elif now.phase is Phase.LISTENING and link.link is not Link.LIVE:
            (sign, hue), words, why = LINK_LOOK[link.link], NOT_CONNECTED, self._why_not(link)
        elif preset is not None and ignored(state):
            why = f"you are not heard until it has finished ({preset.name})"
        elif preset is not None and both(state):
            (sign, hue), words, why = ("●", "$you"), "YOU and AI speak", _OVER.get(preset.policy, "")
        elif now.phase is Phase.LISTENING and (reason := deaf(state)):
            words, why = NOT_LISTENING if state.replayed else WAITING, reason
        lead = f"{sign} {words}"
        rest = shorten(f" · {why}" if why else "", max(0, room - len(lead)))
        return Content.assemble((lead, f"bold {hue}"), (rest, "$muted"))

    def _why_not(self, link: LinkChanged) -> str:
        """Why nobody is on the line, when it is tried again, and what one can do about it."""
        again = self._state.again_in
        when = "" if again is None else "trying now" if again < 0.5 else f"next try in {again:.0f} s"
        what = self._connects if again is not None else ""
        return " · ".join(filter(None, (link.reason, when, what)))

    def _figures(self) -> Content:
        state, c = self._state, self._state.last(CountersChanged)
        first = "   –  " if state.answer_ms is None else f"{state.answer_ms / 1000:4.2f} s"
        alarms = sum(cut.resumed for cut in state.cuts.values())
        counted = [
            (name, number, hue)
            for name, number, hue in (
                ("cuts", c.interruptions, "$interruption"),
                ("false", alarms, "$interruption"),
                ("lost", c.dropped, "$error"),
                ("inaudible", c.inaudible, "$error"),
            )
            if number or name != "inaudible"  # only a faulty endpoint has any: a column of zeros would take room
        ]
        right, used = self._budget(), self._used(wide=self.size.width >= _TOKENS_FROM_CELLS)
        missing = len(_NO_SPEAKER) + _APART if state.last(DevicesChanged).speaker_problem else 0
        while True:
            pairs = [(name, f"{number:2d}", hue if number else "$foreground") for name, number, hue in counted]
            left = _line([("first sound", first, "$foreground"), *pairs, *used])
            room = self.size.width - 4 - left.cell_length - right.cell_length
            zeros = [each for each in counted if not each[1]]  # the money stays: what counts nothing goes first
            if not counted or room >= (missing if zeros else 0):
                break
            counted.remove((zeros or counted)[-1])
        near = self._ends_of_the_line(room)
        return self._justified(left, near + (" " * _APART if near else "") + right)

    def _budget(self) -> Content:
        return meter(self._state.context.state) if self._state.context.told else Content()

    def _ends_of_the_line(self, room: int) -> Content:
        """Who speaks instead of the microphone, what is missing, and the devices where there is room."""
        state = self._state
        d, demo = state.last(DevicesChanged), state.last(DemoSaid)
        called = state.last(SwitchesChanged).demo
        caller = f"demo caller {demo.turn} of {demo.turns}" if demo.turns else "demo caller"
        said = [(_NO_SPEAKER, "$warning")] if d.speaker_problem else []  # the lamp YOU says it of the microphone
        said += [(caller, "$you")] if called else []
        wide = self.size.width >= _DEVICES_FROM_CELLS
        names = " → ".join(filter(None, ("" if called or d.mic_problem else d.mic, d.speaker))) if wide else ""
        said += [(names, "$muted")] if names and not d.speaker_problem else []
        shown = Content()
        for words, hue in said:
            left = room - shown.cell_length - _APART * (2 if shown else 1)
            if len(words) > left and (words is not names or left < len(names) // 2):
                continue
            shown += (" " * _APART if shown else "") + Content.styled(shorten(words, left), hue)
        return shown

    def _used(self, *, wide: bool) -> list[_Pair]:
        """What it costs where that is known, else the tokens; where it costs nothing those are for wide screens."""
        state = self._state
        bill, costs = state.bill, state.last(BillingChanged).billing.costs
        if costs and (bill.cost or (bill.complete and bill.counts)):
            words = f"{spent(bill)} {rate(bill, state.followed_s):>10}" if wide else spent(bill)
            return [("cost" if wide else "", words, "")]
        read, written = (thousands(tokens) for tokens in state.tokens)
        if wide:
            return [("tokens", f"{read:>4} in {written:>4} out", "")]
        return [("", f"{read} in {written} out", "")] if costs and bill.counts else []

    def _justified(self, left: Content, right: Content) -> Content:
        gap = max(1, self.size.width - 2 - left.cell_length - right.cell_length)
        return Content(" ") + left + " " * gap + right


def _said(words: str, hue: str) -> Content:
    return Content.styled(f" {words}", hue)


def _line(pairs: list[_Pair]) -> Content:
    return Content("  ").join(
        [
            Content.assemble((f"{name} " if name else "", "$muted"), (value, f"bold {hue}".rstrip()))
            for name, value, hue in pairs
        ]
    )

"""Two lines that answer: what is it doing, why, how fast, what went wrong."""

from __future__ import annotations

from typing import TypeAlias

from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.context import ContextChanged
from voice_tui.messages.link import CallEnded, CountersChanged, DevicesChanged, Link, LinkChanged, SessionLimited
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.memory import MemoryChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.talk import (
    Announced,
    ErrorCleared,
    Phase,
    PhaseChanged,
    SwitchesChanged,
)
from voice_tui.messages.usage import BillingChanged, UsageCounted
from voice_tui.ui.common.context_wording import meter
from voice_tui.ui.common.cost_wording import rate, spent
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import LINK_LOOK, NOT_CONNECTED, PHASE_LOOK, clock, shorten, thousands

_SWITCH_WORDS: tuple[tuple[type[SwitchesChanged | MemoryChanged | RecordingChanged], str, str, str], ...] = (
    (RecordingChanged, "on", " ● REC ", "$error"),
    (SwitchesChanged, "talking", " ● TALKING ", "$you"),
    (SwitchesChanged, "muted", " ✗ MUTED ", "$interruption"),
    (SwitchesChanged, "demo", " ♪ DEMO ", "$assistant"),
    (MemoryChanged, "private", " ◌ PRIVATE ", "$warning"),
)
_SHOWN = (
    PhaseChanged,
    SwitchesChanged,
    DevicesChanged,
    MemoryChanged,
    RecordingChanged,
    CountersChanged,
    TurnTimed,
    UsageCounted,
    BillingChanged,
    ContextChanged,
    Announced,
    ErrorCleared,
    SessionLimited,
    CallEnded,
    LinkChanged,
)
_PHASE_CELLS = 20  # "▶ assistant speaking": what follows stands still
_TOKENS_FROM_CELLS = 100
_WHY_CELLS = 24  # the reason keeps so much; where the meter leaves less, it goes
_TO, _NAME_CELLS = " → ", 2  # of less of a name nobody can tell which it is
_Pair: TypeAlias = tuple[str, str, str]
"""Name, value, and the value's colour; "" for none."""


class StatusBar(Widget):
    """Phase and reason or error above with the switches and the context; counters below with the devices.

    Args:
        state: What is shown.
    """

    auto_links = False  # the meter has its own colour

    def __init__(self, state: State) -> None:
        super().__init__(id="status")
        self._state = state
        self._counted = ""

    def show(self, notice: Notice) -> None:
        """The state has taken this over."""
        if isinstance(notice, _SHOWN):
            self.refresh()

    def rest(self) -> None:
        """Draw again when the countdown has moved on."""
        if self._countdown != self._counted:
            self.refresh()

    @property
    def _countdown(self) -> str:
        left = self._state.ends_in
        return "" if left is None else f" ◔ session ends in {clock(left)} "

    def render(self) -> Content:
        """Both lines."""
        self._counted = self._countdown
        return Content("\n").join([self._first_line(), self._second_line()])

    def _first_line(self) -> Content:
        now, error = self._state.last(PhaseChanged), self._state.error
        (sign, hue), phase, reason = PHASE_LOOK[now.phase], now.phase.value, now.why
        if self._state.hung_up:
            (sign, hue), phase, reason = LINK_LOOK[Link.CLOSED], "hung up", ""
        elif now.phase is Phase.LISTENING and (link := self._state.last(LinkChanged)).link is not Link.LIVE:
            (sign, hue), phase, reason = LINK_LOOK[link.link], NOT_CONNECTED, ""
        on = [(word, tint) for kind, name, word, tint in _SWITCH_WORDS if getattr(self._state.last(kind), name)]
        switches = Content(" ").join(
            [Content.styled(word, f"reverse bold {tint}") for word, tint in on]
            + ([Content.styled(self._counted, "$warning")] if self._counted else [])
        )
        phase = f"{sign} {phase}".ljust(_PHASE_CELLS)
        room = max(0, self.size.width - len(phase) - switches.cell_length - 5)
        if self._state.context.told:
            context = meter(self._state.context.state)
            needed = len(error) + 2 if error else _WHY_CELLS
            if room - context.cell_length - 2 >= needed:
                room -= context.cell_length + 2
                switches = switches + ("  " if switches else "") + context
        if error:
            why = Content.styled(shorten(f"✗ {error}", room), "bold $error")
        else:
            why = Content.styled(shorten(reason, room), "$muted")
        return self._justified(Content.assemble((phase, f"bold {hue}"), "  ", why), switches)

    def _second_line(self) -> Content:
        ms, c = self._state.answer_ms, self._state.last(CountersChanged)
        answer = "   – ms" if ms is None else f"{ms:4d} ms"
        counted = [
            (name, number, hue)
            for name, number, hue in (
                ("interrupted", c.interruptions, "$interruption"),
                ("truncated", c.truncations, "$interruption"),
                ("dropped", c.dropped, "$error"),
                ("inaudible", c.inaudible, "$error"),
            )
            if number or name != "inaudible"  # only a faulty endpoint has any: a column of zeros would take room
        ]
        used = self._used(wide=self.size.width >= _TOKENS_FROM_CELLS)
        while True:
            pairs = [(name, f"{number:2d}", hue if number else "$foreground") for name, number, hue in counted]
            left = _line([("answer", answer, "$foreground"), *pairs, *used])
            if not counted or left.cell_length <= self.size.width - 2:
                break
            zeros = [each for each in counted if not each[1]]  # the money stays: what counts nothing goes first
            counted.remove((zeros or counted)[-1])
        d = self._state.last(DevicesChanged)
        called = self._state.last(SwitchesChanged).demo
        mic = "demo caller" if called else "no microphone" if d.mic_problem else d.mic
        speaker = "no speaker" if d.speaker_problem else d.speaker
        tint = "$warning" if (d.mic_problem and not called) or d.speaker_problem else "$muted"
        right = Content.styled(_pair(mic, speaker, self.size.width - left.cell_length - 4), tint)
        return self._justified(left, right)

    def _used(self, *, wide: bool) -> list[_Pair]:
        """What it costs where that is known, else the tokens; where it costs nothing those are for wide screens."""
        state = self._state
        bill, costs = state.bill, state.last(BillingChanged).billing.costs
        if costs and (bill.cost or (bill.complete and bill.counts)):
            words = f"{spent(bill)} {rate(bill, state.elapsed):>10}" if wide else spent(bill)
            return [("cost" if wide else "", words, "")]
        read, written = (thousands(tokens) for tokens in state.tokens)
        if wide:
            return [("tokens", f"{read:>4} in {written:>4} out", "")]
        return [("", f"{read} in {written} out", "")] if costs and bill.counts else []

    def _justified(self, left: Content, right: Content) -> Content:
        gap = max(1, self.size.width - 2 - left.cell_length - right.cell_length)
        return Content(" ") + left + " " * gap + right


def _line(pairs: list[_Pair]) -> Content:
    return Content("  ").join(
        [
            Content.assemble((f"{name} " if name else "", "$muted"), (value, f"bold {hue}".rstrip()))
            for name, value, hue in pairs
        ]
    )


def _pair(mic: str, speaker: str, cells: int) -> str:
    """Both device names; where they do not fit, each keeps its beginning, if there is room for one."""
    room = cells - len(_TO)
    if room < 2 * _NAME_CELLS or not (mic or speaker):
        return ""
    least = room // 2
    mic = shorten(mic, max(least, room - len(speaker)))
    return f"{mic}{_TO}{shorten(speaker, room - len(mic))}"

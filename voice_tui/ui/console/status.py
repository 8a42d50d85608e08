"""Two lines that answer: what is it doing, why, how fast, what went wrong."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.context import ContextChanged
from voice_tui.messages.link import CountersChanged, DevicesChanged
from voice_tui.messages.memory import MemoryChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import (
    Announced,
    ErrorCleared,
    Phase,
    PhaseChanged,
    Severity,
    SwitchesChanged,
    TurnTimed,
    UsageCounted,
)
from voice_tui.ui.common.wording import PHASE_LOOK, shorten, thousands
from voice_tui.ui.context.wording import meter

_SWITCH_WORDS = (
    ("talking", " ● TALKING ", "$you"),
    ("muted", " ✗ MUTED ", "$interruption"),
    ("demo", " ♪ DEMO ", "$assistant"),
    ("private", " ◌ PRIVATE ", "$warning"),
)
_PHASE_CELLS = 20  # "▶ assistant speaking": what follows stands still
_TOKENS_FROM_CELLS = 100
_WHY_CELLS = 24  # the reason keeps so much; where the meter leaves less, it goes


class StatusBar(Widget):
    """Phase and reason or error above with the switches and the context; counters below with the devices."""

    auto_links = False  # the meter has its own colour

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._phase = PhaseChanged(Phase.LISTENING)
        self._switches = SwitchesChanged()
        self._devices = DevicesChanged("", "")
        self._counters = CountersChanged()
        self._private = False
        self._answer_ms: int | None = None
        self._tokens = (0, 0)
        self._held: ContextChanged | None = None
        self.error = ""

    def show(self, notice: Notice) -> None:
        """Take over what changed; an error stays until it is over."""
        match notice:
            case PhaseChanged():
                self._phase = notice
            case SwitchesChanged():
                self._switches = notice
            case DevicesChanged():
                self._devices = notice
            case MemoryChanged(private=private):
                self._private = private
            case CountersChanged():
                self._counters = notice
            case TurnTimed(first_sound_ms=ms):
                self._answer_ms = ms
            case UsageCounted(input_tokens=more_in, output_tokens=more_out):
                self._tokens = (self._tokens[0] + more_in, self._tokens[1] + more_out)
            case ContextChanged():
                self._held = notice
            case Announced(severity=Severity.ERROR, text=text):
                self.error = text
            case ErrorCleared():
                self.error = ""
            case _:
                return
        self.refresh()

    def render(self) -> Content:
        """Both lines."""
        return Content("\n").join([self._first_line(), self._second_line()])

    def _first_line(self) -> Content:
        sign, hue = PHASE_LOOK[self._phase.phase]
        switches = Content(" ").join(
            [Content.styled(word, f"reverse bold {tint}") for name, word, tint in _SWITCH_WORDS if self._is_on(name)]
        )
        phase = f"{sign} {self._phase.phase.value}".ljust(_PHASE_CELLS)
        room = max(0, self.size.width - len(phase) - switches.cell_length - 5)
        if self._held is not None:
            context = meter(self._held)
            needed = len(self.error) + 2 if self.error else _WHY_CELLS
            if room - context.cell_length - 2 >= needed:
                room -= context.cell_length + 2
                switches = switches + ("  " if switches else "") + context
        if self.error:
            why = Content.styled(shorten(f"✗ {self.error}", room), "bold $error")
        else:
            why = Content.styled(shorten(self._phase.why, room), "$muted")
        return self._justified(Content.assemble((phase, f"bold {hue}"), "  ", why), switches)

    def _is_on(self, name: str) -> bool:
        return self._private if name == "private" else bool(getattr(self._switches, name))

    def _second_line(self) -> Content:
        answer = "   – ms" if self._answer_ms is None else f"{self._answer_ms:4d} ms"
        c = self._counters
        pairs = [
            ("answer", answer, "$foreground"),
            ("interrupted", f"{c.interruptions:2d}", "$interruption" if c.interruptions else "$foreground"),
            ("truncated", f"{c.truncations:2d}", "$interruption" if c.truncations else "$foreground"),
            ("dropped", f"{c.dropped:2d}", "$error" if c.dropped else "$foreground"),
        ]
        if self.size.width >= _TOKENS_FROM_CELLS:
            pairs.append(("tokens", f"{thousands(self._tokens[0]):>4} in {thousands(self._tokens[1]):>4} out", ""))
        left = Content("  ").join(
            [Content.assemble((name + " ", "$muted"), (value, f"bold {hue}".rstrip())) for name, value, hue in pairs]
        )
        d = self._devices
        mic = "no microphone" if d.mic_problem else d.mic
        speaker = "no speaker" if d.speaker_problem else d.speaker
        tint = "$warning" if d.mic_problem or d.speaker_problem else "$muted"
        right = Content.styled(_pair(mic, speaker, self.size.width - left.cell_length - 4), tint)
        return self._justified(left, right)

    def _justified(self, left: Content, right: Content) -> Content:
        gap = max(1, self.size.width - 2 - left.cell_length - right.cell_length)
        return Content(" ") + left + " " * gap + right


def _pair(mic: str, speaker: str, cells: int) -> str:
    """Both device names; where they do not fit, each keeps its beginning."""
    if not mic and not speaker:
        return ""
    room = max(0, cells - 3)
    least = room // 2
    mic = shorten(mic, max(least, room - len(speaker)))
    return f"{mic} → {shorten(speaker, room - len(mic))}"

"""The panel one tunes turn-taking with: the meter, the answer's ledger, the front end, the knobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, Side, TurnSettings
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.talk import Ack, LevelMeasured, SettingsChanged, SwitchesChanged, Truncated
from voice_tui.messages.turns import DetectorsCompared, EchoMeasured, FrontEndChanged, LedgerChanged
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.wording import ACK_SIGN, SEEN_SIGN, setting_sign, setting_words, shorten
from voice_tui.ui.console.front_end import FrontEndLines
from voice_tui.ui.console.ledger import LedgerLines
from voice_tui.ui.console.meter import LEVEL_KNOBS, LevelMeter
from voice_tui.ui.messages import Wanted

_HEADINGS = {Side.SERVER: "Server VAD", Side.LOCAL: "Local"}


class ServerLine(Widget):
    """What became of the last ``session.update``, with the time of the answer.

    Args:
        now: The time of day.
    """

    def __init__(self, now: Callable[[], datetime], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._ack = Ack.NONE
        self._known: tuple[Ack, frozenset[str]] = (Ack.NONE, frozenset())
        self._sign, self._text, self._at = "", "not told yet", ""

    def show(self, notice: SettingsChanged) -> None:
        """Take over the server's answer; the time is that of the change of state."""
        unseen = [name for name in notice.active if notice.observed.get(name, Observed()).seen is Seen.NOT_SEEN]
        known = (notice.server, frozenset(unseen))
        if known == self._known and notice.server is not Ack.REJECTED:
            return
        if notice.server is not self._ack:
            self._at = f"{self._now():%H:%M:%S}"
        self._known, self._ack = known, notice.server
        self._sign = ACK_SIGN[self._ack]
        self._text = {
            Ack.NONE: "not told yet",
            Ack.PENDING: "pending…",
            Ack.ACKNOWLEDGED: f"acknowledged {self._at}",
            Ack.REJECTED: f"rejected: {notice.reason}",
        }[self._ack]
        reason = notice.reason
        doubted = bool(unseen) and self._ack is Ack.ACKNOWLEDGED
        if doubted:
            self._sign, self._text = SEEN_SIGN[Seen.NOT_SEEN], "not seen to work"
            reason = notice.observed[unseen[0]].reason
        for ack in Ack:
            self.set_class(ack is self._ack and not doubted, f"-{ack.value}")
        self.set_class(doubted, "-not-seen")
        self.tooltip = Content(reason) if reason else None
        self.refresh()

    def render(self) -> Content:
        """One line, in the colour of the answer."""
        lead = f"  {self._sign} server: " if self._sign else "    server: "
        return Content(shorten(lead + self._text, self.size.width))


class VoicePanel(Container):
    """Gauges and sliders. Wide screens stack them, narrow ones set them side by side.

    Args:
        clock: Seconds; for the meter's peaks.
        now: The time of day; for the server's answers.
    """

    BORDER_TITLE = "Voice"

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.meter = LevelMeter(clock, id="meter")
        self.ledger = LedgerLines(id="ledger")
        self.front_end = FrontEndLines(id="front-end")
        self.server_line = ServerLine(now, id="server-line")
        defaults = TurnSettings()
        self.sliders = {
            name: Slider(
                knob,
                getattr(defaults, name),
                partial(ChangeSetting, name),
                mark=LEVEL_KNOBS.get(name, ""),
                id=name.replace("_", "-"),
            )
            for name, knob in KNOBS.items()
            if name not in LATENCY_KNOBS
        }
        self._active: frozenset[str] | None = None
        self._room = 0

    def compose(self) -> ComposeResult:
        """The gauges above, the knobs in groups below; the knobs scroll when there is no room."""
        with Vertical(id="gauges"):
            yield self.meter
            yield self.front_end
            yield self.ledger
        with VerticalScroll(id="knobs", can_focus=False):
            for side in Side:
                yield Static(_HEADINGS[side], classes="heading", id=f"{side.value}-heading")
                for slider in self.sliders.values():
                    if slider.knob.side is side:
                        yield slider
                if side is Side.SERVER:
                    yield self.server_line

    def show(self, notice: Notice) -> None:
        """Pass levels to the meter, turn notices to their lines, and settings to everybody."""
        match notice:
            case LevelMeasured():
                self.meter.show(notice)
                self.front_end.show(notice)
            case DevicesChanged() | SwitchesChanged():
                self.meter.show(notice)
            case SettingsChanged():
                self.meter.show(notice)
                self.server_line.show(notice)
                for name, slider in self.sliders.items():
                    slider.told(getattr(notice.settings, name))
                    slider.lack(notice.lacking.get(name, ""))
                    if slider.knob.side is Side.SERVER and name in notice.active:
                        observed = notice.observed.get(name, Observed())
                        words = setting_words(notice.server, observed, notice.reason)
                        slider.judge(setting_sign(notice.server, observed), words)
                        slider.set_class(observed.seen is Seen.NOT_SEEN, "-not-seen")
                if notice.active != self._active:
                    self._active = notice.active
                    self._fold(notice.active)
                if self.front_end.show(notice):
                    self._make_room(self.front_end)
            case LedgerChanged() | Truncated():
                if self.ledger.show(notice):
                    self._make_room(self.ledger)
            case FrontEndChanged() | EchoMeasured() | DetectorsCompared():
                if self.front_end.show(notice):
                    self._make_room(self.front_end)
            case _:
                pass

    def _make_room(self, lines: LedgerLines | FrontEndLines) -> None:
        """Lines that nothing is known about take no room."""
        lines.styles.height = lines.lines
        lines.display = lines.lines > 0
        self.fit()

    def fit(self, room: int | None = None) -> None:
        """Be no higher than what is in it, and no higher than the room there is, rows; the rest is the moments'.

        Textual can't share out what a panel in ``fr`` leaves over, so the height is counted here.
        """
        self._room = room or self._room
        if self.screen.has_class("-narrow"):
            self.styles.height = None
            return
        shown = [w for w in (*self.query("#gauges > *"), *self.query("#knobs > *")) if w.display]
        heights = (int(w.styles.height.value) if w.styles.height else 1 for w in shown)
        margins = sum(w.styles.margin.height for w in (*shown, self.query_one("#gauges")))
        self.styles.height = min(self._room, self.gutter.height + sum(heights) + margins)

    def _fold(self, active: frozenset[str]) -> None:
        """Knobs that do not act take no room; a group without any says so."""
        for name, slider in self.sliders.items():
            slider.display = name in active
        for side in Side:
            acts = any(slider.knob.side is side for name, slider in self.sliders.items() if name in active)
            words = _HEADINGS[side] if acts else f"{_HEADINGS[side]} · not used by this preset"
            self.query_one(f"#{side.value}-heading", Static).update(words)
        self.fit()

    @on(Wanted)
    def _turned(self, event: Wanted) -> None:
        """A threshold that is dragged on the meter takes its slider along."""
        match event.request:
            case ChangeSetting(name=name, value=value):
                self.sliders[name].told(value)
            case _:
                pass

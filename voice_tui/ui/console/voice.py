"""The ears: what is heard of the two of you, how sure it is, and the knobs, grouped by what they are answers to."""

from __future__ import annotations

from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content

from voice_tui.messages.intents import ChangeSetting, Request
from voice_tui.messages.knobs import Question, Side, TurnSettings
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.noise import NOISE_KNOB, NoiseChanged, SetNoise, share_of, snr_of
from voice_tui.messages.notices import Notice
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import LevelMeasured, SettingsChanged, SwitchesChanged, Truncated
from voice_tui.messages.turns import DetectorsCompared, EchoMeasured, FrontEndChanged, LedgerChanged
from voice_tui.ui.common.sentence import Sentence
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import setting_sign, setting_words
from voice_tui.ui.common.wrapping import wrap
from voice_tui.ui.console.deciders import remark
from voice_tui.ui.console.deed_line import DeedLine
from voice_tui.ui.console.front_end import DetectorLines, EchoLine
from voice_tui.ui.console.knob_deeds import KnobDeeds
from voice_tui.ui.console.ledger import LedgerLines
from voice_tui.ui.console.meter import LEVEL_KNOBS, LevelMeter
from voice_tui.ui.console.questions import MoreLine, QuestionLine
from voice_tui.ui.console.room import ALWAYS, PANEL, Shown, shown
from voice_tui.ui.console.sureness import SurenessBar
from voice_tui.ui.keys import shown_key
from voice_tui.ui.messages import Wanted

HELP_ROWS = 2
FOOT_ROWS = HELP_ROWS + 1  # and one of what can be done


def _noise(value: float) -> Request:
    return SetNoise(snr_of(value))


class VoicePanel(Container):
    """Gauges and knobs. Wide screens stack them, narrow ones set them side by side.

    Args:
        state: What is known; it has the moves of the knobs.
    """

    BORDER_TITLE = "Ears"

    def __init__(self, state: State, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._state, clock = state, state.clock
        self.deeds = KnobDeeds(state)
        self.deed_line = DeedLine(state, self.deeds)
        self.meter = LevelMeter(clock, shown_key(state.commands, "demo"), id="meter", fixed=state.replayed)
        self.sureness = SurenessBar(clock, id="sure", fixed=state.replayed)
        self.echo = EchoLine(id="echo")
        self.detectors = DetectorLines(id="detectors")
        self.ledger = LedgerLines(id="ledger")
        self.help = Sentence(id="knob-help")
        self.more = MoreLine()
        defaults = TurnSettings()
        self.sliders = {
            name: Slider(
                knob,
                getattr(defaults, name, 0.0),
                _noise if name == NOISE_KNOB.name else partial(ChangeSetting, name),
                mark=LEVEL_KNOBS.get(name, ""),
                hints=False,
                fixed=state.replayed,
                id=name.replace("_", "-"),
            )
            for name, knob in PANEL.items()
        }
        self.questions = {question: QuestionLine(question) for question in Question}
        for part in (*self.sliders.values(), *self.questions.values(), self.more, self.sureness, self.echo):
            part.display = False  # until it is told which of them act
        self.unfolded = False
        """All knobs are shown, wherever they are."""
        self._told: SettingsChanged | None = None
        self._pointed: Slider | None = None
        self._shown: Shown | None = None
        self._noise: frozenset[str] = frozenset()  # the knob of the noise, once there is one

    def compose(self) -> ComposeResult:
        """The gauges, the knobs below their questions, and what is to be said of one of them."""
        with Container(id="instruments"):
            with Vertical(id="gauges"):
                yield self.meter
                yield self.sureness
                yield self.echo
                yield self.detectors
                yield self.ledger
            with VerticalScroll(id="knobs", can_focus=False):
                for question in (Question.OVER_IT, Question.TURN_END, Question.ROOM, Question.ANSWER):
                    yield self.questions[question]
                    yield from (each for each in self.sliders.values() if each.knob.question is question)
                yield self.more
        with Container(id="foot"):
            yield self.help
            yield self.deed_line

    # ---- what is told

    def show(self, notice: Notice) -> None:
        """Pass levels to the gauges, turn notices to their lines, and settings to everybody."""
        match notice:
            case LevelMeasured():
                self.meter.show(notice)
                self.sureness.show(notice)
                self.detectors.show(notice)
            case DevicesChanged() | SwitchesChanged():
                self.meter.show(notice)
            case SettingsChanged():
                self._settings(notice)
            case NoiseChanged(name, snr_db):
                new, self._noise = not self._noise, frozenset({NOISE_KNOB.name})
                self.sliders[NOISE_KNOB.name].told(share_of(snr_db))
                self.questions[Question.ROOM].say(name)
                if new:
                    self.fit()
            case LedgerChanged() | Truncated():
                if self.ledger.show(notice):
                    self.fit()
            case FrontEndChanged() | EchoMeasured() | DetectorsCompared():
                before = self.echo.front is None
                self.echo.show(notice)
                if self.detectors.show(notice) or before:
                    self.fit()
                self._entitle()
            case _:
                pass

    def _settings(self, notice: SettingsChanged) -> None:
        before, self._told = self._told, notice
        for gauge in (self.meter, self.sureness, self.echo, self.detectors):
            gauge.show(notice)
        for question, line in self.questions.items():
            if question is not Question.ROOM:  # it is asked in no preset
                line.show(notice)
        rest = self._state.tuning.rest(notice.preset) if notice.preset in PRESETS else TurnSettings()
        for name, slider in self.sliders.items():
            if name == NOISE_KNOB.name:
                continue  # it is no preset's
            slider.rest = getattr(rest, name)
            slider.told(getattr(notice.settings, name))
            slider.lack(notice.lacking.get(name, ""))
            if slider.knob.side is Side.SERVER and name in notice.active:
                observed = notice.observed.get(name, Observed())
                slider.judge(
                    setting_sign(notice.server, observed), setting_words(notice.server, observed, notice.reason)
                )
                slider.set_class(observed.seen is Seen.NOT_SEEN, "-not-seen")
        if before is None or before.active != notice.active or before.settings != notice.settings:
            self.fit()
        self._help()

    def rest(self) -> None:
        """Show the time that has passed."""
        self.meter.rest()
        self.sureness.rest()

    # ---- what there is room for

    def fit(self) -> None:
        """Show what there is room for."""
        if self._told is None or not self.is_attached:
            return
        beside = self.screen.has_class("-narrow")
        inside = self.size.height - (1 if beside else FOOT_ROWS)
        gauges = (3 if self.screen.has_class("-tall") or not beside else 2) + bool(self.sureness.marks)
        echo = self.echo.front is not None and (not beside or inside > gauges)
        self.sureness.display, self.echo.display = bool(self.sureness.marks), echo
        acting = (self._told.active & self.sliders.keys()) | self._noise
        turned = {name for name in acting if self.sliders[name].value != self.sliders[name].rest}
        extras = 0 if beside else self.detectors.lines + self.ledger.lines
        rows = inside if beside else inside - gauges - echo
        got = shown(rows, acting, turned, headed=not beside, tells=not beside, extras=extras)
        if self.unfolded:
            got = got._replace(knobs=frozenset(acting), folded=())
        self._lay(got)

    def _lay(self, got: Shown) -> None:
        """Show this much."""
        for extra in (self.detectors, self.ledger):
            extra.display = got.extras and extra.lines > 0
            extra.styles.height = extra.lines
        if got == self._shown:
            return
        self._shown = got
        for name, slider in self.sliders.items():
            slider.display = name in got.knobs
        for question, line in self.questions.items():
            knobs = any(PANEL[name].question is question for name in got.knobs)
            line.display = got.headings and (knobs or question in ALWAYS)
        self.set_class(got.airy, "-airy")
        self.set_class(self.unfolded, "-unfolded")
        self.more.show(got.folded, unfolded=self.unfolded)
        if self.screen.has_class("-narrow"):
            self.more.display = False  # the line of deeds says it
        self._help()

    def on_resize(self, event: events.Resize) -> None:
        """Another room, other knobs."""
        self._entitle()
        self.call_after_refresh(self.fit)

    def can(self, deed: str) -> bool:
        """Whether something can be done with the knobs."""
        if deed == "more":
            return self.unfolded or bool(self._shown and self._shown.folded)
        return self.deeds.can(deed)

    def do(self, deed: str) -> None:
        """Do something with all knobs."""
        if deed == "more":
            self._unfold()
            return
        done = self.deeds.do(deed, self.app.theme)
        for request in done.requests:
            self.post_message(Wanted(request))
        if done.copied:
            self.app.copy_to_clipboard(done.copied)
        if done.words:
            self.notify(done.words, markup=False)
        if self._told is not None:
            self._settings(self._told)  # what is at rest may be another place now

    def _unfold(self) -> None:
        """Show all knobs, or only those that there is room for."""
        self.unfolded = not self.unfolded
        self._shown = None
        self.fit()

    def _entitle(self) -> None:
        """What has no line where there is little room stands in the border: the echo, and the range of a knob."""
        beside = self.screen.has_class("-narrow")
        said = beside and self.echo.front is not None and not self.echo.display
        subtitle = self.echo.words(30) if said else ""
        if (self.border_subtitle or "") != subtitle:  # a border that is drawn takes all that is in it along
            self.border_subtitle = Content(subtitle)
        knob = self._in_hand if beside else None
        title = (
            f"{self.BORDER_TITLE} · {knob.knob.label} {knob.turned}".rstrip() if knob is not None else self.BORDER_TITLE
        )
        if self.border_title != title:
            self.border_title = Content(title)

    # ---- what is said of a knob

    @on(Slider.Pointed)
    def _points(self, event: Slider.Pointed) -> None:
        event.stop()
        self._pointed = event.slider if event.on else None
        self._help()

    def on_descendant_focus(self) -> None:
        """Another knob has the focus."""
        self._help()

    def on_descendant_blur(self) -> None:
        """None may have it."""
        self.call_after_refresh(self._help)

    def _help(self) -> None:
        """The sentence of the knob that is pointed at or has the focus; else what is wrong, else how to turn one."""
        if not self.is_attached or self._told is None:
            return
        slider, beside = self._in_hand, self.screen.has_class("-narrow")
        if slider is not None:
            judged = f"{slider.judged} " if slider.has_class("-not-seen") else ""  # what is wrong goes first
            said = f"? {judged}{slider.lacking or slider.knob.help}"
            tails = ("",) if beside else (slider.turned, slider.was, "")
            forms = [f"{said} · {tail}" if tail else said for tail in tails]
            room = max(20, self.help.content_size.width)
            words = next((form for form in forms if len(wrap(form, room)) <= HELP_ROWS), forms[-1])
        else:
            words = remark(self._told) or ("" if self._state.replayed else "Tab to a knob, ← → turns it")
        self.help.show(words)
        folded = len(self._shown.folded) if self._shown is not None else 0
        self.deed_line.show(beside, folded, unfolded=self.unfolded)
        self._entitle()

    @property
    def _in_hand(self) -> Slider | None:
        """The knob that is pointed at, else the one that has the focus."""
        focused = self._pointed or self.screen.focused
        return focused if isinstance(focused, Slider) and focused in self.sliders.values() else None

    @on(Wanted)
    def _turned(self, event: Wanted) -> None:
        """A threshold that is dragged on a gauge takes its slider along."""
        match event.request:
            case ChangeSetting(name=name, value=value) if name in self.sliders:
                self.sliders[name].told(value)
                self._help()
            case _:
                pass

"""How the microphone is listened to: what becomes of the echo, and which detector judges what is left."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import LevelMeasured, SettingsChanged
from voice_tui.messages.turns import DetectorsCompared, EchoMeasured, FrontEndChanged
from voice_tui.ui.console.turn_wording import detector_words, echo_words, engine_words

LABEL_CELLS = 7
SPEECH_CELLS = 10


class EchoLine(Widget):
    """One line: there is one where the preset has a front end."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._preset = ""
        self.front: FrontEndChanged | None = None
        self._echo: EchoMeasured | None = None

    def show(self, notice: Notice) -> None:
        """Take over a notice; what says the same is not drawn again."""
        before = self.words(self.size.width)
        match notice:
            case FrontEndChanged():
                if not notice.echo_cancellation:
                    self._echo = None  # what was measured belongs to a canceller that is gone
                self.front = notice
            case EchoMeasured():
                self._echo = notice
            case SettingsChanged(preset=preset):
                if preset == self._preset:
                    return
                if self._preset:
                    self.front = self._echo = None
                self._preset = preset
            case _:
                return
        if self.words(self.size.width) != before:
            self.refresh()

    def words(self, cells: int) -> str:
        """What is known, in so many cells; "" without a front end."""
        return echo_words(self.front, self._echo, cells) if self.front is not None else ""

    def render(self) -> Content:
        """In green while it is taken away."""
        on = self.front is not None and self.front.echo_cancellation
        return Content.styled(self.words(self.size.width), "$success" if on else "$muted")


class DetectorLines(Widget):
    """Up to two lines: the local detector with its judgement, and the two detectors compared."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._preset = ""
        self._speech = 0.0
        self._front: FrontEndChanged | None = None
        self._compared: DetectorsCompared | None = None

    @property
    def lines(self) -> int:
        """Lines it takes."""
        return (self._front is not None) + (self._compared is not None)

    def show(self, notice: Notice) -> bool:
        """Take over a notice.

        Returns:
            Whether it takes another number of lines now.
        """
        before = self.lines
        match notice:
            case FrontEndChanged() if notice != self._front:
                self._front = notice
            case DetectorsCompared() if notice != self._compared:
                self._compared = notice
            case LevelMeasured(speech=speech):
                speech = round(speech, 1)  # a tenth is a cell of the bar
                if speech == self._speech:
                    return False
                self._speech = speech
                if not self.display:
                    return False
            case SettingsChanged(preset=preset):
                if preset == self._preset:
                    return False
                if self._preset:
                    self._front = self._compared = None
                self._preset = preset
            case _:
                return False
        self.refresh()
        return self.lines != before

    def render(self) -> Content:
        """As many lines as something is known about."""
        lines: list[Content] = []
        if self._front is not None:
            words = engine_words(self._front, self.size.width - LABEL_CELLS - SPEECH_CELLS - 1)
            full = round(self._speech * SPEECH_CELLS)
            bar = [("█" * full, "$you"), ("·" * (SPEECH_CELLS - full), "$muted")]
            lines.append(Content.assemble(("voice".ljust(LABEL_CELLS)), *bar, (f" {words}", "$muted")))
        if self._compared is not None:
            lines.append(Content.styled(detector_words(self._compared, self.size.width), "$muted"))
        return Content("\n").join(lines)

"""How the microphone is listened to, in up to three lines: echo, engine with its judgement, the detectors compared."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import LevelMeasured, SettingsChanged
from voice_tui.messages.turns import DetectorsCompared, EchoMeasured, FrontEndChanged
from voice_tui.ui.console.turn_wording import detector_words, echo_words, engine_words

LABEL_CELLS = 7
SPEECH_CELLS = 10


class FrontEndLines(Widget):
    """Each line appears with the first notice of its kind, and goes with the preset that listens so."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._preset = ""
        self._speech = 0.0
        self._front: FrontEndChanged | None = None
        self._echo: EchoMeasured | None = None
        self._compared: DetectorsCompared | None = None

    @property
    def lines(self) -> int:
        """Lines it takes."""
        return (2 if self._front is not None else 0) + (self._compared is not None)

    def show(self, notice: Notice) -> bool:
        """Take over a notice.

        Returns:
            Whether it takes more lines now.
        """
        before = self.lines
        match notice:
            case FrontEndChanged():
                if not notice.echo_cancellation:
                    self._echo = None  # what was measured belongs to a canceller that is gone
                self._front = notice
            case EchoMeasured():
                self._echo = notice
            case DetectorsCompared():
                self._compared = notice
            case LevelMeasured(speech=speech):
                speech = round(speech, 1)  # a tenth is a cell of the bar
                if speech == self._speech:
                    return False
                self._speech = speech
            case SettingsChanged(preset=preset):
                if preset == self._preset:
                    return False
                if self._preset:
                    self._front = self._echo = self._compared = None
                self._preset = preset
            case _:
                return False
        self.refresh()
        return self.lines != before

    def render(self) -> Content:
        """As many lines as something is known about."""
        lines: list[Content] = []
        if self._front is not None:
            on = self._front.echo_cancellation
            words = echo_words(self._front, self._echo)
            lines.append(Content.assemble(("echo".ljust(LABEL_CELLS)), (words, "$success" if on else "$muted")))
            words = engine_words(self._front, self.size.width - LABEL_CELLS - SPEECH_CELLS - 1)
            full = round(self._speech * SPEECH_CELLS)
            bar = [("█" * full, "$you"), ("·" * (SPEECH_CELLS - full), "$muted")]
            lines.append(Content.assemble(("engine".ljust(LABEL_CELLS)), *bar, (f" {words}", "$muted")))
        if self._compared is not None:
            lines.append(Content.styled(detector_words(self._compared, self.size.width), "$muted"))
        return Content("\n").join(lines)

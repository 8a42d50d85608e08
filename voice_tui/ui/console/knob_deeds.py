"""What is done with all knobs: moves taken back, two sets compared, saved, put back, copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from voice_tui.endpoints.sdk_code import FORMATS
from voice_tui.messages.agreed import SessionAgreed
from voice_tui.messages.intents import Request
from voice_tui.messages.link import LinkChanged
from voice_tui.messages.presets import own_knobs
from voice_tui.messages.talk import SettingsChanged
from voice_tui.ui.common.state import State

UNSAVED = "Nothing can be saved here: there is no file for it."


class Done(NamedTuple):
    """What came of a deed.

    Attributes:
        requests: To be sent.
        words: To be said, "" for nothing.
        copied: To be put into the clipboard, "" for nothing.
    """

    requests: list[Request]
    words: str = ""
    copied: str = ""


class KnobDeeds:
    """By name, as the table of commands has them.

    Args:
        state: What is known; it has the moves and what was saved.
    """

    def __init__(self, state: State) -> None:
        self._state, self._tuning = state, state.tuning
        self._deeds: dict[str, tuple[Callable[[], bool], Callable[[str], Done]]] = {
            "undo": (lambda: self._tuning.can_undo, lambda _: Done(self._tuning.undo())),
            "redo": (lambda: self._tuning.can_redo, lambda _: Done(self._tuning.redo())),
            "flip": (self._told, self._flip),
            "reset": (self._told, self._reset),
            "save": (self._told, self._save),
            "swept": (lambda: self._told() and self._swept(), self._take_swept),
            "copy": (self._agreed, lambda _: self._copy("json", "session.update of what the server has taken")),
            "copy-python": (self._agreed, lambda _: self._copy("python", "Python for the official package")),
            "copy-javascript": (self._agreed, lambda _: self._copy("js", "JavaScript for the official package")),
        }

    def can(self, deed: str) -> bool:
        """Whether it can be done now."""
        return deed in self._deeds and self._deeds[deed][0]()

    def do(self, deed: str, theme: str) -> Done:
        """Do it.

        Args:
            deed: Which.
            theme: That is worn now.
        """
        return self._deeds[deed][1](theme) if self.can(deed) else Done([])

    def _told(self) -> bool:
        return self._tuning.now is not None

    def _agreed(self) -> bool:
        return bool(self._state.last(SessionAgreed).update)

    def _copy(self, form: str, what: str) -> Done:
        """What the server has taken, and in code also what was decided here."""
        told = self._state.last(SettingsChanged)
        update, model = self._state.last(SessionAgreed).update, self._state.last(LinkChanged).model
        text = FORMATS[form](update, model, own_knobs(told.preset, told.settings))
        return Done([], f"Copied: {what}.", text)

    def _flip(self, theme: str) -> Done:
        copied = not self._tuning.compares
        requests, at = self._tuning.flip(), self._tuning.at
        return Done(requests, f"Set {at}{': a copy so far, turn something' if copied else ''}.")

    def _reset(self, theme: str) -> Done:
        requests = self._tuning.reset()
        return Done(requests, "" if requests else "Every knob stands as the preset has it.")

    def _swept(self) -> bool:
        """There is something to take, or something is wrong with it that was not told."""
        file = self._state.tuned_file
        return file is not None and (file.recommended is not None or bool(file.untold))

    def _take_swept(self, theme: str) -> Done:
        """Apply what the last sweep recommends, and save it; what is wrong with it is told, unless it was."""
        file = self._state.tuned_file
        if file is None:
            return Done([], UNSAVED)
        best, wrong = file.recommended, "; ".join(file.swept_problems())
        if best is None:
            return Done([], wrong)
        requests, left_out = self._tuning.take(best), f" Left out: {wrong}" if wrong else ""
        try:
            file.save(self._tuning.keep(best))
        except OSError as error:
            return Done(requests, f"As the last sweep recommends; it could not be saved: {error.strerror}.{left_out}")
        return Done(requests, f"As the last sweep recommends, and saved: {best.words}.{left_out}")

    def _save(self, theme: str) -> Done:
        file, settings = self._state.tuned_file, self._state.last(SettingsChanged)
        if file is None:
            return Done([], UNSAVED)
        try:
            file.save(self._tuning.saved(theme=theme, profile=self._state.profile))
        except OSError as error:
            return Done([], f"It could not be saved: {error.strerror}.")
        also = ", both sets" if self._tuning.compares else ""
        return Done([], f"Saved to {settings.preset}{also}: the next start begins so, in these colours.")

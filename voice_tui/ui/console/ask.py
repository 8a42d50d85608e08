"""One line that asks whether a tool may be called: it takes no focus, and no key from who is typing."""

from __future__ import annotations

from textual.content import Content

from voice_tui.messages.tools import Answer, AnswerCall
from voice_tui.tools.wording import call_words
from voice_tui.ui.common.offer import QuietLine
from voice_tui.ui.common.state import State

ANSWERS = {"call-yes": Answer.YES, "call-no": Answer.NO, "call-always": Answer.ALWAYS}
"""The commands that answer, in their order."""
TYPED = {word[:n]: answer for answer in Answer for word in [answer.value] for n in (1, len(word))}
"""What can be typed instead: ``y`` or ``yes``, and so on."""
AROUND = 26  # cells of the line that are neither name, arguments nor answers


class AskLine(QuietLine):
    """Which call is to be allowed.

    Args:
        state: Knows what is asked.
    """

    def __init__(self, state: State) -> None:
        super().__init__(state, id="ask")

    @property
    def open(self) -> bool:
        """Whether a call waits for an answer."""
        return bool(self._state.asked)

    def answer(self, answer: Answer) -> AnswerCall | None:
        """Answer what is asked; gives what is to be sent."""
        call_id = next(iter(self._state.asked), None)
        return None if call_id is None else AnswerCall(call_id, answer)

    def typed(self, text: str) -> AnswerCall | None:
        """The answer that somebody has typed; None where nothing is asked, or it is none."""
        answer = TYPED.get(text.strip().lower())
        return None if answer is None else self.answer(answer)

    def render(self) -> Content:
        """What is to be called, then the answers."""
        began = next(iter(self._state.asked.values()), None)
        if began is None:
            return Content()
        more = f" and {len(self._state.asked) - 1} more" if len(self._state.asked) > 1 else ""
        keys = self.keys(ANSWERS)
        room = max(12, self.size.width - keys.cell_length - len(more) - AROUND)
        what = call_words(began.name, began.arguments, room - len(began.name))
        return Content.assemble(" ", (f"? {what}{more}: may it be called?", "bold $warning"), "  ", keys)

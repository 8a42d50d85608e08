"""The why-view: the last cut, false alarm, held or late answer, frozen; the ones before are an arrow away."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from voice_tui.messages.evidence import VoiceTraced
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Truncated
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.common.empty import missing
from voice_tui.ui.common.lines import LinesPane, Piece
from voice_tui.ui.common.question import QuestionInput
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place
from voice_tui.ui.why.picture import FORMS, drawn
from voice_tui.ui.why.wording import EMPTY, LEAST, LEGEND, MOST, STEP, place, plain, story_lines, title
from voice_tui.why import Cut, Story

EXPORT = "file"
ASKED = f"Write it to a file that ends in {', '.join(FORMS)}:"


class WhyScreen(Shell[None]):
    """It stays with the story that it shows, whatever happens meanwhile; Esc goes back.

    Args:
        state: What is known of the voice side.
        about: The number of the interruption that one asks about; 0: the one gone back to, else the last story.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.WHY
    LEGEND = LEGEND
    AUTO_FOCUS = "#why-lines"

    def __init__(self, state: State, about: int = 0) -> None:
        super().__init__(state)
        self.lines = LinesPane(id="why-lines")
        self.lines.write = self._draw
        self.question = QuestionInput(id="why-entry")
        self.takes = dict.fromkeys((InterruptionTimed, VoiceTraced, Truncated, TurnTimed), (self._more,))
        self._stories: list[Story] = list(state.stories)
        about = about or state.pointed_cut
        cuts = [(i, story.timed.number) for i, story in enumerate(self._stories) if isinstance(story, Cut)]
        last = cuts[-1][0] if cuts else len(self._stories) - 1  # a cut is asked about more often than a wait
        self._at = next((i for i, number in cuts if number == about), last)
        self._sureness: float | None = None
        self.entitle(title(self.story))

    @property
    def story(self) -> Story | None:
        """The one that is shown."""
        return self._stories[self._at] if self._stories else None

    def inside(self) -> ComposeResult:
        """Lines, and what is asked."""
        yield self.lines
        yield self.question

    # ---- keys

    def action_earlier(self) -> None:
        """To the story before."""
        self._go(-1)

    def action_later(self) -> None:
        """To the next story."""
        self._go(1)

    def action_higher(self) -> None:
        """Try a sureness a step above."""
        self._try(STEP)

    def action_lower(self) -> None:
        """Try a sureness a step below."""
        self._try(-STEP)

    def _go(self, by: int) -> None:
        if self._stories:
            self._at = min(len(self._stories) - 1, max(0, self._at + by))
            self._sureness = None
            self._draw()

    def _try(self, by: float) -> None:
        story = self.story
        if not isinstance(story, Cut) or story.traced is None:
            self.notify("Nothing to try: our own ears did not decide here.", timeout=3)
            return
        sureness = story.traced.settings.sureness if self._sureness is None else self._sureness
        self._sureness = min(MOST, max(LEAST, round(sureness + by, 2)))
        self._draw()

    def action_copy_story(self) -> None:
        """The story as text, or what is selected."""
        text = self.get_selected_text() or plain(self._text())
        self.app.copy_to_clipboard(text)
        self.notify("Copied.", timeout=2)

    def action_export(self) -> None:
        """Ask for a file."""
        if self.story is not None:
            self.question.ask(EXPORT, ASKED, f"why-{self.state.now():%Y-%m-%d-%H%M%S}.svg")

    @on(Input.Submitted, "#why-entry")
    def _entered(self, event: Input.Submitted) -> None:
        self._leave_question()
        path = Path(event.value.strip()).expanduser()
        if path.suffix not in FORMS:
            self.notify(f"{path.name}: its end says what it is: {', '.join(FORMS)}.", severity="warning")
            return
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(drawn(self._text(), path.suffix, title(self.story), self.lines))
        except OSError as error:
            self.notify(f"{path.name}: {error.strerror or error}", severity="error")
            return
        self.notify(f"Written: {path}", timeout=4)

    def action_back(self) -> None:
        """One step back: out of the question first."""
        if self.question.display:
            self._leave_question()
        else:
            self.dismiss()

    def _leave_question(self) -> None:
        self.question.answered()
        self.lines.focus()

    # ---- drawing

    def _more(self, notice: Notice) -> None:
        """Something more is known: of the story that is shown, or another story."""
        shown = self.story
        self._stories = list(self.state.stories)
        same = [i for i, story in enumerate(self._stories) if shown is not None and _same(story, shown)]
        self._at = same[0] if same else len(self._stories) - 1
        self._draw()

    def _draw(self) -> None:
        story = self.story
        self.entitle(title(story), "" if story is None else place(self._at + 1, len(self._stories), story))
        self.lines.show(self._text())

    def _text(self) -> list[list[Piece]]:
        story = self.story
        if story is None:
            return [[(line, "muted")] for line in missing(self.state, EMPTY, "Nothing to explain").split("\n")]
        return story_lines(story, self.lines.scrollable_content_region.width, self._sureness)


def _same(one: Story, other: Story) -> bool:
    """Both are about the same thing, of which more is known now."""
    return type(one) is type(other) and one.timed.number == other.timed.number

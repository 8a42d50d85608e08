"""The speakers: who was heard, what they are called, whose voice is known."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from voice_tui.messages.speakers import (
    ForgetSpeaker,
    MergeSpeakers,
    OverlapPolicy,
    RenameSpeaker,
    SetSpeakers,
    SpeakerInfo,
    SpeakersChanged,
)
from voice_tui.ui.common.empty import missing
from voice_tui.ui.common.question import QuestionInput
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place, shown_key
from voice_tui.ui.messages import ScreenWanted
from voice_tui.ui.speakers.wording import CONSENT, EMPTY, LEGEND, heading, line, standing, switches


class SpeakersScreen(Shell[None]):
    """Live while one talks; Esc goes back, one step at a time.

    Args:
        state: What is known.
        rename: Number of a speaker to begin with, and to ask for a name for; 0: nobody.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.VOICES
    READING = frozenset({"back"})
    LEGEND = LEGEND
    AUTO_FOCUS = "#speakers-list"

    def __init__(self, state: State, rename: int = 0) -> None:
        super().__init__(state)
        self._begin = rename
        self._merging = 0  # the speaker that is to become another one
        self._forgetting = 0  # the speaker that is forgotten when it is said once more
        self._shown = SpeakersChanged()
        self.list = OptionList(id="speakers-list", markup=False)
        self.question = QuestionInput(id="speakers-question")
        self.takes = {SpeakersChanged: (self.show,)}
        self.entitle("Voices")

    def inside(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(id="speakers-standing")
        yield Static(heading(), id="speakers-heading")
        yield self.list
        yield Static(
            missing(self.state, EMPTY.format(add=shown_key(self.state.commands, "speakers.enrol")), "Nobody is heard"),
            id="speakers-empty",
            markup=False,
        )
        yield Static(id="speakers-said")
        yield self.question
        yield Static(id="speakers-switches")

    def on_mount(self) -> None:
        """Show what is known; ask for a name where that was wanted."""
        self.show(self.state.last(SpeakersChanged))
        numbers = [info.number for info in self._shown.speakers]
        if self._begin in numbers:
            self.list.highlighted = numbers.index(self._begin)
            self.action_rename()

    def show(self, told: SpeakersChanged) -> None:
        """Take over what is known; the cursor stays on its speaker."""
        here = self.current
        self._shown = told
        self.query_one("#speakers-standing", Static).update(standing(told))
        self.query_one("#speakers-switches", Static).update(switches(told, self.state.commands))
        infos = told.speakers
        self.list.clear_options()
        self.list.add_options(
            [Option(line(i, merging=i.number == self._merging), id=f"speaker-{i.number}") for i in infos]
        )
        self.list.display = bool(infos)
        self.query_one("#speakers-empty").display = not infos
        if infos:
            numbers = [info.number for info in infos]
            at = numbers.index(here.number) if here is not None and here.number in numbers else 0
            self.list.highlighted = at
        self.show_keys()

    @property
    def current(self) -> SpeakerInfo | None:
        """The speaker under the cursor."""
        at = self.list.highlighted
        return self._shown.speakers[at] if at is not None and at < len(self._shown.speakers) else None

    def _ask(self, about: str, title: str, value: str) -> None:
        self.question.ask(about, title, value)
        self.show_keys()

    def _answered(self) -> list[str]:
        about = self.question.answered().split()
        self._say()
        self.list.focus()
        self.show_keys()
        return about

    def _say(self, words: str = "") -> None:
        self.query_one("#speakers-said", Static).update(Content.styled(words, "bold $warning"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is asked is answered first; without a voice there is nothing to name, merge or forget."""
        match action:
            case "back":
                return True
            case _ if self.nobody_for(action):
                return False
            case "submit":
                return bool(self.question.about)
            case _ if self.question.about:
                return False
            case "rename" | "forget":
                return self.current is not None
            case "merge":
                return len(self._shown.speakers) > 1
            case _:
                return True

    # ---- what the user wants

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        if self._merging:
            self.action_merge()
        else:
            self.action_rename()

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        if self._forgetting and (self.current is None or self.current.number != self._forgetting):
            self._forgetting = 0
            self._say()

    def action_rename(self) -> None:
        """Ask for a name."""
        info = self.current
        if info is not None and not self.question.about:
            self._say()
            self._ask(f"rename {info.number}", f"Name of {info.name}", info.name if info.named else "")

    def action_merge(self) -> None:
        """The first time: this one; the second time: is that one."""
        info = self.current
        if info is None:
            return
        if self._merging and self._merging != info.number:
            self.want(MergeSpeakers(info.number, self._merging))
            self._merging = 0
            self._say()
        elif self._merging:
            self._stop_merging()
        else:
            self._merging = info.number
            self._say(f"{info.name} is the same person as …? Choose, then Enter; Esc leaves it.")
        self.show(self._shown)

    def _stop_merging(self) -> None:
        self._merging = 0
        self._say()
        self.show(self._shown)

    def action_enrol(self) -> None:
        """Ask for a name and for consent."""
        info = self.current
        self._say(CONSENT)
        name = info.name if info is not None and info.named else ""
        self._ask("enrol", "Who agrees and speaks now for ten seconds?", name)

    def action_forget(self) -> None:
        """Ask once, then do it."""
        info = self.current
        if info is None:
            return
        if self._forgetting == info.number:
            self._forgetting = 0
            self._say()
            self.want(ForgetSpeaker(info.number))
        else:
            self._forgetting = info.number
            disk = ", and delete the stored voiceprint" if info.enrolled else ""
            self._say(f"{shown_key(self.state.commands, 'speakers.forget')} again: forget {info.name}{disk}.")

    def action_switch(self) -> None:
        """Tell voices apart, or not."""
        self.want(SetSpeakers(on=not self._shown.on))

    def action_labels(self) -> None:
        """Tell the model who speaks, or not."""
        self.want(SetSpeakers(label_to_model=not self._shown.label_to_model))

    def action_overlap(self) -> None:
        """The other policy."""
        policies = list(OverlapPolicy)
        at = policies.index(self._shown.overlap)
        self.want(SetSpeakers(overlap=policies[(at + 1) % len(policies)]))

    @on(Input.Submitted, "#speakers-question")
    def action_submit(self) -> None:
        """Take the name."""
        name = self.question.value.strip()
        if not name:
            self._say("It needs at least one letter.")
            return
        about = self._answered()
        if about[0] == "rename":
            self.want(RenameSpeaker(int(about[1]), name))
        else:
            self.post_message(ScreenWanted("enrolment", name))

    def action_back(self) -> None:
        """One step back: the question, the merge, the screen."""
        if self.question.about:
            self._answered()
        elif self._merging:
            self._stop_merging()
        elif self._forgetting:
            self._forgetting = 0
            self._say()
        else:
            self.dismiss()

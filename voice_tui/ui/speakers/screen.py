"""The speakers: who was heard, what they are called, whose voice is known."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from voice_tui.messages.intents import Request
from voice_tui.messages.speakers import (
    ForgetSpeaker,
    MergeSpeakers,
    OverlapPolicy,
    RenameSpeaker,
    SetSpeakers,
    SpeakerInfo,
    SpeakersChanged,
)
from voice_tui.ui.memory.entry import QuestionInput
from voice_tui.ui.speakers.wording import CONSENT, EMPTY, heading, line, standing, switches

_ACTIONS: tuple[tuple[str, str, str], ...] = (
    ("Enter", "rename", "rename"),
    ("m", "merge", "merge"),
    ("e", "enrol", "enrol a voice"),
    ("Del", "forget", "forget"),
    ("Esc", "leave", "back"),
)
"""Key, action and word of what can be done; each can be clicked."""
_ANSWERS: tuple[tuple[str, str, str], ...] = (("Enter", "answer", "go on"), ("Esc", "leave", "leave it"))
"""The same, while something is asked."""


class SpeakersScreen(Screen[None]):
    """Live while one talks; Esc goes back, one step at a time.

    Args:
        state: What is known of the speakers.
        rename: Number of a speaker to begin with, and to ask for a name for; 0: nobody.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#speakers-list"
    BINDINGS = [
        Binding("escape", "leave", "Back", id="speakers.back", tooltip="Back to the conversation."),
        Binding("m", "merge", "Merge", id="speakers.merge", tooltip="Two speakers are one."),
        Binding("e", "enrol", "Enrol", id="speakers.enrol", tooltip="Make a voice known."),
        Binding("delete,backspace", "forget", "Forget", id="speakers.forget", tooltip="Drop a voice."),
        Binding("t", "switch", "On", id="speakers.on", tooltip="Tell voices apart, or not."),
        Binding("l", "labels", "Labels", id="speakers.labels", tooltip="Tell the model who speaks, or not."),
        Binding("o", "overlap", "Overlap", id="speakers.overlap", tooltip="What happens when two speak at once."),
    ]

    class Wanted(Message):
        """The user wants something of the voice side."""

        def __init__(self, request: Request) -> None:
            super().__init__()
            self.request = request

    class EnrolWanted(Message):
        """Somebody agreed, and is to speak now."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, state: SpeakersChanged, rename: int = 0) -> None:
        super().__init__()
        self.state = state
        self._begin = rename
        self._merging = 0  # the speaker that is to become another one
        self._forgetting = 0  # the speaker that the next Del forgets
        self.list = OptionList(id="speakers-list", markup=False)
        self.question = QuestionInput(id="speakers-question")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(id="speakers-standing")
        yield Static(heading(), id="speakers-heading")
        yield self.list
        yield Static(EMPTY, id="speakers-empty")
        yield Static(id="speakers-said")
        yield self.question
        yield Static(id="speakers-switches")
        yield Static(id="speakers-keys")

    def on_mount(self) -> None:
        """Show what is known; ask for a name where that was wanted."""
        self.question.display = False
        self._tell_keys()
        self.show(self.state)
        numbers = [info.number for info in self.state.speakers]
        if self._begin in numbers:
            self.list.highlighted = numbers.index(self._begin)
            self.action_rename()

    def show(self, state: SpeakersChanged) -> None:
        """Take over what is known; the cursor stays on its speaker."""
        here = self.current
        self.state = state
        self.query_one("#speakers-standing", Static).update(standing(state))
        self.query_one("#speakers-switches", Static).update(switches(state))
        infos = state.speakers
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

    @property
    def current(self) -> SpeakerInfo | None:
        """The speaker under the cursor."""
        at = self.list.highlighted
        return self.state.speakers[at] if at is not None and at < len(self.state.speakers) else None

    def _tell_keys(self) -> None:
        keys = [
            Content.from_markup(f"[@click=screen.{action}][reverse] {key} [/reverse] {word}[/]")
            for key, action, word in (_ANSWERS if self.question.display else _ACTIONS)
        ]
        self.query_one("#speakers-keys", Static).update(Content(" ") + Content("  ").join(keys))

    def _ask(self, about: str, title: str, value: str) -> None:
        self.question.ask(about, title, value)
        self._tell_keys()

    def _answered(self) -> list[str]:
        about = self.question.answered().split()
        self._say()
        self._tell_keys()
        self.list.focus()
        return about

    def _say(self, words: str = "") -> None:
        self.query_one("#speakers-said", Static).update(Content.styled(words, "bold $warning"))

    def _want(self, request: Request) -> None:
        self.post_message(self.Wanted(request))

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
        if info is not None:
            self._say()
            self._ask(f"rename {info.number}", f"Name of {info.name}", info.name if info.named else "")

    def action_merge(self) -> None:
        """The first time: this one; the second time: is that one."""
        info = self.current
        if info is None:
            return
        if self._merging and self._merging != info.number:
            self._want(MergeSpeakers(info.number, self._merging))
            self._merging = 0
            self._say()
        elif self._merging:
            self._stop_merging()
        elif len(self.state.speakers) > 1:
            self._merging = info.number
            self._say(f"{info.name} is the same person as …? Choose, then Enter; Esc leaves it.")
        self.show(self.state)

    def _stop_merging(self) -> None:
        self._merging = 0
        self._say()
        self.show(self.state)

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
            self._want(ForgetSpeaker(info.number))
        else:
            self._forgetting = info.number
            disk = ", and delete the stored voiceprint" if info.enrolled else ""
            self._say(f"Del again: forget {info.name}{disk}.")

    def action_switch(self) -> None:
        """Tell voices apart, or not."""
        self._want(SetSpeakers(on=not self.state.on))

    def action_labels(self) -> None:
        """Tell the model who speaks, or not."""
        self._want(SetSpeakers(label_to_model=not self.state.label_to_model))

    def action_overlap(self) -> None:
        """The other policy."""
        policies = list(OverlapPolicy)
        at = policies.index(self.state.overlap)
        self._want(SetSpeakers(overlap=policies[(at + 1) % len(policies)]))

    @on(Input.Submitted, "#speakers-question")
    def action_answer(self) -> None:
        """Take the name."""
        name = self.question.value.strip()
        if not name:
            self._say("It needs at least one letter.")
            return
        about = self._answered()
        if about[0] == "rename":
            self._want(RenameSpeaker(int(about[1]), name))
        else:
            self.post_message(self.EnrolWanted(name))

    def action_leave(self) -> None:
        """One step back: the question, the merge, the screen."""
        if self.question.display:
            self._answered()
        elif self._merging:
            self._stop_merging()
        elif self._forgetting:
            self._forgetting = 0
            self._say()
        else:
            self.dismiss()

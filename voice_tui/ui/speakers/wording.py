"""How speakers are said and drawn: lines of text, without a widget."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from voice_tui.messages.speakers import OverlapPolicy, SpeakerInfo, SpeakersChanged
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.voices import HUES, VOICES
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.keys import Commands, shown_key

CONSENT = "A voiceprint (numbers, no recording) is stored on this computer until you delete it: only with consent."
METHODS = {
    "dvector": "by a speaker model",
    "cepstra": "without a model; better: the extra voice-tui[speakers]",
}
EMPTY = (
    "Nobody has been heard yet. While one voice is heard it is You; a second voice makes Speaker 1 and Speaker 2.\n"
    "With {add} somebody can be known by name from the first word on."
)
LEGEND: tuple[Section, ...] = (
    (
        "The list",
        (
            ("[$success]●[/]  ○", "The voice is enrolled and known next time, or it was only heard today."),
            ("[$warning]⇄[/]", "The voice that is to become another one's."),
        ),
    ),
)
UNABLE = "Voices are not told apart in this run (--speaker-labels, VOICE_TUI_SPEAKER_LABELS)."
OVERLAPS = {OverlapPolicy.OFF: "only shown", OverlapPolicy.ASK: "it asks"}
NAME_CELLS, TURN_CELLS, TIME_CELLS = 24, 9, 9


def method_words(method: str) -> str:
    """How voices are told apart."""
    return next((words for start, words in METHODS.items() if method.startswith(start)), method)


def heading() -> Content:
    """Over the list."""
    words = f"{'name':<{NAME_CELLS}}{'turns':>{TURN_CELLS}}{'speech':>{TIME_CELLS}}   known"
    return Content.styled(f"   {words}", "bold $muted")


def line(info: SpeakerInfo, *, merging: bool) -> Content:
    """One speaker; the sign says what words and colour say too."""
    sign = "⇄" if merging else "●" if info.enrolled else "○"
    name = shorten(info.name, NAME_CELLS - 1)
    known = "enrolled: known next time" if info.enrolled else "named" if info.named else ""
    return Content.assemble(
        (f"{sign} ", "bold $warning" if merging else "$success" if info.enrolled else "$muted"),
        (name + " " * (NAME_CELLS - cell_len(name)), f"bold {HUES[(info.number - 1) % VOICES]}"),
        f"{info.turns:>{TURN_CELLS}}{info.seconds:>{TIME_CELLS - 2}.1f} s   ",
        (known, "$muted"),
    )


def standing(state: SpeakersChanged) -> Content:
    """What is told apart, and how."""
    if not state.method:
        return Content.styled(f" {UNABLE}", "$warning")
    if not state.on:
        return Content.styled(" Off: everybody is You.", "$warning")
    return Content.assemble(" Voices are told apart ", (method_words(state.method), "bold"), ".")


def switches(state: SpeakersChanged, commands: Commands) -> Content:
    """The three switches; each can be clicked."""
    rows = (
        ("speakers.on", "tell apart", _yes(state.on)),
        ("speakers.labels", "tell the model", _yes(state.label_to_model)),
        ("speakers.overlap", "two at once", OVERLAPS[state.overlap]),
    )
    parts = [
        Content.from_markup(
            f"[@click={commands[name].run}][reverse] $key [/reverse] $label: [bold]$value[/][/]",
            key=shown_key(commands, name),
            label=label,
            value=value,
        )
        for name, label, value in rows
    ]
    return Content(" ") + Content("   ").join(parts)


def _yes(on: bool) -> str:
    return "on" if on else "off"

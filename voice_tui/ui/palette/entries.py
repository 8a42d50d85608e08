"""What the palette finds: commands that act here, knobs, presets, detectors, profiles, endpoints, themes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.fuzzy import Matcher
from textual.screen import Screen

from voice_tui.audio.vad.engines import ENGINES
from voice_tui.messages.intents import ChangeSetting, Request, SelectPreset
from voice_tui.messages.knob import SettingError
from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.link import LinkChanged
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import SettingsChanged
from voice_tui.messages.turns import FrontEndChanged, SwitchFrontEnd
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import KeyGroup
from voice_tui.ui.messages import Wanted

_HIDDEN = {"palette", "back", "leave-input", "enter-input", "answer"}  # pointless while the palette is open
_JUDGES = "Let this local detector judge what is speech."
_TIGHT = 1.45  # for each letter typed: letters that begin words or stand together; looser ones are found anywhere
_TITLE, _TOLD, _SCATTERED = 0.9, 0.8, 0.5  # words in the title are best, then those in the sentence, then mere letters


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette.

    Attributes:
        group: What it is about.
        title: What it is called.
        keys: Names of its keys.
        explanation: One sentence.
        synonyms: More words by which it is found.
        act: Carries it out.
        on: It is on, or the one that is chosen.
    """

    group: str
    title: str
    keys: str
    explanation: str
    synonyms: str
    act: Callable[[], object]
    on: bool = False

    def score(self, query: str, letters: float) -> float:
        """How well it fits what was typed, 0 (not at all) to 1.

        Args:
            query: What was typed.
            letters: How well its letters are found in the title, as Textual's matcher says it.
        """
        tight = letters / max(1, len(query))
        if _begins(query, self.title):
            return _TITLE + (1 - _TITLE) * min(1.0, tight / 10)
        if _begins(query, self.title, self.explanation, self.synonyms):
            return _TOLD
        return _SCATTERED * min(1.0, tight / 10) if tight >= _TIGHT else 0.0


def _begins(query: str, *texts: str) -> bool:
    """Whether every word of the query begins a word of the texts."""
    words = re.findall(r"\w+", " ".join(texts).lower())
    return all(any(word.startswith(begun) for word in words) for begun in re.findall(r"\w+", query.lower()))


def _values(query: str, label: str) -> Iterator[str]:
    """What is written behind the beginning of a knob's name: ``8`` of ``sureness 8`` or ``sure 8``."""
    words = query.split()
    for count in range(min(len(words) - 1, len(label.split())), 0, -1):
        named = zip(words[:count], label.split(), strict=False)
        if all(len(word) > 1 and part.startswith(word.lower()) for word, part in named):
            yield " ".join(words[count:])
            return


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and where in its title the letters stand that were typed."""

    entry: Entry
    letters: frozenset[int] = frozenset()


class VoiceCommands:
    """What there is to find: of the table of commands, the presets, the loaded profiles and the themes.

    Args:
        screen: The one beneath.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self.screen = screen
        self.app = screen.app

    def found(self, query: str) -> list[Found]:
        """What matches the typed words, the best first; everything, by what it is about, while nothing is typed."""
        if not query:
            return [Found(entry) for entry in self.entries()]
        matcher = Matcher(query)
        scored = [(entry.score(query, matcher.match(entry.title)), entry) for entry in self.entries(query)]
        return [
            Found(entry, frozenset() if score == _TOLD else _letters(matcher, entry.title))
            for score, entry in sorted(scored, key=lambda each: -each[0])
            if score > 0
        ]

    def entries(self, query: str = "") -> Iterator[Entry]:
        """Everything there is to find on the screen beneath, by what it is about.

        Args:
            query: What was typed; a knob with a value behind it is set.
        """
        screen = self.screen
        if not isinstance(screen, Shell):
            return
        state = screen.state
        acting = [command for command in screen.acting() if command.id not in _HIDDEN]
        for group in KeyGroup:
            for c in acting:
                if c.group is group:
                    on = c.on is not None and bool(getattr(state.last(c.on[0]), c.on[1]))
                    keys, run = " ".join(c.key_names[:2]), partial(self.app.run_action, c.run)
                    yield Entry(str(group), c.title, keys, c.sentence, f"{c.synonyms} {group}", run, on)
        if not state.replayed:
            yield from self._choices(state, query)
        for name in state.themes:
            dress, on = partial(setattr, self.app, "theme", name), name == self.app.theme
            yield Entry("Theme", f"Theme: {name}", "", "Colours of the screen.", "color dark light", dress, on)

    def _choices(self, state: State, query: str) -> Iterator[Entry]:
        """What can be chosen while somebody is on the line."""
        front = state.last(FrontEndChanged)
        yield from self._knobs(state.last(SettingsChanged), query)
        chosen = state.last(SettingsChanged).preset
        for preset in PRESETS.values():
            want, on = self._wanting(SelectPreset(preset.name)), preset.name == chosen
            yield Entry("Preset", f"Preset: {preset.name}", "", preset.summary, "turn taking vad", want, on)
        for name in ENGINES:
            want = self._wanting(SwitchFrontEnd(engine=name))
            yield Entry("Detector", f"Voice detector: {name}", "", _JUDGES, "vad engine", want, name == front.engine)
        for profile in state.profiles:
            want, on = self._wanting(profile), profile.name == state.profile
            yield Entry("Profile", f"Profile: {profile.name}", "", profile.about, "assistant persona", want, on)
        for endpoint in state.endpoints:
            want, on = self._wanting(endpoint), endpoint.name == state.last(LinkChanged).name
            told = f"{'It is talked to now' if on else 'Go on talking there'}; {endpoint.about}."
            told = f"It can't be used: {endpoint.problem}" if endpoint.problem and not on else told
            found_by = "server provider model switch connect"
            yield Entry("Endpoint", f"Endpoint: {endpoint.name}", "", told, found_by, want, on)

    def _knobs(self, now: SettingsChanged, query: str) -> Iterator[Entry]:
        """The knobs that act, with where they stand; one that is typed with a value is set to it."""
        for knob in KNOBS.values():
            if knob.name not in now.active:
                continue
            stands = knob.format(getattr(now.settings, knob.name))
            told = f"{stands} ({knob.range}). {now.lacking.get(knob.name, knob.help)}"
            turn = partial(self.app.run_action, f"app.turn('{knob.name}')")
            yield Entry("Knob", knob.label, "", told, f"{knob.question} {knob.name} slider setting", turn)
            for written in _values(query, knob.label):
                try:
                    value = knob.read(written)
                except SettingError as error:
                    yield Entry("Knob", f"{knob.label} {written}", "", f"It can't be: {error}.", query, turn)
                else:
                    want = self._wanting(ChangeSetting(knob.name, value))
                    title, told = f"{knob.label} {knob.format(value)}", f"Set it; it stands at {stands} now."
                    yield Entry("Knob", title, "", told, query, want)

    def _wanting(self, request: Request) -> Callable[[], object]:
        return partial(self.screen.post_message, Wanted(request))


def _letters(matcher: Matcher, title: str) -> frozenset[int]:
    return frozenset(at for span in matcher.highlight(title).spans for at in range(span.start, span.end))

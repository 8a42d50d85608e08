"""What the command palette finds: every command that acts here, every preset, detector, profile, endpoint and theme."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from rich.markup import escape
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from voice_tui.audio.vad.engines import ENGINES
from voice_tui.messages.intents import Request, SelectPreset
from voice_tui.messages.link import LinkChanged
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import SettingsChanged
from voice_tui.messages.turns import FrontEndChanged, SwitchFrontEnd
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.keys import KeyGroup
from voice_tui.ui.messages import Wanted

_HIDDEN = {"palette", "back", "leave-input", "enter-input", "answer"}  # pointless while the palette is open
_JUDGES = "Let this local detector judge what is speech."
_ON, _OFF = "● ", "  "
_TIGHT = 1.45  # for each letter typed: letters that begin words or stand together; looser ones are found anywhere
_TITLE, _TOLD, _SCATTERED = 0.9, 0.8, 0.5  # words in the title are best, then those in the sentence, then mere letters


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette.

    Attributes:
        title: What it is called.
        keys: Names of its keys.
        explanation: One sentence.
        synonyms: More words by which it is found.
        act: Carries it out.
        on: It is on, or the one that is chosen.
    """

    title: str
    keys: str
    explanation: str
    synonyms: str
    act: Callable[[], object]
    on: bool = False

    def shown(self, title: Content) -> Content:
        """The title with its sign before it and its keys behind it."""
        return Content.assemble(_ON if self.on else _OFF, title, (f"   {self.keys}" if self.keys else "", "dim"))

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


class VoiceCommands(Provider):
    """Feeds the palette from the table of commands, from the presets, and from the loaded profiles and themes."""

    def entries(self) -> Iterator[Entry]:
        """Everything there is to find on the screen beneath, by what it is about."""
        screen = self.screen
        if not isinstance(screen, Shell):
            return
        state, front = screen.state, screen.state.last(FrontEndChanged)
        acting = [command for command in screen.acting() if command.id not in _HIDDEN]
        for group in KeyGroup:
            for c in acting:
                if c.group is group:
                    on = c.on is not None and bool(getattr(state.last(c.on[0]), c.on[1]))
                    keys, run = "  ".join(c.key_names), partial(self.app.run_action, c.run)
                    yield Entry(c.title, keys, c.sentence, f"{c.synonyms} {group}", run, on)
        chosen = state.last(SettingsChanged).preset
        for preset in PRESETS.values():
            want = self._wanting(SelectPreset(preset.name))
            yield Entry(f"Preset: {preset.name}", "", preset.summary, "turn taking vad", want, preset.name == chosen)
        for name in ENGINES:
            want = self._wanting(SwitchFrontEnd(engine=name))
            yield Entry(f"Voice detector: {name}", "", _JUDGES, "vad engine", want, name == front.engine)
        for profile in state.profiles:
            want, on = self._wanting(profile), profile.name == state.profile
            yield Entry(f"Profile: {profile.name}", "", profile.about, "assistant persona", want, on)
        for endpoint in state.endpoints:
            want, on = self._wanting(endpoint), endpoint.name == state.last(LinkChanged).name
            told = f"{'It is talked to now' if on else 'Go on talking there'}; {endpoint.about}."
            told = f"It can't be used: {endpoint.problem}" if endpoint.problem and not on else told
            yield Entry(f"Endpoint: {endpoint.name}", "", told, "server provider model switch connect", want, on)
        for name in state.themes:
            dress, on = partial(setattr, self.app, "theme", name), name == self.app.theme
            yield Entry(f"Theme: {name}", "", "Colours of the screen.", "color dark light", dress, on)

    def _wanting(self, request: Request) -> Callable[[], object]:
        return partial(self.screen.post_message, Wanted(request))

    async def discover(self) -> Hits:
        """Everything, while nothing is typed."""
        for entry in self.entries():
            shown = entry.shown(Content(entry.title))
            yield DiscoveryHit(shown, entry.act, text=entry.title, help=escape(entry.explanation))

    async def search(self, query: str) -> Hits:
        """What matches the typed words."""
        matcher = self.matcher(query)
        for entry in self.entries():
            score = entry.score(query, matcher.match(entry.title))
            if score > 0:
                title = matcher.highlight(entry.title) if score != _TOLD else Content(entry.title)
                yield Hit(score, entry.shown(title), entry.act, text=entry.title, help=escape(entry.explanation))

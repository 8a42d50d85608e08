"""The evidence of a walk: what was said, sent, heard and shown."""

from __future__ import annotations

import base64
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from tests.simulation.erring import Served
from tests.simulation.walk import Utterance, Walk
from voice_tui.messages.link import CountersChanged, Link, LinkChanged
from voice_tui.messages.presets import PRESETS, Detector
from voice_tui.messages.talk import PhaseChanged, SettingsChanged, SwitchesChanged

WISHES = {"write", "press", "select", "stop", "cough", "enough"}  # deeds after which what was owed may be no more
SOON_S = 2.5  # after a connection is back, what is owed is asked for


class Evidence:
    """Everything that a walk has left, by the questions that are asked of it."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.world = walk, walk.world
        self.lost: Counter[str] = Counter()
        self.rows = list(self.world.rows)

    @cached_property
    def told(self) -> list[tuple[float, Any]]:
        """(s, notice)."""
        return list(zip(self.world.times, self.world.notices, strict=True))

    def when(self, kind: type, value: Callable[[Any], Any]) -> list[tuple[float, Any]]:
        """When something that is told changed, and to what."""
        changes: list[tuple[float, Any]] = []
        for at, notice in self.told:
            if isinstance(notice, kind) and (not changes or changes[-1][1] != value(notice)):
                changes.append((at, value(notice)))
        return changes

    @cached_property
    def _timelines(self) -> dict[str, list[tuple[float, Any]]]:
        return {
            "live": self.when(LinkChanged, lambda n: n.link is Link.LIVE),
            "muted": self.when(SwitchesChanged, lambda n: n.muted),
            "talking": self.when(SwitchesChanged, lambda n: n.talking),
            "preset": self.when(SettingsChanged, lambda n: n.preset),
            "dropped": self.when(CountersChanged, lambda n: n.dropped),
            "phase": self.when(PhaseChanged, lambda n: n.phase),
        }

    def during(self, name: str, start: float, end: float, first: Any) -> list[Any]:
        """All values that something had between two moments; ``first`` before it was told."""
        line = self._timelines[name]
        at = bisect_left(line, start, key=lambda change: change[0])
        before = line[at - 1][1] if at else first
        return [before, *(value for moment, value in line[at:] if moment <= end)]

    @cached_property
    def received(self) -> dict[str, list[tuple[float, int, dict[str, Any]]]]:
        """Type of the server's event → (s, session, event) as the client received them."""
        found: dict[str, list[tuple[float, int, dict[str, Any]]]] = defaultdict(list)
        for record in self.world.wire:
            if record["dir"] == "server":
                found[record["event"]["type"]].append((record["t"], record["session"], record["event"]))
        return found

    @cached_property
    def sent(self) -> dict[str, list[tuple[float, int, dict[str, Any]]]]:
        """The same of the client's events."""
        found: dict[str, list[tuple[float, int, dict[str, Any]]]] = defaultdict(list)
        for record in self.world.wire:
            if record["dir"] == "client":
                found[record["event"]["type"]].append((record["t"], record["session"], record["event"]))
        return found

    # ---- sound

    @cached_property
    def sound(self) -> dict[str, np.ndarray[Any, np.dtype[np.int16]]]:
        """Item → the audio that the client received of it."""
        pieces: dict[str, list[bytes]] = defaultdict(list)
        for _, _, event in self.received["response.output_audio.delta"]:
            pieces[event["item_id"]].append(base64.b64decode(event["delta"]))
        return {item: np.frombuffer(b"".join(all_of_it), "<i2") for item, all_of_it in pieces.items()}

    @cached_property
    def plain(self) -> Counter[int]:
        """Level → samples that were heard of it, neither turned down nor fading: their neighbour is the same."""
        heard = self.world.speaker.heard
        same = heard[1:] == heard[:-1]
        whole = np.concatenate([same, [False]]) | np.concatenate([[False], same])
        levels, counts = np.unique(heard[whole], return_counts=True)
        return Counter(dict(zip(levels.tolist(), counts.tolist(), strict=True)))

    def heard_samples(self, item: str) -> int:
        """What was heard of an item at its own level."""
        return sum(self.plain[int(level)] for level in np.unique(self.sound.get(item, np.zeros(0, np.int16))))

    def turned_down(self, item: str) -> bool:
        """Whether a preset that turns answers down had its hand on an item, from its first sound to the end."""
        began = next((at for at, _, e in self.received["response.output_audio.delta"] if e["item_id"] == item), 0.0)
        presets = self.during("preset", began, self.world.now, self.world.preset)
        return any(PRESETS[name].detector is Detector.NATURAL for name in presets)

    # ---- sessions

    def found(self, said: Utterance) -> list[tuple[Served, int]]:
        """Where the server has all of a sentence: the sessions, and the end of it in the audio of each."""
        places = [(served, served.audio.find(said.audio)) for served in self.walk.server.sessions]
        return [(served, at + len(said.audio)) for served, at in places if at >= 0]

    def made_up_for(self, lost: float, since: float) -> bool:
        """Whether what was owed when a session was lost was asked for in the next that lasted, or not wanted then.

        Args:
            lost: When the session was over, s.
            since: When the question was there, or the answer began, s: what the user did before withdraws nothing.
        """
        links = self._timelines["live"]
        for number, (at, live) in enumerate(links):
            until = links[number + 1][0] if number + 1 < len(links) else self.world.now
            if not live or at <= lost or until < at + SOON_S:
                continue
            asked = any(at <= when <= at + SOON_S for when, _, _ in self.sent["response.create"])
            spoken = any(said.start <= at + SOON_S and said.end >= since for said in self.walk.spoken)
            wished = any(since <= when <= at + SOON_S for when, what in self.walk.done if what in WISHES)
            return asked or spoken or wished
        return False

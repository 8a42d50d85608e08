"""What came of trials with endpoints, kept beside the recording, a line each: a sweep goes on where it was left."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice_tui.plain_text import one_line
from voice_tui.rehearsal.caller import Caller
from voice_tui.replay.judge.sample import INPUT
from voice_tui.replay.sweep.trial import Settings, Trial

VERSION = 1
"""Of what a trial counts: one of another version is made again."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a trial is one of, besides its caller and its settings.

    Attributes:
        where: Address and model of the endpoint, without secrets.
        preset: How turns were taken.
        speech: What counted as the caller's speech.
    """

    where: str
    preset: str
    speech: str


def results_path(recording: Path) -> Path:
    """Where the results of a caller are kept."""
    voice = recording / INPUT if recording.is_dir() else recording
    return voice.with_name(f"{voice.stem}.sweep.jsonl")


class Results:
    """The file of one caller.

    Args:
        caller: Whose.
        setup: What its trials are trials of; others in the file stay, and do not count here.
    """

    def __init__(self, caller: Caller, setup: Setup) -> None:
        self.path = results_path(caller.path)
        self._key = {
            "version": VERSION,
            "caller": caller.print,
            "endpoint": setup.where,
            "preset": setup.preset,
            "speech": setup.speech,
        }
        self._trials = dict(self._read())

    def of(self, settings: Settings) -> Trial | None:
        """What came of these settings; None: they have not been tried."""
        return self._trials.get(_name(settings))

    def check(self) -> None:
        """Make sure that something can be kept, before anything is paid for.

        Raises:
            OSError: Nothing can.
        """
        with self.path.open("ab"):
            pass

    def keep(self, settings: Settings, trial: Trial, more: Mapping[str, Any]) -> None:
        """Write down what came of these settings.

        Args:
            settings: What was moved.
            trial: What came of it.
            more: What else a reader may want to know.

        Raises:
            OSError: It can't be written.
        """
        found = {
            "hits": trial.hits,
            "wanted": trial.wanted,
            "latencies_ms": list(trial.latencies_ms),
            "false": trial.false,
            "of_ms": trial.of_ms,
        }
        line = json.dumps({**self._key, "settings": dict(settings), "trial": found, **more})
        with self.path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                cut = file.read(1) != b"\n"  # the last line of a process that was ended while it wrote
                file.write(b"\n" if cut else b"")
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._trials[_name(settings)] = trial

    def _read(self) -> Mapping[str, Trial]:
        """What of the file is meant here; a line that can't be read was never finished, or is nobody's."""
        found: dict[str, Trial] = {}
        try:
            lines = self.path.read_bytes().splitlines()
        except OSError:
            return found
        for line in lines:
            with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
                told = json.loads(line)
                if all(told[name] == value for name, value in self._key.items()):
                    settings = {str(name): float(value) for name, value in told["settings"].items()}
                    found[_name(settings)] = _trial(told["trial"])
        return found


def _trial(told: Mapping[str, Any]) -> Trial:
    """A trial out of its line.

    Raises:
        KeyError: Something is missing.
        TypeError: Something is of another kind.
        ValueError: The same.
    """
    latencies = tuple(float(ms) for ms in told["latencies_ms"])
    counts = [int(told[name]) for name in ("hits", "wanted", "false", "of_ms")]
    if min(counts) < 0 or any(not 0 <= ms < 1e6 for ms in latencies) or len(latencies) != counts[0]:
        raise ValueError(one_line(str(told)))
    hits, wanted, false, of_ms = counts
    return Trial(hits, wanted, latencies, false, of_ms)


def _name(settings: Settings) -> str:
    return " ".join(f"{name}={value:g}" for name, value in sorted(settings.items()))

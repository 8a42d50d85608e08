"""One scenario from its first step to its last, and what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voice_tui.drivers.call import HungUp
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.report import Report
from voice_tui.messages import notices as n
from voice_tui.messages.recording import RecordingChanged
from voice_tui.scenario.director import CannotGoOn, Director, SoundError, StepResult, Watch
from voice_tui.scenario.events import Event
from voice_tui.scenario.figures import NotJudged, figures, label, out_of_bounds
from voice_tui.scenario.model import Expect, Settings
from voice_tui.scenario.reader import ScenarioFile
from voice_tui.scenario.sounds import Sounds, Synthesise
from voice_tui.scenario.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that was not as the scenario says.

    Attributes:
        line: Of the step in the file; 0: it was no step.
        reason: One line.
    """

    line: int
    reason: str


@dataclass(slots=True)
class ScenarioResult:
    """What came of a scenario.

    Attributes:
        file: Which one.
        steps: What came of each step that was begun and done.
        failures: What was not as it should be.
        error: Why it could not be played at all, one line; "" for nothing.
        seconds: How long it took.
        timeline: What happened.
        recording: The folder that the talk is kept in; None: it is not.
        report: What the talk was like, and what it used.
    """

    file: ScenarioFile
    steps: list[StepResult] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    error: str = ""
    seconds: float = 0.0
    timeline: Timeline = field(default_factory=Timeline)
    recording: Path | None = None
    report: Report = field(default_factory=Report)

    @property
    def ok(self) -> bool:
        """Everything was as it should be."""
        return not (self.error or self.failures)

    def as_json(self) -> dict[str, Any]:
        """The same as data; ``cost`` as in the summary of a talk."""
        failures = [{"line": failure.line, "reason": failure.reason} for failure in self.failures]
        return {
            "name": self.file.scenario.name,
            "file": str(self.file.path),
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "failures": failures,
            "error": self.error,
            "recording": None if self.recording is None else str(self.recording),
            "cost": self.report.summary(self.seconds)["cost"],
        }


def _unwatched(*_: object) -> None: ...


async def play(
    file: ScenarioFile, options: RunnerOptions, synthesise: Synthesise | None, watch: Watch = _unwatched
) -> ScenarioResult:
    """Play a scenario.

    Args:
        file: Which one.
        options: What the talk is held with; figures need that it is recorded.
        synthesise: The local voice; None where it is not installed.
        watch: See `Director`.
    """
    clock = asyncio.get_running_loop().time
    result, began = ScenarioResult(file), clock()
    sounds = Sounds(synthesise, file.path.parent)
    unconnected = ""

    def watched(notice: n.Notice, t: float, events: list[Event]) -> None:
        if isinstance(notice, RecordingChanged) and notice.folder:
            result.recording = Path(notice.folder)
        result.report.observe(notice)
        watch(notice, t, events)

    try:
        await sounds.prepare(file.scenario.steps)
        background = await sounds.background(file.scenario.background)
        director = Director(options, sounds, watched, background)
        result.timeline = director.timeline
        try:
            async with asyncio.timeout(file.scenario.limit_ms / 1000):
                await director.hold(lambda: _steps(director, file, result))
        finally:
            unconnected = director.unconnected
            if result.recording is not None:
                label(result.recording, director.timeline.said, director.opened)
        _judge(file, result)
    except TimeoutError:
        limit = f"it was not over within its limit_ms of {file.scenario.limit_ms:,}"
        result.failures.append(Failure(_line(file, result), "; ".join(filter(None, (limit, unconnected)))))
    except (ConnectionFailed, DeviceError, SoundError) as error:
        result.error = str(error)
    except OSError as error:
        result.error = ": ".join(str(words) for words in (error.filename, error.strerror or error) if words)
    except HungUp as reason:
        result.failures.append(Failure(_line(file, result), f"hung up: {reason}"))
    except CannotGoOn as error:
        result.failures.append(Failure(_line(file, result), str(error)))
    result.seconds = clock() - began
    return result


async def _steps(director: Director, file: ScenarioFile, result: ScenarioResult) -> None:
    scenario = file.scenario
    if scenario.knobs and (reason := await director.settle(Settings(knobs=scenario.knobs))):
        result.failures.append(Failure(0, reason))
    for step, line in zip(scenario.steps, file.lines, strict=True):
        done = await director.do(step)
        result.steps.append(done)
        if not done.ok:
            result.failures.append(Failure(line, done.reason))


def _judge(file: ScenarioFile, result: ScenarioResult) -> None:
    """What is expected of figures, now that the talk is over."""
    steps = zip(file.scenario.steps, file.lines, strict=True)
    wanted = [(step.expect, line) for step, line in steps if isinstance(step, Expect) and step.expect.figure]
    if not wanted:
        return
    try:
        there_are = figures(result.recording, clean=file.scenario.background is None)
    except NotJudged as reason:
        result.failures += [Failure(line, f"no {expected.figure}: {reason}") for expected, line in wanted]
        return
    found = ((line, out_of_bounds(expected, there_are)) for expected, line in wanted)
    result.failures += [Failure(line, reason) for line, reason in found if reason]


def _line(file: ScenarioFile, result: ScenarioResult) -> int:
    """The line of the step that was under way."""
    at = len(result.steps)
    return file.lines[at] if at < len(file.lines) else 0

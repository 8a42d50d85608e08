"""``voice-tui drive``: another program is the user. A line in is a step, a line out is what came of it, or a notice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from voice_tui.drivers.json_lines import json_line, notice_line
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.report import Report
from voice_tui.drivers.signals import on_signals
from voice_tui.messages import notices as n
from voice_tui.plain_text import one_line
from voice_tui.scenario import fields
from voice_tui.scenario.director import CannotGoOn, Director
from voice_tui.scenario.events import Event
from voice_tui.scenario.fields import FieldError
from voice_tui.scenario.model import Expect, Step
from voice_tui.scenario.sounds import Sounds, Synthesise

LAST_MS = 60_000  # what is under way when there are no more lines is heard to its end, but no longer than this
LOOK_S = 0.25
SHOWN = 60  # bytes of a wrong line
EXAMPLE = '{"say": "Hello."}'

Id: TypeAlias = str | int | None


class LineError(ValueError):
    """A line that is no step; one line that names field, value and what is allowed."""


@dataclass(slots=True)
class Driven:
    """What came of it.

    Attributes:
        done: Steps that were done, and what they expected was true.
        failed: The other steps.
        wrong: Lines that were no steps.
    """

    done: int = 0
    failed: int = 0
    wrong: int = 0


class Drive:
    """One conversation.

    Args:
        options: What it is held with.
        synthesise: The local voice; None where it is not installed.
        out: Takes each line.
        read: Whether anybody still reads them; else it is over.
        folder: Where recordings are looked for.
    """

    def __init__(
        self,
        options: RunnerOptions,
        synthesise: Synthesise | None,
        out: Callable[[str], None],
        read: Callable[[], bool] = lambda: True,
        folder: Path = Path(),
    ) -> None:
        self._out, self._read = out, read
        self._report = Report()
        self._sounds = Sounds(synthesise, folder)
        self._director = Director(options, self._sounds, self._told)
        self._driven = Driven()

    async def run(self, lines: AsyncIterator[bytes]) -> Driven:
        """Do the steps in these lines, one after the other, until there are no more.

        Raises:
            ConnectionFailed: The endpoint can't be used.
            DeviceError: A device can't be used.
            HungUp: A limit is reached.
        """
        on_signals(self._director.stop)
        loading = asyncio.create_task(self._sounds.warm_up(), name="local voice")
        try:
            await self._director.hold(lambda: self._follow(loading, lines))
        except CannotGoOn as error:  # never connected, or something goes on for ever
            self._out(json_line({"error": str(error)}))
            self._driven.failed += 1
        finally:
            await asyncio.gather(loading, return_exceptions=True)
            self._out(json_line({"summary": self._report.summary(self._director.now)}))
        return self._driven

    async def _follow(self, loading: asyncio.Task[None], lines: AsyncIterator[bytes]) -> None:
        await loading
        following = asyncio.create_task(self._steps(lines), name="steps")
        try:
            while not following.done() and self._read():
                await asyncio.wait([following], timeout=LOOK_S)
            if following.done():
                await following
        finally:
            following.cancel()

    async def _steps(self, lines: AsyncIterator[bytes]) -> None:
        number = 0
        async for line in lines:
            number += 1
            if line.strip():
                await self._step(line, number)
        await self._director.quiet(LAST_MS)

    async def _step(self, line: bytes, number: int) -> None:
        about: dict[str, Any] = {"line": number}
        try:
            value = _decoded(line)
            if isinstance(value, dict) and "id" in value:
                about["id"] = _id(value.pop("id"))
            step = _step(value)
        except (LineError, FieldError) as error:
            self._driven.wrong += 1
            self._out(json_line({"error": str(error), **about}))
            return
        result = await self._director.attempt(step)  # whoever drives may know what to do after one that failed
        self._driven.done += result.ok
        self._driven.failed += not result.ok
        told = {"ok": result.ok, "reason": result.reason, "t": result.t, "ms": result.ms}
        self._out(json_line({"step": result.key, **about, **told}))

    def _told(self, notice: n.Notice, t: float, events: list[Event]) -> None:
        self._report.observe(notice)
        if not isinstance(notice, n.LevelMeasured):
            self._out(notice_line(notice, t, events=[event.name for event in events]))


def _decoded(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        shown = line[:SHOWN].decode("utf-8", "replace")
        raise LineError(one_line(f"{shown!r} is no JSON ({error}), give an object such as {EXAMPLE}")) from None


def _step(value: object) -> Step:
    step = fields.step(value)
    if isinstance(step, Expect) and step.expect.figure is not None:
        raise LineError(f"expect.figure: {step.expect.figure} is of a whole talk: voice-tui test judges it")
    return step


def _id(value: object) -> Id:
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    raise LineError(one_line(f"id: {value!r} is not allowed, give a text or a whole number"))

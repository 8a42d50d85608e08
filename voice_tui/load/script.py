"""A scenario of ``voice-tui test``, played by every user of a load, over and over; what it expects is not judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from voice_tui.plain_text import one_line
from voice_tui.scenario import model
from voice_tui.scenario.reader import ScenarioError, find, read

if TYPE_CHECKING:
    from voice_tui.load.user import RealtimeUser

WAITS_FOR_SOUND = ("assistant_speaking", "answer_timed")
WAITS_FOR_THE_END = (model.QUIET, "answered", "listening")

Play: TypeAlias = Callable[["RealtimeUser", Any], object]


def _wait(user: RealtimeUser, step: model.Wait) -> None:
    if step.wait in WAITS_FOR_SOUND:
        user.await_sound()
    else:
        user.await_answer()


PLAYED: dict[type[model.Step], Play] = {
    model.Say: lambda user, step: user.say(step.say),
    model.Type: lambda user, step: user.type(step.type),
    model.Interrupt: lambda user, step: user.interrupt(),
    model.Pause: lambda user, step: user.pause(step.pause / 1000),
    model.Wait: _wait,
    model.Expect: lambda user, step: None,
}
"""How a user plays a step."""


class ScriptError(ValueError):
    """A scenario that cannot be played by many; one line that says where and why."""


def script(name: str) -> model.Scenario:
    """A scenario that can be played: a file, or one that comes with voice-tui.

    Raises:
        ScriptError: It cannot be read, or has a step that is not played under load.
    """
    try:
        file = read(find(name))
    except ScenarioError as error:
        raise ScriptError(str(error)) from None
    for step, line in zip(file.scenario.steps, file.lines, strict=True):
        if problem := _problem(step):
            raise ScriptError(one_line(f"{Path(file.path)}:{line}: {problem}"))
    spoken = file.scenario.greeting
    for step, line in zip(file.scenario.steps, file.lines, strict=True):
        spoken |= isinstance(step, model.Say | model.Type)
        if not spoken and isinstance(step, model.Wait | model.Interrupt):
            raise ScriptError(one_line(f"{file.path}:{line}: {step.KEY}: nobody has said or typed anything yet"))
    if not spoken:
        raise ScriptError(one_line(f"{file.path}: nobody says or types anything"))
    return file.scenario


def _problem(step: model.Step) -> str:
    """Why a step is not played."""
    if type(step) not in PLAYED:
        names = ", ".join(kind.KEY for kind in PLAYED if kind is not model.Expect)
        return f"{step.KEY} is not played under load, only {names}"
    event = step.wait if isinstance(step, model.Wait) else ""
    if isinstance(step, model.UserStep) and step.send_after is not None:
        event = step.send_after.event
    known = (*WAITS_FOR_SOUND, *WAITS_FOR_THE_END)
    return f"{event!r} is not waited for under load, only {', '.join(known)}" if event and event not in known else ""


def play(user: RealtimeUser, scenario: model.Scenario) -> None:
    """Play all steps once, and wait for the last answer."""
    if scenario.greeting:
        user.ask()
    for step in scenario.steps:
        if isinstance(step, model.UserStep) and (after := step.send_after) is not None:
            if after.event in WAITS_FOR_SOUND:
                user.await_sound(after.delay_ms / 1000)
            else:
                user.await_answer()
                user.pause(after.delay_ms / 1000)
        PLAYED[type(step)](user, step)
    user.await_answer()

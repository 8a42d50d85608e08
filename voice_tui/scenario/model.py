"""What a scenario says: its settings and its steps. Pure data, and the only place where each field is described.

The same steps are played by ``voice-tui test`` out of a file and by ``voice-tui drive`` out of lines of JSON. What
`Meta` says of a field stands in the JSON schema and, word for word, in what is said of a wrong value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta, Struct

from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.presets import PRESETS
from voice_tui.replay.judge.judgement import MEASURES
from voice_tui.replay.judge.timeline import Kind
from voice_tui.scenario.events import EVENTS
from voice_tui.scenario.noises import NOISES

LONGEST_MS = 600_000
PATIENCE_MS = 20_000
"""What is waited for may take so long unless the step says otherwise."""

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=80, description="a name of 1 to 80 letters")]
Line: TypeAlias = Annotated[str, Meta(max_length=400, description="a text of at most 400 letters")]
Words: TypeAlias = Annotated[str, Meta(min_length=1, max_length=4_000, description="words, at most 4,000 letters")]
Duration: TypeAlias = Annotated[
    int, Meta(ge=0, le=LONGEST_MS, description=f"a whole number of ms from 0 to {LONGEST_MS:,}")
]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=1_000, description="a whole number from 0 to 1,000")]
Switch: TypeAlias = Annotated[bool, Meta(description="true or false")]
Preset: TypeAlias = Annotated[
    str, Meta(pattern=f"^({'|'.join(PRESETS)})?$", description=f"one of {', '.join(PRESETS)}")
]
Event: TypeAlias = Annotated[str, Meta(pattern=f"^({'|'.join(EVENTS)})$", description=f"one of {', '.join(EVENTS)}")]
QUIET = "quiet"
Moment: TypeAlias = Annotated[
    str,
    Meta(
        pattern=f"^({'|'.join((QUIET, *EVENTS))})$",
        description=f"{QUIET} (nobody speaks and nothing is under way) or one of {', '.join(EVENTS)}",
    ),
]
BEGIN, END, START = "begin", "end", "start"
Since: TypeAlias = Annotated[
    str,
    Meta(
        pattern=f"^({'|'.join((BEGIN, END, START, *EVENTS))})$",
        description=f"{BEGIN} or {END} (of the last thing that the user did), {START} (of the talk), "
        "or an event since then",
    ),
]
Sound: TypeAlias = Annotated[
    str,
    Meta(min_length=1, max_length=400, description=f"the name of a recording, or one of {', '.join(NOISES)}"),
]
Knobs: TypeAlias = Annotated[
    Mapping[str, float], Meta(description=f"a table of numbers by the names of knobs: {', '.join(KNOBS)}")
]
Names: TypeAlias = Annotated[tuple[str, ...], Meta(description="a list of names")]
MeasureKey: TypeAlias = Annotated[
    str, Meta(pattern=f"^({'|'.join(MEASURES)})$", description=f"one of {', '.join(MEASURES)}")
]
ASIDE = (Kind.BACKCHANNEL, Kind.TIC, Kind.OTHERS)
Aside: TypeAlias = Annotated[str, Meta(pattern=f"^({'|'.join(ASIDE)})$", description=f"one of {', '.join(ASIDE)}")]
Scalar: TypeAlias = str | int | float | bool
Where: TypeAlias = Annotated[Mapping[str, Scalar], Meta(description="a table: field of the event → its value")]
Values: TypeAlias = Annotated[Mapping[str, Scalar], Meta(description="a table of arguments and their values")]
Nothing: TypeAlias = Annotated[None, Meta(description="nothing behind the colon (in JSON: null)")]
Level: TypeAlias = Annotated[float, Meta(ge=-60, le=-3, description="a level of -60 to -3 dBFS")]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a scenario."""


class SendAfter(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the user does it: so long after an event that has happened since the step of the user before.

    Attributes:
        event: What is waited for.
        delay_ms: How long after it.
        unheard_ms: So much sound of the answer has come and is still to be heard by then: there is what to interrupt.
        within_ms: Either has to come within so long, else the scenario can't go on.
    """

    event: Event
    delay_ms: Duration = 0
    unheard_ms: Duration = 0
    within_ms: Duration = PATIENCE_MS


class Background(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is heard in the microphone all the time, over and over.

    Attributes:
        play: A file, or a built-in noise.
        level: How loud, dBFS over the loud parts; a recording is left as it is where this is left out.
    """

    play: Sound
    level: Level | None = None


class Call(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call of a tool.

    Attributes:
        name: Which tool.
        arguments: Those of its arguments that have to be so.
        failed: Whether it failed.
    """

    name: Name
    arguments: Values = {}
    failed: Switch = False


Calls: TypeAlias = Annotated[
    tuple[str | Call, ...], Meta(description="a list of names of tools, or of tables with name, arguments and failed")
]


class Expectation(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has to be true: of an event, of the tools that were called, or of a figure of the whole talk.

    Attributes:
        event: What has to happen.
        calls: The tools that have to have been called, all of them in this order.
        figure: The measure that has to be within the bounds, when the talk is over.
        within_ms: How long after ``since`` at most.
        since: What that is counted from. Nothing from before the last thing that the user did counts, unless it is
            ``start``.
        absent: It must not happen.
        count: It has to happen exactly so often.
        text_contains: Of an event that has a text: this is part of it, small or capital letters alike.
        where: Fields of the event and the values that they have to have.
        field: Of the event, or of the figure (as ``voice-tui judge --json`` has them; else its one number).
        at_least, at_most: What bounds it.
    """

    event: Event | None = None
    calls: Calls | None = None
    figure: MeasureKey | None = None
    within_ms: Duration | None = None
    since: Since = END
    absent: Switch = False
    count: Count | None = None
    text_contains: Words | None = None
    where: Where = {}
    field: Name | None = None
    at_least: Annotated[float, Meta(description="a number")] | None = None
    at_most: Annotated[float, Meta(description="a number")] | None = None


class Settings(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is changed while the talk goes on.

    Attributes:
        preset: How turns are taken.
        knobs: Where knobs are turned to.
        muted: Whether the microphone is.
    """

    preset: Preset = ""
    knobs: Knobs = {}
    muted: Switch | None = None


class Step(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is done; the words of the field that names it stand first.

    Attributes:
        KEY: The field that tells this step from the others.
        USER: The user does it: what is expected afterwards is counted from it.
    """

    KEY: ClassVar[str]
    USER: ClassVar[bool] = False


class UserStep(Step, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that the user does.

    Attributes:
        send_after: When; at once where it is left out.
    """

    USER: ClassVar[bool] = True
    send_after: SendAfter | None = None


class Say(UserStep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user says something.

    Attributes:
        say: The words; the local voice speaks them.
        level: How loud, dBFS over the loud parts.
        kind: What it is for the measures, where it wants no answer.
    """

    KEY: ClassVar[str] = "say"
    say: Words
    level: Level = -20.0
    kind: Aside | None = None


class Type(UserStep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user types a turn."""

    KEY: ClassVar[str] = "type"
    type: Words


class Play(UserStep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something else is heard in the microphone: a recording, or a noise.

    Attributes:
        play: A file (its name is looked for where the scenario stands), or a built-in noise.
        level: How loud, dBFS over the loud parts; a recording is left as it is where this is left out.
        kind: What it is for the measures, where it wants no answer; a built-in noise is a tic.
    """

    KEY: ClassVar[str] = "play"
    play: Sound
    level: Level | None = None
    kind: Aside | None = None


class Interrupt(UserStep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user presses the key that stops the assistant."""

    KEY: ClassVar[str] = "interrupt"
    interrupt: Nothing = None


class Wait(Step, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Wait until something has happened since the last thing that the user did; else the scenario can't go on."""

    KEY: ClassVar[str] = "wait"
    wait: Moment
    within_ms: Duration = PATIENCE_MS


class Pause(Step, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let so much time pass."""

    KEY: ClassVar[str] = "pause"
    pause: Duration


class Set(Step, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change settings."""

    KEY: ClassVar[str] = "set"
    set: Settings


class Expect(Step, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something has to be true; where it is not, the others are still looked at, and the scenario has failed."""

    KEY: ClassVar[str] = "expect"
    expect: Expectation


STEPS: dict[str, type[Step]] = {step.KEY: step for step in (Say, Type, Play, Interrupt, Wait, Pause, Set, Expect)}
"""Every step there is, by the field that names it."""


class Scenario(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scripted conversation.

    Attributes:
        name: What it is called.
        about: What it shows, one line.
        preset: How turns are taken at first; else as the configuration says.
        knobs: Where knobs stand at first.
        instructions: The system prompt; else as the configuration says.
        greeting: Whether a greeting turn comes first.
        background: What is heard in the microphone all the time.
        tools: Files of tools, looked for where the scenario stands; the built-in ones are always there.
        approve: Tools that need not ask; else a tool that asks is refused.
        limit_ms: The whole of it may take so long.
        steps: What happens, in order.
    """

    name: Name
    about: Line = ""
    preset: Preset = ""
    knobs: Knobs = {}
    instructions: Words | None = None
    greeting: Switch = False
    background: Background | None = None
    tools: Names = ()
    approve: Names = ()
    limit_ms: Duration = 120_000
    steps: tuple[Step, ...]

"""A random walk: a caller, a line and a server, each of whom does what comes to its mind; then everybody calms down.

What happens is drawn from tables, a row for each thing that can happen. `tests.simulation.judgement` says what has to
be true afterwards.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from tests.simulation import erring
from tests.simulation.equipment import own_recogniser
from tests.simulation.erring import ErringBrain, ErringServer
from tests.simulation.material import CLOSES, KNOB_RANGES, REFUSABLE, SPEECHES, TWICE, WRITINGS
from tests.simulation.people import Speech, scripted
from tests.simulation.world import NOON, World, simulate
from voice_tui.messages.intents import ChangeSetting, Interrupt, SelectPreset
from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Mute, Phase, PushToTalk
from voice_tui.server.brains.demo.brain import DemoBrain

SECONDS = 30.0  # of doing what comes to one's mind
STORIES = 3  # so many may be owed by then: what was said over one is answered when it is stopped
PATIENCE_S = 6.0  # so long an answer is listened to in the end: a story lasts two minutes
TEMPERS = ("", "line", "server", "line server")
"""Who errs, by seed; the caller always does what callers do."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence that the caller said: its words, its audio, and when it began and ended, s."""

    text: str
    audio: bytes
    start: float
    end: float


@dataclass
class Walk:
    """One walk: what was done, and the world that it was done to.

    Attributes:
        seed: Of everything.
        server, brain: What errs.
        speech: The caller's voice.
        spoken: What the caller said, in order.
        written: (s, text) that was typed while the session was live.
        done: (s, what) of everything that was done.
    """

    seed: int
    server: ErringServer
    brain: ErringBrain
    world: World
    speech: Speech
    spoken: list[Utterance] = field(default_factory=list)
    written: list[tuple[float, str]] = field(default_factory=list)
    done: list[tuple[float, str]] = field(default_factory=list)
    preset: str = ""
    talking: bool = False
    muted: bool = False
    number: int = 10

    def __post_init__(self) -> None:
        """Everybody draws from a chance of their own: what one does changes nothing of what another draws."""
        self.preset = self.world.preset
        self.mouth, self.hands, self.line, self.errors = (
            random.Random(f"{self.seed} {name}") for name in ("mouth", "hands", "line", "errors")
        )

    def note(self, what: str) -> None:
        """Remember what was done."""
        self.done.append((self.world.now, what))
        self.world.note("walk", what)

    def sentence(self, chance: random.Random, forms: tuple[str, ...]) -> str:
        """Words that nobody has used before."""
        self.number += 1
        return chance.choice(forms).format(self.number)

    # ---- the whole

    async def go(self) -> None:
        """Walk, then calm down, then see whether one can still talk."""
        await self.world.live()
        tempers = TEMPERS[self.seed % len(TEMPERS)].split()
        everybody: list[tuple[Mapping[Deed, float], random.Random, float]] = [
            (MOUTH, self.mouth, 0.8),
            (HANDS, self.hands, 4.0),
        ]
        everybody += [(LINE, self.line, 9.0)] if "line" in tempers else []
        everybody += [(ERRORS, self.errors, 6.0)] if "server" in tempers else []
        over = self.world.now + SECONDS
        await asyncio.gather(*(self._keep_doing(*somebody, over) for somebody in everybody))
        await self.calm_down()
        self.server.over = True

    async def _keep_doing(
        self, deeds: Mapping[Deed, float], chance: random.Random, pause_s: float, over: float
    ) -> None:
        """Do one thing after the other, with pauses of any length between them."""
        while self.world.now < over:
            await self.world.wait(min(chance.expovariate(1 / pause_s), over - self.world.now))
            (deed,) = chance.choices(list(deeds), list(deeds.values()))
            self.note(deed.__name__)
            await deed(self)

    async def calm_down(self) -> None:
        """The faults end; then it is quiet; then one sentence is said and answered, whatever was before."""
        world, network = self.world, self.world.network
        self.note("calm")
        self.server.behave()
        self.brain.late_s, self.brain.fails_after = 0.0, None
        network.down, network.status = False, 101
        network.mend()
        self.press_key(False)
        self.mute(False)
        self.select("server-vad" if PRESETS[self.preset].window_ms else self.preset)  # a window never ends
        await world.live()
        for _ in range(STORIES):
            await world.wait(PATIENCE_S)
            if world.runner.idle:
                break
            self.note("enough")
            world.want(Interrupt())
        await world.quiet(2.0)
        answers = len(world.received("response.created"))
        await self.say(self.sentence(self.mouth, ("Is anybody there, number {}?",)))
        await world.until(lambda: len(world.received("response.created")) > answers, "the last sentence is answered")
        await world.quiet(2.0)

    # ---- what the caller does

    async def say(self, text: str) -> None:
        """Say a sentence, with the key where there is one."""
        world = self.world
        key = self.preset == "push-to-talk"
        if key:
            self.press_key(True)
        start = world.now
        audio = self.speech.pcm(len(self.speech.sentences), text)
        await world.say(text)
        self.spoken.append(Utterance(text, audio.tobytes(), start, world.now))
        if key:
            self.press_key(False)

    def press_key(self, down: bool) -> None:
        """The talk key, which brings its preset along."""
        if down != self.talking:
            self.world.want(PushToTalk(down))
            if down:
                self.preset = "push-to-talk"
            self.talking = down

    def mute(self, muted: bool) -> None:
        """The microphone."""
        if muted != self.muted:
            self.muted = muted
            self.world.want(Mute(muted))

    def select(self, preset: str) -> None:
        """Take turns in another way."""
        self.preset, self.talking = preset, False
        self.world.want(SelectPreset(preset))


Deed: TypeAlias = Callable[[Walk], Awaitable[None]]


async def talk(walk: Walk) -> None:
    """Say something, and let it be answered."""
    await walk.say(walk.sentence(walk.mouth, SPEECHES))
    await walk.world.wait(walk.mouth.uniform(0, 4))


async def interrupt(walk: Walk) -> None:
    """Talk as soon as the assistant does."""
    for _ in range(50):
        if walk.world.phase is Phase.ASSISTANT_SPEAKING:
            break
        await walk.world.wait(0.1)
    await walk.world.wait(walk.mouth.uniform(0, 2))
    await walk.say(walk.sentence(walk.mouth, SPEECHES))


async def cough(walk: Walk) -> None:
    """Make a noise."""
    await walk.world.cough(walk.mouth.choice((20, 60, 120, 250)))


MOUTH: dict[Deed, float] = {talk: 4, interrupt: 3, cough: 2}


async def write(walk: Walk) -> None:
    """Type a turn."""
    text = walk.sentence(walk.hands, WRITINGS)
    if walk.world.runner.live:
        walk.written.append((walk.world.now, text))
    walk.world.write_text(text)


async def press(walk: Walk) -> None:
    """Hold the talk key for a while."""
    walk.press_key(True)
    await walk.world.wait(walk.hands.uniform(0.02, 3))
    walk.press_key(False)


async def mute(walk: Walk) -> None:
    """Close the microphone for a while."""
    walk.mute(True)
    await walk.world.wait(walk.hands.uniform(0.1, 4))
    walk.mute(False)


async def turn_knob(walk: Walk) -> None:
    """Turn a knob that acts."""
    knob = KNOBS[walk.hands.choice(sorted(PRESETS[walk.preset].knobs) or ["threshold"])]
    low, high = KNOB_RANGES.get(knob.name, (knob.low, knob.high))
    walk.world.want(ChangeSetting(knob.name, walk.hands.uniform(low, high)))


async def select(walk: Walk) -> None:
    """Take turns in another way."""
    walk.select(walk.hands.choice(list(PRESETS)))


async def stop(walk: Walk) -> None:
    """Interrupt by key."""
    walk.world.want(Interrupt())


HANDS: dict[Deed, float] = {write: 4, press: 1, mute: 1, turn_knob: 2, select: 1.5, stop: 2}

# ---- what happens to the line


async def drop(walk: Walk) -> None:
    """The connection is gone."""
    walk.world.network.drop()


async def stall(walk: Walk) -> None:
    """Nothing gets through for a while."""
    walk.world.network.stall(walk.line.uniform(0.2, 8))


async def throttle(walk: Walk) -> None:
    """The line is narrow for a while."""
    walk.world.network.throttle(walk.line.choice((30_000, 70_000, 150_000)))
    await walk.world.wait(walk.line.uniform(1, 8))
    walk.world.network.throttle(10e6)


async def half_close(walk: Walk) -> None:
    """The server is not heard any more."""
    walk.world.network.half_close()


async def jitter(walk: Walk) -> None:
    """Messages are late, one more than the other."""
    walk.world.network.jitter(walk.line.uniform(0, 0.3))


async def delay(walk: Walk) -> None:
    """The way is long."""
    walk.world.network.delay(walk.line.uniform(0.005, 0.8))


async def down(walk: Walk) -> None:
    """Nobody listens for a while, or nobody has time."""
    network = walk.world.network
    network.down, network.status = walk.line.random() < 0.5, 503
    network.drop()
    await walk.world.wait(walk.line.uniform(1, 8))
    network.down, network.status = False, 101


LINE: dict[Deed, float] = {drop: 2, stall: 3, throttle: 2, half_close: 0.5, jitter: 2, delay: 2, down: 1}

# ---- what goes wrong at the server


async def refuse(walk: Walk) -> None:
    """The next event of a kind is refused."""
    walk.server.refusals[walk.errors.choice(REFUSABLE)] = walk.errors.random() < 0.5


async def be_late(walk: Walk) -> None:
    """The next answer begins late."""
    walk.brain.late_s = walk.errors.uniform(1, 9)


async def fail(walk: Walk) -> None:
    """The next answer fails."""
    walk.brain.fails_after = walk.errors.randrange(3)


async def hang_up(walk: Walk) -> None:
    """The server closes the connection."""
    code = walk.errors.choice(list(CLOSES))
    await walk.server.close(code, CLOSES[code])


async def say_unknown(walk: Walk) -> None:
    """Something that nobody knows."""
    await walk.server.say({"type": "session.mood_changed", "event_id": "event_unknown", "mood": {"is": ["new"]}})


async def accuse_nobody(walk: Walk) -> None:
    """An error about nothing in particular."""
    await walk.server.say(erring.error("something went wrong"))


async def repeat(walk: Walk) -> None:
    """The next event of a kind comes twice."""
    walk.server.altered[walk.errors.choice(TWICE)] = erring.twice


async def not_write_down(walk: Walk) -> None:
    """The words of the next turn are not understood."""
    walk.server.altered["conversation.item.input_audio_transcription.completed"] = erring.unwritten


async def not_acknowledge(walk: Walk) -> None:
    """The next truncation or deletion is not acknowledged."""
    walk.server.altered[f"conversation.item.{walk.errors.choice(('truncated', 'deleted'))}"] = erring.unsaid


ERRORS: dict[Deed, float] = {
    refuse: 4,
    be_late: 2,
    fail: 2,
    hang_up: 0.5,
    say_unknown: 1,
    accuse_nobody: 1,
    repeat: 3,
    not_write_down: 1,
    not_acknowledge: 1,
}


def take(seed: int) -> Walk:
    """Take one walk to its end.

    Raises:
        WalkFailed: It came to no end, or something failed on the way.
    """
    walks: list[Walk] = []

    async def scene(world: World) -> None:
        walks.append(Walk(seed, servers[0], brain, world, speech))
        await walks[0].go()

    def serve(servers: list[ErringServer], world: World) -> ErringServer:
        servers.append(ErringServer(lambda: world.now, world.service))
        return servers[0]

    servers: list[ErringServer] = []
    speech = Speech()
    brain = ErringBrain(DemoBrain(lambda: datetime.fromtimestamp(NOON + asyncio.get_running_loop().time(), UTC)))
    preset = random.Random(f"{seed} preset").choice(list(PRESETS))
    try:
        simulate(
            scene,
            seed,
            preset,
            brain=brain,
            cast=lambda: replace(scripted(), speech=speech),
            serve=partial(serve, servers),
            equipment=lambda world: {"recogniser": own_recogniser(world)},
        )
    except Exception as problem:
        if not walks:
            raise
        raise WalkFailed(walks[0]) from problem
    return walks[0]


class WalkFailed(Exception):
    """A walk that came to no good end.

    Attributes:
        walk: As far as it came.
    """

    def __init__(self, walk: Walk) -> None:
        super().__init__(f"seed {walk.seed}")
        self.walk = walk

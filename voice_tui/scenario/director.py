"""Plays the steps of a scenario: the user of a conversation that is held as every other is."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.conversation import ConversationRunner
from voice_tui.drivers.devices.caller import CallerMicrophone
from voice_tui.drivers.options import RunnerOptions
from voice_tui.messages import notices as n
from voice_tui.messages.intents import ChangeSetting, Request, SelectPreset
from voice_tui.messages.talk import Interrupt as StopAssistant
from voice_tui.messages.talk import Mute, PushToTalk, SendText
from voice_tui.messages.turns import LedgerChanged
from voice_tui.plain_text import one_line
from voice_tui.scenario.events import Event, Events
from voice_tui.scenario.model import (
    QUIET,
    Expect,
    Interrupt,
    Pause,
    Play,
    Say,
    SendAfter,
    Set,
    Settings,
    Step,
    Type,
    Wait,
)
from voice_tui.scenario.noises import NOISES
from voice_tui.scenario.sounds import SoundError, Sounds
from voice_tui.scenario.timeline import Counted, Said, Timeline
from voice_tui.scenario.verdict import Verdict, judged

LOOK_S = 0.01
QUIET_S = 0.5  # nobody has spoken and nothing has been under way for so long
SETTLED_S = 3.0  # a server that has not answered by then is not waited for
LIVE_S = 60.0  # so long a connection may take
WITH_KEY = "push-to-talk"
QUOTED = 40

Watch = Callable[[n.Notice, float, list[Event]], None]


class CannotGoOn(Exception):
    """What the next steps need has not come; the text is one line."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of a step.

    Attributes:
        key: Which kind.
        ok: It was done, and what it expected is true.
        reason: Why not, one line.
        t: When it began, s since the talk did.
        ms: How long it took.
    """

    key: str
    ok: bool
    reason: str
    t: float
    ms: int


class Director:
    """The user of one conversation.

    Args:
        options: What it is held with; the microphone is the director's.
        sounds: What the user says.
        watch: Takes every notice, when it came (s since the start), and the events in it.
        background: What is heard in the microphone all the time, int16 at 24 kHz; None: nothing.

    Attributes:
        timeline: What has happened.
        began: The start, s on the loop's clock.
    """

    def __init__(self, options: RunnerOptions, sounds: Sounds, watch: Watch, background: Pcm | None = None) -> None:
        self._microphone = CallerMicrophone(background)
        self._sounds, self._watch = sounds, watch
        self._events = Events()
        self._settings: n.SettingsChanged | None = None
        self.timeline = Timeline()
        self.began = asyncio.get_running_loop().time()
        played = replace(options, mic=self._microphone.name, open_microphone=lambda name: self._microphone)
        self._voice = ConversationRunner(played, self._notice)
        self._does: dict[type[Step], Callable[[Any], Awaitable[str]]] = {
            Say: self._say,
            Type: self._type,
            Play: self._play,
            Interrupt: self._interrupt,
            Wait: self._wait,
            Pause: self._pause,
            Set: lambda step: self.settle(step.set),
            Expect: self._expect,
        }

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return asyncio.get_running_loop().time() - self.began

    @property
    def opened(self) -> float:
        """When the devices were opened, and a recording began, s."""
        return self._voice.started - self.began

    @property
    def unconnected(self) -> str:
        """That nobody is connected and why, one line; "" where somebody is, or nothing is known of why not."""
        return f"not connected: {self._voice.unconnected}" if self._voice.unconnected else ""

    async def hold(self, play: Callable[[], Awaitable[None]]) -> None:
        """Hold the conversation while it is played.

        Args:
            play: Does the steps; begins once the session is live.

        Raises:
            CannotGoOn: Something that is needed has not come.
            SoundError: A step has no sound.
            ConnectionFailed: The endpoint can't be used.
            DeviceError: A device can't be used.
            HungUp: A limit is reached.
        """
        voice = asyncio.create_task(self._voice.run(), name="voice")
        playing = asyncio.create_task(self._played(play), name="scenario")
        try:
            await asyncio.wait([voice, playing], return_when=asyncio.FIRST_COMPLETED)
            played = playing.done()
            self.stop()
            await voice  # raises what ended it, or what went wrong at its end
            if played:
                await playing
        finally:
            self.stop()
            playing.cancel()
            await asyncio.gather(voice, playing, return_exceptions=True)

    def stop(self) -> None:
        """End `hold`, whatever is still to be played."""
        self._voice.stop()

    async def _played(self, play: Callable[[], Awaitable[None]]) -> None:
        if not await self._until(lambda: self._voice.live, LIVE_S):
            raise CannotGoOn(": ".join(filter(None, (f"not connected within {LIVE_S:g} s", self._voice.unconnected))))
        self.timeline.began(self.now)
        await play()

    async def do(self, step: Step) -> StepResult:
        """Do a step.

        Raises:
            CannotGoOn: What it waits for has not come.
            SoundError: It has no sound.
        """
        began = self.now
        reason = await self._does[type(step)](step)
        return StepResult(step.KEY, not reason, reason, round(began, 3), round((self.now - began) * 1000))

    async def attempt(self, step: Step) -> StepResult:
        """Do a step; one that cannot be done has failed, and others may follow."""
        began = self.now
        try:
            return await self.do(step)
        except (CannotGoOn, SoundError) as error:
            return StepResult(step.KEY, False, str(error), round(began, 3), round((self.now - began) * 1000))

    # ---- the user

    async def _say(self, step: Say) -> str:
        return await self._sound(step, f"say {one_line(step.say, QUOTED)!r}", key=True)

    async def _play(self, step: Play) -> str:
        return await self._sound(step, f"play {one_line(step.play, QUOTED)}", key=step.play not in NOISES)

    async def _sound(self, step: Say | Play, deed: str, *, key: bool) -> str:
        sound = await self._sounds.of(step)
        await self._due(step.send_after)
        held = key and self._settings is not None and self._settings.preset == WITH_KEY
        if held:
            self._voice.request(PushToTalk(True))
        begins = self._microphone.say(sound.pcm) - self.began
        await self._until(lambda: self._microphone.finished, len(sound.pcm))
        if held:
            self._voice.request(PushToTalk(False))
        said = Said(begins + sound.begins_s, begins + sound.ends_s, step.kind or sound.kind)
        self.timeline.said.append(said)
        self.timeline.did(deed, said.begins, said.ends)
        return ""

    async def _type(self, step: Type) -> str:
        return await self._request(SendText(step.type), f"type {one_line(step.type, QUOTED)!r}", step.send_after)

    async def _interrupt(self, step: Interrupt) -> str:
        return await self._request(StopAssistant(), "interrupt", step.send_after)

    async def _request(self, request: Request, deed: str, after: SendAfter | None) -> str:
        await self._due(after)
        self.timeline.did(deed, self.now, self.now)  # what it leads to comes behind it, at the same moment maybe
        self._voice.request(request)
        return ""

    async def _due(self, after: SendAfter | None) -> None:
        if after is None:
            return
        await self._happened(after.event, after.within_ms)
        event = next(self.timeline.of(after.event, self.timeline.begin))
        await asyncio.sleep(max(0.0, event.t + after.delay_ms / 1000 - self.now))
        if not await self._until(lambda: self.timeline.unheard_ms(event.t) >= after.unheard_ms, after.within_ms / 1000):
            waited = f"waited {after.within_ms:,} ms for {after.unheard_ms:,} ms to interrupt in vain"
            raise self._lost(f"{waited}: {self.timeline.sound(self.now) or 'there was no answer'}")

    # ---- the rest

    async def _wait(self, step: Wait) -> str:
        if step.wait == QUIET:
            await self.quiet(step.within_ms)
        else:
            await self._happened(step.wait, step.within_ms)
        return ""

    async def quiet(self, within_ms: int) -> None:
        """Wait until nobody speaks and nothing is under way.

        Raises:
            CannotGoOn: It does not become so.
        """
        since = self.now

        def over() -> bool:
            nonlocal since
            if not self._voice.idle:
                since = self.now
            return self.now - since >= QUIET_S

        if not await self._until(over, within_ms / 1000):
            raise self._lost(f"waited {within_ms:,} ms for {QUIET}, and something is still under way")

    async def _happened(self, event: str, within_ms: int) -> None:
        since = self.timeline.begin
        if not await self._until(lambda: any(self.timeline.of(event, since)), within_ms / 1000):
            raise self._lost(f"waited {within_ms:,} ms for {event} in vain")

    def _lost(self, why: str) -> CannotGoOn:
        begin = self.timeline.begin
        account = f"since {self.timeline.words('begin')}: {self.timeline.account(begin, begin)}"
        return CannotGoOn("; ".join(filter(None, (why, account, self.unconnected))))

    async def _pause(self, step: Pause) -> str:
        await asyncio.sleep(step.pause / 1000)
        return ""

    async def settle(self, wanted: Settings) -> str:
        """Change settings, and wait until the server has answered."""
        if wanted.preset:
            self._voice.request(SelectPreset(wanted.preset))
        for name, value in wanted.knobs.items():
            self._voice.request(ChangeSetting(name, value))
        if wanted.muted is not None:
            self._voice.request(Mute(wanted.muted))
        settled = await self._until(lambda: not self._pending, SETTLED_S)
        return "" if settled else f"the server has not answered to the settings within {SETTLED_S:g} s"

    @property
    def _pending(self) -> bool:
        return self._settings is not None and self._settings.server is n.Ack.PENDING

    async def _expect(self, step: Expect) -> str:
        if step.expect.figure is not None:
            return ""  # that is judged when the talk is over
        asked = self.now
        verdict: Verdict | None = None

        def decided() -> bool:
            nonlocal verdict
            verdict = judged(step.expect, self.timeline, asked, self.now)
            return verdict is not None

        await self._until(decided, math.inf)  # the verdict has a deadline of its own
        return verdict.reason if verdict else ""

    async def _until(self, holds: Callable[[], bool], within_s: float) -> bool:
        deadline = self.now + within_s
        while not holds():
            if self.now > deadline:
                return False
            await asyncio.sleep(LOOK_S)
        return True

    def _notice(self, notice: n.Notice) -> None:
        t = self.now
        if isinstance(notice, n.SettingsChanged):
            self._settings = notice
        elif isinstance(notice, LedgerChanged):
            self.timeline.counted.append(Counted(t, notice.item_id, notice.received_ms, notice.heard_ms))
        events = self._events.observe(notice, t)
        self.timeline.events += events
        self._watch(notice, t, events)


__all__ = ["CannotGoOn", "Director", "SoundError", "StepResult", "Watch"]

"""A recorded caller talks to an endpoint, and the talk is kept as a recording."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.conversation import ConversationRunner
from voice_tui.drivers.devices.caller import CallerMicrophone
from voice_tui.drivers.devices.loudspeakers import TimedSpeaker
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, Announced, SettingsChanged, Severity
from voice_tui.messages.usage import Bill, UsageCounted
from voice_tui.plain_text import one_line
from voice_tui.rehearsal.kept import Kept

LOOK_S = 0.02
LIVE_S = 600.0  # so long an endpoint that is busy, or not up yet, is tried: the pauses between are its own wish
SETTLED_S = 5.0  # ... its word about the settings
QUIET_S = 1.5  # so long nothing has been under way: it is over
LATEST_S = 12.0  # behind the caller's last word: what never comes to rest is ended

Tell = Callable[[str], None]


class Disturbed(Exception):
    """Something came between that has nothing to do with the settings: another try may help. One line."""


class SettingRefused(Exception):
    """The endpoint does not take the settings; one line that names them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A talk that was held.

    Attributes:
        folder: Its recording.
        begins_ms: The caller's first sample, on the recording's clock.
        bill: What it used.
        remark: An error that was told in it, one line; "" for none.
        rest_s: So long the endpoint should be left alone now, by what is left of its budgets.
    """

    folder: Path
    begins_ms: int
    bill: Bill
    remark: str
    rest_s: float = 0.0


async def hold(
    options: RunnerOptions, voice: Pcm, settings: Mapping[str, float], folder: Path, tell: Tell = lambda words: None
) -> Held:
    """Let a caller talk to an endpoint, in the time of the loop.

    The caller begins when the connection is there and its settings are confirmed, so that no part of that is measured.

    Args:
        options: What the talk is held with; microphone, loudspeaker and recording are the caller's.
        voice: What the caller says, int16 at 24 kHz.
        settings: By knob.
        folder: Where the recording is put.
        tell: Is told in one line when the endpoint has to be waited for.

    Raises:
        Disturbed: The line was lost, or the endpoint does not answer.
        SettingRefused: The endpoint does not take the settings.
        ConnectionFailed: The endpoint can't be used.
        HungUp: A limit is reached.
        OSError: The recording can't be written.
    """
    return await _Call(options, voice, settings, folder, tell).hold()


class _Call:
    def __init__(
        self, options: RunnerOptions, voice: Pcm, settings: Mapping[str, float], folder: Path, tell: Tell
    ) -> None:
        self._clock = asyncio.get_running_loop().time
        self._voice, self._wanted, self._kept, self._tell = voice, settings, Kept(folder), tell
        self._microphone = CallerMicrophone()
        self._settings: SettingsChanged | None = None
        self._begun = False
        self._lost = self._error = self._late = ""
        self._bill = Bill()
        secrets = options.recording.secrets if options.recording else ()
        beside = options.recording.beside if options.recording else True
        self._runner = ConversationRunner(
            replace(
                options,
                mic=self._microphone.name,
                speaker="listener",
                open_microphone=lambda name: self._microphone,
                open_speaker=lambda name: TimedSpeaker("listener"),
                recording=RecordingOptions(folder, always=True, secrets=secrets, beside=beside),
            ),
            self._notice,
        )

    async def hold(self) -> Held:
        """Hold the talk, from the connection to the end of the last answer."""
        talk = asyncio.create_task(self._runner.run(), name="conversation")
        leading = asyncio.create_task(self._lead(), name="caller")
        try:
            await asyncio.wait([talk, leading], return_when=asyncio.FIRST_COMPLETED)
            if talk.done():
                leading.cancel()
            self._runner.stop()
            await talk  # raises what ended it
            begins = await leading
        finally:
            self._runner.stop()
            leading.cancel()
            await asyncio.gather(talk, leading, return_exceptions=True)
        begins_ms = round((begins - self._runner.started) * 1000)
        return Held(self._kept.path, begins_ms, self._bill, self._error, self._runner.rest_s)

    async def _lead(self) -> float:
        """Say it when the endpoint is ready; gives when the first sample was due, s on the loop's clock."""
        if not await self._until(lambda: self._runner.live, LIVE_S):
            # It was tried all the time: another talk would only wait as long again.
            raise ConnectionFailed(
                one_line(": ".join(filter(None, (self._late, f"not connected within {LIVE_S:g} s"))))
            )
        await self._settle()
        self._begun = True
        begins = self._microphone.say(self._voice)
        await self._until(lambda: self._microphone.finished, len(self._voice))
        busy_at = self._clock()

        def over() -> bool:
            nonlocal busy_at
            if not self._runner.idle:
                busy_at = self._clock()
            return self._clock() - busy_at >= QUIET_S

        await self._until(over, LATEST_S)
        return begins

    async def _settle(self) -> None:
        for name, value in self._wanted.items():
            self._runner.request(ChangeSetting(name, value))
        await asyncio.sleep(LOOK_S)
        told = await self._until(lambda: self._settings is None or self._settings.server is not Ack.PENDING, SETTLED_S)
        now = self._settings
        words = " ".join(f"{name}={value:g}" for name, value in self._wanted.items()) or "the preset's settings"
        if not told:
            raise Disturbed(f"the endpoint has not answered to the settings within {SETTLED_S:g} s")
        if now is not None and now.server is Ack.REJECTED:
            raise SettingRefused(one_line(f"{words}: the endpoint refuses it: {now.reason}"))
        lacking = [f"{name}: {now.lacking[name]}" for name in self._wanted if now is not None and name in now.lacking]
        if lacking:
            raise SettingRefused(one_line("; ".join(lacking)))

    async def _until(self, holds: Callable[[], bool], within_s: float) -> bool:
        """Wait for it.

        Raises:
            Disturbed: Something came between.
        """
        deadline = self._clock() + within_s
        while not holds():
            if self._lost:
                raise Disturbed(self._lost)
            if self._clock() > deadline:
                return False
            await asyncio.sleep(LOOK_S)
        return True

    def _notice(self, notice: Notice) -> None:
        self._kept.observe(notice)
        match notice:
            case SettingsChanged():
                self._settings = notice
            case UsageCounted():
                self._bill.add(notice)
            case LinkChanged(Link.RECONNECTING, detail=detail, reason=reason) if detail:
                if self._begun:
                    self._lost = one_line(f"the line was lost: {detail}")
                else:
                    self._late = reason
                    self._tell(one_line(f"waiting for the endpoint: {detail}"))
            case Announced(Severity.ERROR, text=text) if self._begun:
                self._error = self._error or one_line(text)

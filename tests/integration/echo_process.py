"""The voice side without a screen and without a server: one echo test, its result as JSON on standard output."""

from __future__ import annotations

import asyncio
import json

from voice_tui.conversation.check_notices import CheckFailed, EchoTested
from voice_tui.conversation.intents import TestEcho
from voice_tui.conversation.notices import DevicesChanged, Notice
from voice_tui.drivers.endpoint import Endpoint
from voice_tui.drivers.thread import prepare_interpreter
from voice_tui.drivers.voice import Voice, VoiceOptions

SETTLE_S, TIMEOUT_S = 1.0, 20.0


async def no_server() -> Endpoint:
    """An endpoint that is never found."""
    never: asyncio.Future[Endpoint] = asyncio.get_running_loop().create_future()
    return await never


async def main() -> None:
    """Run it."""
    done: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
    devices: list[DevicesChanged] = []

    def hear(notice: Notice) -> None:
        match notice:
            case DevicesChanged():
                devices.append(notice)
            case EchoTested(path):
                done.set_result(path.as_json())
            case CheckFailed(reason=reason):
                done.set_result({"failed": reason})

    voice = Voice(VoiceOptions(no_server), hear)
    running = asyncio.create_task(voice.run())
    await asyncio.sleep(SETTLE_S)  # the first callbacks of both streams
    voice.request(TestEcho())
    result = await asyncio.wait_for(done, TIMEOUT_S)
    voice.stop()
    await running
    print(json.dumps(result | {"problems": [devices[-1].mic_problem, devices[-1].speaker_problem]}))


if __name__ == "__main__":
    prepare_interpreter()
    asyncio.run(main())

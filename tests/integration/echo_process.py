"""The voice side without a screen and without a server: one echo test, its result as JSON on standard output."""

from __future__ import annotations

import asyncio
import json

from voice_tui.drivers.conversation import ConversationRunner
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.thread import prepare_interpreter
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.checks import CheckFailed, EchoTested, TestEcho
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.notices import Notice

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

    voice = ConversationRunner(RunnerOptions(no_server), hear)
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

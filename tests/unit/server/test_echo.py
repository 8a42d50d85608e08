"""The brain that is none: the caller's own turn comes back, without a model, whatever the client wants."""

from __future__ import annotations

import base64
import subprocess
import sys

import numpy as np

from tests.support.server_fakes import open_session
from tests.support.server_session import say
from tests.wire import check
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.audio.thresholds import SPEECH_LEVEL
from voice_tui.server.brains.echo import SILENT, EchoBrain, LengthEars, Loudness, ToneVoice
from voice_tui.speech.probability import WINDOW

SPEECH: Pcm = (9_000 * np.sin(np.arange(RATE) * 0.1)).astype(np.int16)
QUIET: Pcm = np.full(RATE // 2, 100, np.int16)


async def test_a_spoken_turn_comes_back_as_it_sounded() -> None:
    async with open_session(EchoBrain(), LengthEars(), voice=ToneVoice(), probability=Loudness) as client:
        transcription = {"audio": {"input": {"transcription": {"model": "any"}}}}
        await client.send("session.update", session={"type": "realtime", **transcription})
        await client.speak(QUIET, SPEECH, QUIET)
        done = (await client.until("response.done"))["response"]
        await client.until("conversation.item.input_audio_transcription.completed")
        item = client.of("input_audio_buffer.committed")[0]["item_id"]
        await client.send("conversation.item.retrieve", item_id=item)
        own = base64.b64decode(client.last["item"]["content"][0]["audio"])
        back = b"".join(base64.b64decode(event["delta"]) for event in client.of("response.output_audio.delta"))
        assert back == own
        assert len(own) > len(SPEECH) * 2
        transcript = done["output"][0]["content"][0]["transcript"]
        assert transcript == f"{len(own) / 2 / RATE:.1f} seconds of speech."
        check(client.record)


async def test_what_is_typed_is_hummed_and_what_is_to_be_written_is_written() -> None:
    async with open_session(EchoBrain(), LengthEars(), voice=ToneVoice(), probability=Loudness) as client:
        await client.send("response.create")
        done = (await client.until("response.done"))["response"]
        assert done["output"][0]["content"][0]["transcript"] == SILENT
        await say(client, "Hello.")
        await client.send("response.create")
        await client.until("response.done", 2)
        assert len(client.of("response.output_audio.delta")) > 5
        await client.send("response.create", response={"output_modalities": ["text"]})
        done = (await client.until("response.done", 3))["response"]
        assert done["output"][0]["content"] == [{"type": "output_text", "text": "Hello."}]


def test_loudness_is_judged_at_the_workshops_level_however_the_stream_is_cut() -> None:
    rng = np.random.default_rng(1)
    levels = np.repeat([0.5, 1.5, 0.9, 1.1], WINDOW) * SPEECH_LEVEL * 32_768
    pcm = (levels * rng.choice([-1, 1], len(levels))).astype(np.int16)
    whole = Loudness().hear(pcm)
    assert [judged.probability > 0.5 for judged in whole] == [False, True, False, True]
    ears = Loudness()
    assert [one for i in range(0, len(pcm), 100) for one in ears.hear(pcm[i : i + 100])] == whole


def test_it_needs_no_package_of_the_local_extra() -> None:
    script = (
        "import sys, importlib.abc\n"
        "class Absent(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'onnxruntime', 'moonshine_voice', 'hibari', 'httpx2', 'earshot'}:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "import asyncio\n"
        "from voice_tui.server.serve import minds, running_server\n"
        "async def main():\n"
        "    async with running_server(**minds('echo', None, None)) as url:\n"
        "        print(url)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("ws://"), done.stderr

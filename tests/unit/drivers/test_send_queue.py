import asyncio

from voice_tui.drivers.socket import AUDIO_QUEUE, SendQueue
from voice_tui.endpoints.realtime.wire.client_events import (
    ClientEvent,
    ConversationItemTruncate,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    ResponseCancel,
    ResponseCreate,
)
from voice_tui.messages.commands import Send


def append(n: int) -> InputAudioBufferAppend:
    return InputAudioBufferAppend(audio=n.to_bytes(2, "little"))


async def drain(outbox: SendQueue, count: int) -> list[object]:
    return [await outbox.get() for _ in range(count)]


def ordered(event: ClientEvent) -> Send:
    return Send(event, audio=isinstance(event, InputAudioBufferAppend))


async def test_urgent_events_pass_waiting_audio_and_keep_their_own_order() -> None:
    outbox = SendQueue()
    audio = [append(i) for i in range(3)]
    cancel, truncate = ResponseCancel(), ConversationItemTruncate(item_id="a", content_index=0, audio_end_ms=1)
    for event in audio:
        outbox.put(ordered(event))
    outbox.put(Send(cancel, urgent=True))
    outbox.put(Send(truncate, urgent=True))
    assert await drain(outbox, 5) == [cancel, truncate, *audio]


async def test_commit_and_create_never_pass_the_audio_they_belong_to() -> None:
    outbox = SendQueue()
    story: list[ClientEvent] = [append(0), append(1), InputAudioBufferCommit(), ResponseCreate(), append(2)]
    for event in story:
        outbox.put(ordered(event))
    assert await drain(outbox, len(story)) == story


async def test_too_much_waiting_audio_loses_its_oldest_and_nothing_else() -> None:
    outbox = SendQueue()
    commit = InputAudioBufferCommit()
    outbox.put(ordered(commit))
    for i in range(AUDIO_QUEUE + 3):
        outbox.put(ordered(append(i)))
    assert outbox.dropped == 3
    assert await drain(outbox, 2) == [commit, append(3)]


async def test_get_waits_until_there_is_something() -> None:
    outbox = SendQueue()
    waiting = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.put(ordered(append(7)))
    assert await waiting == append(7)

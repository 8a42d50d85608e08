import asyncio

from voice_tui.drivers.send_queue import AUDIO_S, SILENCE_S, SendQueue
from voice_tui.endpoints.realtime.wire.client_events import (
    ClientEvent,
    ConversationItemTruncate,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    ResponseCancel,
    ResponseCreate,
)
from voice_tui.messages.commands import Send

PIECE_S = 0.125


def append(n: int) -> InputAudioBufferAppend:
    return InputAudioBufferAppend(audio=n.to_bytes(2, "little"))


async def drain(outbox: SendQueue, count: int) -> list[object]:
    return [await outbox.get() for _ in range(count)]


def ordered(event: ClientEvent) -> Send:
    return Send(event, audio_s=PIECE_S if isinstance(event, InputAudioBufferAppend) else 0.0)


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


async def test_what_is_said_in_an_open_turn_waits_for_a_minute() -> None:
    outbox = SendQueue()
    commit = InputAudioBufferCommit()
    outbox.put(ordered(commit))
    whole = round(AUDIO_S / PIECE_S)
    for i in range(whole - 1):
        outbox.put(ordered(append(i)))
    assert outbox.dropped == 0
    for i in range(whole - 1, whole + 3):
        outbox.put(ordered(append(i)))
    assert outbox.dropped == 3, "memory is bounded"
    assert await drain(outbox, 2) == [commit, append(3)], "and nothing but audio is given up"


async def test_silence_between_turns_is_given_up_first_and_counted() -> None:
    outbox = SendQueue()
    waiting = round(SILENCE_S / PIECE_S)
    voice = [append(i) for i in range(waiting)]
    silence = [Send(append(1_000 + i), audio_s=PIECE_S, silent=True) for i in range(3)]
    create = ResponseCreate()
    for send in (silence[0], *map(ordered, voice[:-1]), ordered(create)):
        outbox.put(send)
    assert outbox.dropped == 0
    for send in (silence[1], silence[2], ordered(voice[-1])):
        outbox.put(send)
    assert outbox.dropped == 3
    assert await drain(outbox, waiting + 1) == [*voice[:-1], create, voice[-1]]


async def test_get_waits_until_there_is_something() -> None:
    outbox = SendQueue()
    waiting = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.put(ordered(append(7)))
    assert await waiting == append(7)

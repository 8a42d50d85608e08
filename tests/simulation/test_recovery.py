"""Nothing that was said or heard disappears with a connection, however turns are taken."""

from __future__ import annotations

import base64

import pytest

from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.endpoints.realtime.answers import LOST_HERE
from voice_tui.messages.intents import Interrupt, SelectPreset
from voice_tui.messages.talk import RULE, Mute, PushToTalk

QUESTION, SECOND = "What is nine plus four?", "What is two plus two?"
STORY = "Please tell me a long story."
SPOKEN = ("server-vad", "semantic-vad", "natural", "push-to-talk", "step2-local-vad", "step4-cancel")
KEY = "push-to-talk"


def words(world: World) -> list[tuple[str, str]]:
    """(role, words) of what was said, and nothing that is still to come."""
    assert not any(row.pending for row in world.rows)
    return [(row.role, row.text) for row in world.rows if row.role != RULE]


def key(world: World, down: bool) -> None:
    if world.preset == KEY:
        world.want(PushToTalk(down))


async def lose(world: World) -> None:
    world.network.drop()
    await world.until(lambda: not world.runner.live, "the connection is lost")


async def begin(world: World, text: str, seconds: float) -> None:
    """Say a sentence, and be in the middle of it after so long."""
    key(world, True)
    world.microphone.say(world.speech.say(text))
    await world.wait(seconds)


async def finish(world: World) -> None:
    await world.until(lambda: world.microphone.finished, "it is said")
    key(world, False)


@pytest.mark.parametrize("preset", ["server-vad", "natural", KEY])
def test_a_typed_question_is_asked_again_once(preset: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(QUESTION)
        await lose(world)
        await world.live()
        await world.quiet(3.0)

    world = simulate(scene, preset=preset)
    assert words(world) == [("user", QUESTION), ("assistant", "That is 13.")]
    assert len(world.sent("response.create")) <= 2
    assert len(world.received("response.created")) == 1
    check(world.wire)


@pytest.mark.parametrize("preset", SPOKEN)
def test_a_spoken_question_whose_words_have_not_come_is_sent_again(preset: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await begin(world, QUESTION, 0.0)
        await finish(world)
        await world.until(lambda: bool(world.received("input_audio_buffer.committed")), "it is a turn")
        await lose(world)
        await world.live()
        await world.quiet(3.0)

    world = simulate(scene, preset=preset)
    assert words(world) == [("user", QUESTION), ("assistant", "That is 13.")]
    assert len(world.received("response.created")) <= 2
    check(world.wire)


@pytest.mark.parametrize("preset", SPOKEN)
@pytest.mark.parametrize("away_s", [0.0, 3.0], ids=["goes on", "is over"])
def test_both_halves_of_a_sentence_are_one_turn(preset: str, away_s: float) -> None:
    """It goes on when the connection is back, or was over long before."""

    async def scene(world: World) -> None:
        await world.live()
        await begin(world, QUESTION, 0.6)
        world.network.down = bool(away_s)
        await lose(world)
        if away_s:
            await finish(world)
            await world.wait(away_s)
        world.network.down = False
        await world.live()
        if not away_s:
            assert not world.microphone.finished
            await finish(world)
        await world.quiet(3.0)

    world = simulate(scene, preset=preset)
    assert words(world) == [("user", QUESTION), ("assistant", "That is 13.")]
    assert len(world.received("response.created")) == 1
    check(world.wire)


@pytest.mark.parametrize("preset", SPOKEN)
def test_what_is_said_without_a_session_is_answered_in_the_next(preset: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.network.down = True
        await lose(world)
        await world.wait(2.0)
        await begin(world, QUESTION, 0.0)
        await finish(world)
        await world.wait(2.0)
        world.network.down = False
        await world.live()
        await world.quiet(3.0)

    world = simulate(scene, preset=preset)
    assert words(world) == [("user", QUESTION), ("assistant", "That is 13.")]
    check(world.wire)


@pytest.mark.parametrize("preset", SPOKEN)
def test_silence_and_a_muted_microphone_are_not_kept(preset: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.network.down = True
        await lose(world)
        world.want(Mute(True))
        await begin(world, QUESTION, 0.0)
        await finish(world)
        world.want(Mute(False))
        await world.wait(5.0)
        world.network.down = False
        await world.live()
        await world.quiet(2.0)

    world = simulate(scene, preset=preset)
    assert words(world) == []
    assert not world.sent("input_audio_buffer.commit")
    assert not any(any(base64.b64decode(e["audio"])) for e in world.sent("input_audio_buffer.append"))


def test_what_is_typed_without_a_session_is_answered_in_the_next() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await lose(world)
        world.write_text(QUESTION)
        await world.live()
        await world.quiet(3.0)

    assert words(simulate(scene)) == [("user", QUESTION), ("assistant", "That is 13.")]


@pytest.mark.parametrize("preset", SPOKEN)
def test_an_answer_says_where_it_was_lost_and_goes_on(preset: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(STORY)
        await world.answering(ms=200)
        await lose(world)
        await world.live()
        await world.until(lambda: len(world.received("response.created")) > 1, "it goes on")
        await world.wait(1.0)

    world = simulate(scene, preset=preset)
    lost = next(row for row in world.rows if row.role == "assistant")
    assert (lost.note, lost.pending, lost.cut) == (LOST_HERE, False, None)
    assert [row.role for row in world.rows] == ["user", "assistant", RULE, "assistant"]
    (wish,) = world.sent("response.create")[1:]
    assert lost.text.split()[-1] in wish["response"]["instructions"]
    assert "Go on exactly where it stopped" in wish["response"]["instructions"]
    check(world.wire)


def test_two_drops_one_after_the_other_lose_nothing_either() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await begin(world, QUESTION, 0.6)
        await lose(world)
        await world.until(lambda: world.network.connections == 2, "it is being connected")
        await world.wait(0.05)
        world.network.drop()
        await finish(world)
        await world.live()
        await begin(world, SECOND, 0.5)
        await lose(world)
        await finish(world)
        await world.live()
        await world.quiet(3.0)

    said = [text for role, text in words(simulate(scene)) if role == "user"]
    assert " ".join(said) == f"{QUESTION} {SECOND}"


def test_the_line_says_why_and_how_long() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await lose(world)
        await world.live()

    world = simulate(scene)
    (line,) = world.rows
    assert (line.role, line.pending) == (RULE, False)
    assert line.text.startswith("connection lost: close 1006")
    assert line.text.endswith("back after 0.6 s")


def test_an_interruption_while_away_leaves_nothing_to_go_on_with() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(STORY)
        await world.answering(ms=200)
        await lose(world)
        world.want(Interrupt())
        await world.live()
        await world.quiet(3.0)

    assert len(simulate(scene).sent("response.create")) == 1


@pytest.mark.parametrize(
    "changes", [("push-to-talk",), ("step2-local-vad", "server-vad")], ids=["key", "there and back"]
)
def test_a_sentence_on_a_dead_line_survives_a_change_of_preset(changes: tuple[str, ...]) -> None:
    """The loss is noticed only after the change."""

    async def scene(world: World) -> None:
        await world.live()
        world.network.stall(60.0)
        await begin(world, QUESTION, 0.0)
        await finish(world)
        await world.wait(1.0)
        for preset in changes:
            world.want(SelectPreset(preset))
            await world.wait(0.5)
        await lose(world)
        await world.live()
        await world.quiet(3.0)

    world = simulate(scene, preset="server-vad")
    assert words(world) == [("user", QUESTION), ("assistant", "That is 13.")]
    check(world.wire)


def test_what_a_server_has_cleared_is_no_turn_of_the_next_session() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await begin(world, QUESTION, 0.0)
        await finish(world)
        world.want(SelectPreset("push-to-talk"))
        await world.wait(1.0)
        assert world.received("input_audio_buffer.cleared")
        await lose(world)
        await world.live()
        await world.quiet(3.0)

    world = simulate(scene, preset="server-vad")
    assert words(world) == []
    check(world.wire)

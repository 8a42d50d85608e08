"""The event inspector: keys and mouse, what is listed, what goes with what, and how an event is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.inspected import current, inspecting, is_audio, kinds, read, text
from tests.support.stage import staged
from tests.support.terminal_orders import orders
from tests.support.wire_story import CUT, PERSONA, Sent, Wire, story
from voice_tui.messages.talk import Cut, Row, RowChanged
from voice_tui.ui.inspector.screen import Inspector


@pytest.mark.parametrize("keys", [("f10",), ("alt+i",), ("escape", "I")])
async def test_it_opens_by_its_keys_and_esc_leads_back(keys: tuple[str, ...]) -> None:
    async with staged(wire=Wire().store) as stage:
        await stage.pilot.press(*keys)
        assert isinstance(stage.app.screen, Inspector)
        await stage.pilot.press("escape")
        assert stage.app.screen_stack == [stage.app.console_screen]


async def test_both_ways_are_listed_in_order_without_sound_and_the_last_one_is_shown() -> None:
    async with inspecting(Wire()) as (_, screen):
        assert kinds(screen) == [each.event["type"] for each in story() if not is_audio(each)]
        assert current(screen) == "conversation.item.truncated"
        seen = text(screen)
        assert '"audio_end_ms": 812' in seen
        assert "00:03.950" in seen.splitlines()[screen.list._height - 1]
        assert "answers #" in seen
        assert "conversation.item.truncate 50 ms before" in seen
        assert "audio hidden" in str(screen.frame.border_title)


async def test_quick_filters_and_a_typed_one() -> None:
    async with inspecting(Wire()) as (stage, screen):
        await stage.pilot.press("h")
        assert kinds(screen) == [each.event["type"] for each in story()]
        await stage.pilot.press("h", "b")
        assert kinds(screen) == [e.event["type"] for e in story() if e.direction == "client" and not is_audio(e)]
        await stage.pilot.press("b", "b", "F", *"truncat cancel -ed")
        assert kinds(screen) == ["response.cancel", "conversation.item.truncate"]
        await stage.pilot.press("enter")
        assert screen.focused is screen.list
        assert "filter: truncat cancel -ed" in str(screen.frame.border_title)
        await stage.pilot.press("escape")
        assert len(kinds(screen)) > 2
        assert stage.app.screen is screen


async def test_a_request_leads_to_its_answer_and_back_and_on_to_its_end() -> None:
    wire = Wire()
    async with inspecting(wire) as (stage, screen):
        screen.list.go_to(wire.number("response.create"))
        seen = []
        for _ in range(3):
            await stage.pilot.press("g")
            seen.append(current(screen))
        assert seen == ["response.created", "response.done", "response.created"]
        screen.list.go_to(wire.number("error"))
        await stage.pilot.pause()
        assert "answers #4 session.update 70 ms before" in text(screen)
        await stage.pilot.press("g")
        assert '"speed": 9' in text(screen)
        assert "refused by #5 error after 70 ms: invalid_value: speed: 9 is more than 1.5" in text(screen)


async def test_an_answer_that_the_filter_hides_is_shown_all_the_same() -> None:
    wire = Wire()
    async with inspecting(wire) as (stage, screen):
        await stage.pilot.press("F", *"commit", "backspace", "backspace", "backspace", "backspace")
        await stage.pilot.press("enter", "b")
        screen.list.go_to(wire.number("input_audio_buffer.commit"))
        await stage.pilot.press("g")
        assert current(screen) == "input_audio_buffer.committed"


async def test_search_goes_on_and_back_and_says_when_there_is_nothing() -> None:
    wire = Wire(2)
    async with inspecting(wire) as (stage, screen):
        await stage.pilot.press("slash", *"SPEED", "enter")
        await stage.app.workers.wait_for_complete()
        assert current(screen) == "session.update", "from the end it begins anew at the top"
        await stage.pilot.press("n")
        await stage.app.workers.wait_for_complete()
        assert current(screen) == "error"
        await stage.pilot.press("N")
        await stage.app.workers.wait_for_complete()
        assert current(screen) == "session.update"
        await stage.pilot.press("slash", *"nowhere", "enter")
        await stage.app.workers.wait_for_complete()
        assert ["Not found" in note for note in stage.news()] == [True]


async def test_long_strings_are_folded_and_shown_whole_and_copied_whole() -> None:
    wire = Wire()
    async with inspecting(wire, (200, 60)) as (stage, screen):
        screen.list.go_to(wire.number("session.update"))
        await stage.pilot.pause()
        assert f"… ({len(PERSONA)} characters)" in text(screen)
        await stage.pilot.press("y")
        assert json.loads(stage.app.clipboard)["session"]["instructions"] == PERSONA
        await stage.pilot.press("m")
        shown = text(screen)
        assert "characters" not in shown
        assert shown.count("helpful") == PERSONA.count("helpful")


async def test_sound_is_a_length_and_a_wave() -> None:
    wire = Wire()
    async with inspecting(wire) as (stage, screen):
        await stage.pilot.press("h")
        screen.list.go_to(wire.number("response.output_audio.delta"))
        await stage.pilot.pause()
        head = text(screen)
        assert "♪ 200 ms, 9,600 bytes" in head
        assert "▇███████" in head
        assert "200 ms of sound" in head


async def test_all_or_the_listed_events_are_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wire = Wire()
    async with inspecting(wire) as (stage, screen):
        await stage.pilot.press("s", "enter")
        await stage.app.workers.wait_for_complete()
        file = tmp_path / "events-2026-01-05-120407.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        assert [line["event"] for line in lines] == [each.event for each in story()]
        assert {"t", "dir", "session", "dialect", "event"} == set(lines[0])
        await stage.pilot.press("F", *"truncate", "enter", "x")
        screen.question.value = str(tmp_path / "some.jsonl")
        await stage.pilot.press("enter")
        await stage.app.workers.wait_for_complete()
        assert len((tmp_path / "some.jsonl").read_text().splitlines()) == 2
        await stage.pilot.press("s", "enter")
        await stage.app.workers.wait_for_complete()
        said = stage.news()
        assert "File exists" in said[-1]
        assert str(wire.store.last) in said[0]


async def test_a_click_chooses_an_event_and_enter_leads_into_it() -> None:
    async with inspecting(Wire()) as (stage, screen):
        await stage.pilot.press("home")
        await stage.pilot.click("#events-list", offset=(20, 2))
        assert current(screen) == "session.updated"
        await stage.pilot.press("enter")
        assert screen.detail.has_focus
        await stage.pilot.press("escape")
        assert screen.list.has_focus


async def test_from_a_cut_one_comes_to_its_events() -> None:
    row = Row(CUT, "assistant", "AI", "All right", " here is the story.", cut=Cut(812, 1_200))
    wire = Wire()
    async with staged(wire=wire.store) as stage:
        await stage.pilot.press("escape", "j")
        assert stage.app.screen is stage.app.console_screen, "nothing was cut yet"
        await stage.say(RowChanged(row, None))
        await stage.pilot.press("escape", "j")
        await stage.pilot.pause()
        screen = stage.app.screen
        assert isinstance(screen, Inspector)
        await read(stage, screen)
        assert current(screen) == "conversation.item.truncate"
        await stage.pilot.press("escape")
        transcript = stage.app.console_screen.transcript
        block = transcript.rows.block(CUT)
        line = next(n for n, line in enumerate(block.lines) if any("✂" in piece for piece, _ in line.pieces))
        await stage.pilot.click("#transcript", offset=(transcript.gutter.left + 14, transcript.gutter.top + line))
        await stage.pilot.pause()
        assert isinstance(stage.app.screen, Inspector)


async def test_an_item_whose_events_are_gone_is_said() -> None:
    wire = Wire()
    async with staged(wire=wire.store) as stage:
        await stage.say(RowChanged(Row("gone", "assistant", "AI", "All", "right", cut=Cut(1, 2)), None))
        await stage.pilot.press("escape", "j")
        screen = stage.app.screen
        assert isinstance(screen, Inspector)
        await read(stage, screen)
        assert ["not kept" in note for note in stage.news()] == [True]


async def test_nothing_that_a_terminal_obeys_is_shown() -> None:
    wire = Wire()
    evil = "\x1b]52;c;AAAA\x07\u202edesrever\x9b2J"
    wire.tell(iter([Sent(4.0, "server", {"type": evil, "delta": evil, evil: [evil]})]))
    wire.store.write("server", evil.encode())
    async with inspecting(wire) as (stage, screen):
        for _ in range(2):
            assert orders(text(screen).replace("\n", " ")) == []
            await stage.pilot.press("up")


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (40, 12)])
async def test_list_and_event_are_seen_in_every_size(size: tuple[int, int]) -> None:
    async with inspecting(Wire(3), size) as (stage, screen):
        assert screen.list.size.height >= 2
        assert screen.detail.size.height >= 1
        await stage.pilot.press("slash")
        assert screen.question.region.height == 3
        assert screen.list.size.height >= 1

"""The screen of setup: what is pasted is understood, tried, and kept where the user says; the key is never shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from dotenv import dotenv_values
from textual import events
from textual.widgets import Input

from tests.support.stage import Stage, staged
from voice_tui.drivers.handshake import Handshake
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.intents import SelectEndpoint
from voice_tui.settings.config import load
from voice_tui.ui.outset import Outset
from voice_tui.ui.setup.entry import Keeping, Shelf
from voice_tui.ui.setup.screen import SetupScreen

KEY = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"
URI = "https://my-resource.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=my-realtime"


class Form:
    """The screen, open, with files of its own and a door that answers what it is told to."""

    def __init__(self, folder: Path) -> None:
        self.env, self.home, self.config = folder / ".env", folder / "home" / ".env", folder / "home" / "config.toml"
        self.asked: list[Endpoint] = []
        self.answer = Handshake("", 0.41, session=True)
        self.environment: dict[str, str] = {}
        self.stage: Stage

    async def shake(self, endpoint: Endpoint) -> Handshake:
        self.asked.append(endpoint)
        return self.answer

    @property
    def screen(self) -> SetupScreen:
        assert isinstance(self.stage.app.screen, SetupScreen)
        return self.stage.app.screen

    def text(self, name: str) -> str:
        return str(self.screen.query_one(f"#setup-{name}").render())

    async def enter(self, **fields: str) -> None:
        for name, value in fields.items():
            self.screen.query_one(f"#setup-{name}").focus()
            await self.stage.pilot.pause()
            await self.stage.pilot.press(*([] if not value else ["x", "backspace"]))
            self.screen.focused.value = value  # type: ignore[union-attr]  # typing it key by key takes seconds
        await self.stage.pilot.pause()

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.stage.pilot.press(key)
            await self.stage.app.workers.wait_for_complete()
            await self.stage.pilot.pause()


@asynccontextmanager
async def form(folder: Path, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Form]:
    each = Form(folder)
    shelves = (Shelf(each.env, "here"), Shelf(each.home, "everywhere"))
    keeping = Keeping(shelves, each.config, each.shake, lambda: each.environment)
    async with staged(size, outset=Outset(keeping=keeping)) as stage:
        each.stage = stage
        await stage.pilot.press("alt+e")
        await stage.pilot.pause()
        yield each


async def test_a_target_uri_is_understood_tried_and_kept_and_the_talk_goes_on_there(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# mine\nVOICE_TUI_THEME=dusk\nVOICE_TUI_URL=ws://old\n")
    async with form(tmp_path) as it:
        await it.enter(address=URI, key=KEY)
        where, what = "my-resource.openai.azure.com · deployment my-realtime", "api-version 2025-04-01-preview"
        assert it.text("understood") == f"Azure OpenAI, preview API · {where} · {what}"
        await it.press("enter")
        (asked,) = it.asked
        assert asked.url == URI.replace("https", "wss")
        assert asked.headers["api-key"].reveal() == KEY
        assert it.text("said") == "✓ It lets us in, after 0.41 s."
        await it.press("enter")
        assert it.stage.sent() == [SelectEndpoint("azure-preview")]
        assert KEY not in it.text("understood") + it.text("said")
        assert it.screen.query_one("#setup-key").value == ""  # type: ignore[attr-defined]  # an Input
    written = dotenv_values(tmp_path / ".env")
    assert written["AZURE_OPENAI_API_KEY"] == KEY
    assert (written["AZURE_OPENAI_DEPLOYMENT"], written["OPENAI_API_VERSION"]) == ("my-realtime", "2025-04-01-preview")
    assert (written["VOICE_TUI_THEME"], written["VOICE_TUI_URL"]) == ("dusk", "")
    assert (tmp_path / ".env").read_text().startswith("# mine\n")


async def test_the_key_is_masked_on_the_screen(tmp_path: Path) -> None:
    async with form(tmp_path) as it:
        await it.enter(key=KEY)
        shown = "".join(segment.text for line in it.screen._compositor.render_strips() for segment in line)
        assert KEY not in shown
        assert "•" in shown
        assert KEY not in repr(it.screen.entry)


async def test_a_named_endpoint_becomes_a_table_and_its_key_a_variable(tmp_path: Path) -> None:
    async with form(tmp_path) as it:
        await it.enter(address="ws://127.0.0.1:8000/v1/realtime", key=KEY, name="lab")
        await it.press("enter", "down", "enter")
        assert it.stage.sent() == [SelectEndpoint("lab")]
        assert "lab" in [each.name for each in it.stage.app.state.endpoints]
    config, problems = load({"endpoint": "lab"}, {}, None, tmp_path / "home" / "config.toml")
    assert problems == []
    assert (config.url, config.api_key.reveal()) == ("ws://127.0.0.1:8000/v1/realtime", KEY)
    assert KEY not in (tmp_path / "home" / "config.toml").read_text()


async def test_what_is_refused_says_why_and_can_be_kept_all_the_same(tmp_path: Path) -> None:
    async with form(tmp_path) as it:
        it.answer = Handshake("HTTP 401, the key was refused: check OPENAI_API_KEY")
        await it.enter(key="sk-" + KEY)
        await it.press("enter")
        assert it.text("said").startswith("✗ HTTP 401, the key was refused")
        assert not it.screen.where.display
        await it.press("ctrl+j", "enter")
        assert dotenv_values(it.env)["OPENAI_API_KEY"] == "sk-" + KEY


async def test_what_is_missing_is_said_without_asking_anybody(tmp_path: Path) -> None:
    async with form(tmp_path) as it:
        await it.press("enter")
        assert it.text("said") == "✗ key: OpenAI wants one"
        await it.enter(address="https://r.openai.azure.com", key=KEY)
        await it.press("enter")
        assert it.text("said").startswith("✗ model: give the name of the deployment")
        await it.enter(address="https://user:s3cret@r.openai.azure.com")
        await it.press("enter")
        assert "s3cret" not in it.text("said") + it.text("understood")
        await it.enter(address="", key="two words")
        await it.press("enter")
        assert it.text("said").startswith("✗ key: it holds a blank")
        assert it.asked == []


async def test_a_variable_of_the_environment_that_wins_is_said(tmp_path: Path) -> None:
    async with form(tmp_path) as it:
        it.environment = {"OPENAI_API_KEY": "sk-another", "VOICE_TUI_URL": "ws://other"}
        await it.enter(key="sk-" + KEY)
        await it.press("enter", "enter")
        assert it.text("said").startswith("In your environment OPENAI_API_KEY, VOICE_TUI_URL win over it")
        assert it.stage.sent() == []


async def test_what_was_changed_after_the_try_has_to_be_tried_again(tmp_path: Path) -> None:
    async with form(tmp_path) as it:
        await it.enter(key="sk-" + KEY)
        await it.press("enter")
        assert it.screen.where.display
        await it.enter(model="gpt-realtime-2")
        assert not it.screen.where.display


async def test_a_file_that_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    async with form(tmp_path) as it:
        (tmp_path / ".env").mkdir()
        await it.enter(key="sk-" + KEY)
        await it.press("enter", "enter")
        assert it.text("said").startswith(f"✗ {tmp_path}/.env: ")
        assert it.stage.sent() == []


async def test_what_is_typed_behind_tab_in_one_go_is_in_the_next_field(tmp_path: Path) -> None:
    """As a password manager types, or anybody on a machine that is busy."""
    async with form(tmp_path) as opened:
        await opened.enter(address=URI)
        for key in ("tab", "tab", *KEY):
            opened.stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await opened.stage.pilot.pause()
        fields = {name: opened.screen.query_one(f"#setup-{name}", Input).value for name in ("address", "model", "key")}
        assert fields == {"address": URI, "model": "", "key": KEY}

"""Other endpoints to go to during a conversation."""

from datetime import datetime
from pathlib import Path

import pytest

from voice_tui.cli import configuration as settled
from voice_tui.cli.configuration import configuration
from voice_tui.cli.wiring import elsewhere, embedded_server, endpoints, place_of, resolver
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.messages.intents import SelectEndpoint
from voice_tui.messages.usage import Billing
from voice_tui.settings.choice import Refused

FILE = """
[endpoints.grok]
provider = "xai"

[endpoints.nas]
url = "ws://nas:1/v1/realtime?zone=secret"
voice = "cedar"
key_env = "NAS_KEY"

[endpoints.wrong]
url = "ws://h:x"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XAI_API_KEY", "xai-key-123")
    monkeypatch.setenv("NAS_KEY", "nas-key-123")
    (folder := tmp_path / "voice-tui").mkdir()
    (folder / "config.toml").write_text(FILE)


async def found(name: str, **given: object) -> Endpoint:
    config, _ = configuration(given)
    endpoint: Endpoint = await elsewhere(given, embedded_server(config))(name)()
    return endpoint


async def test_the_flags_of_the_start_do_not_follow_to_another_endpoint() -> None:
    given = {"url": "ws://start", "model": "m", "voice": "marin", "dialect": "preview"}
    grok = await found("grok", **given)
    assert grok.url == "wss://api.x.ai/v1/realtime?model=grok-voice-latest"
    assert grok.place is not None
    assert grok.place.capabilities == PROVIDERS["xai"].capabilities
    assert (grok.place.voice, grok.place.transcription_model) == ("", "grok-transcribe")
    nas = await found("nas", **given)
    assert nas.headers["Authorization"].reveal() == "Bearer nas-key-123"
    assert nas.place is not None
    assert nas.place.voice == "cedar"


@pytest.mark.parametrize("given", [{"endpoint": "nas"}, {"url": "ws://start"}, {"provider": "xai"}])
def test_the_embedded_server_can_be_gone_to_from_wherever_it_started(given: dict[str, object]) -> None:
    config, _ = configuration(given)
    elsewhere(given, embedded_server(config))("embedded")


async def test_the_start_itself_has_a_place() -> None:
    config, _ = configuration({"url": "ws://start", "voice": "marin"})
    endpoint = await resolver(config, embedded_server(config))()
    assert endpoint.place == place_of(config, embedded_server(config))
    assert endpoint.place.voice == "marin"


@pytest.mark.parametrize(("name", "words"), [("wrong", "1 to 65535"), ("nobody", "grok, nas, wrong")])
async def test_one_that_can_not_be_used_is_refused_in_one_line(name: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        await found(name)


def test_every_named_one_and_the_embedded_server_are_offered_with_their_address() -> None:
    given = {"url": "ws://start", "model": "m"}
    config, _ = configuration(given)
    offered = endpoints(config, given)
    assert all(isinstance(e, SelectEndpoint) for e in offered)
    about = {e.name: e.about for e in offered}
    assert list(about) == ["grok", "nas", "wrong", "embedded"]
    assert about["grok"] == "api.x.ai/v1/realtime · grok-voice-latest"
    assert about["nas"] == "nas:1/v1/realtime"
    assert "1 to 65535" in {e.name: e.problem for e in offered}["wrong"]
    assert "key" not in str(offered)
    assert "secret" not in str(offered)


async def test_where_it_is_talked_to_has_the_name_that_it_is_offered_under() -> None:
    assert (await found("nas")).name == "nas"


def test_their_keys_are_kept_out_of_the_log_before_they_are_used() -> None:
    assert "nas-key-123" in configuration({})[0].secrets


async def test_what_openai_charges_is_not_asked_for_a_server_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settled, "clock", datetime(2026, 12, 1).timestamp)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1234567890")
    given = {"provider": "openai", "model": "gpt-realtime"}
    for base, billing in (("", Billing.TOKENS), ("http://127.0.0.1:8000/v1", Billing.UNKNOWN)):
        monkeypatch.setenv("OPENAI_BASE_URL", base)
        config, said = configuration(given)
        assert place_of(config, embedded_server(config)).capabilities.billing is billing
        assert any("gpt-realtime ends" in line for line in said) is (billing is Billing.TOKENS)

from pathlib import Path

import pytest

from voice_tui.settings.choice import Refused, choose
from voice_tui.settings.config import load

FILE = """
[endpoints.work]
provider = "azure"
url = "https://gate.example/team"
model = "our-realtime"
key_env = "WORK_KEY"
voice = "cedar"
audio_format = "g711_ulaw"
transcription_model = "our-whisper"
proxy = "http://proxy.example:8080"
ca = "/etc/ssl/work.pem"
headers = { "Ocp-Apim-Subscription-Key" = "$APIM_KEY", "X-Team" = "voice lab" }

[endpoints.home]
url = "ws://nas.local:8000/v1/realtime"

[endpoints.lab]
provider = "openai"
dialect = "preview"
"""
VARIABLES = {
    "WORK_KEY": " work-key-1 \n", "APIM_KEY": "apim-key-1", "OPENAI_API_KEY": "sk-123456",
    "VOICE_TUI_API_KEY": "other-key", "VOICE_TUI_MODEL": "other-model", "VOICE_TUI_URL": "ws://other",
    "VOICE_TUI_VOICE": "alloy",
}  # fmt: skip


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    return path


def test_a_named_endpoint_brings_everything(toml: Path) -> None:
    config, problems = load({"endpoint": "work"}, VARIABLES, None, toml)
    assert problems == []
    endpoint = choose(config)
    assert endpoint is not None
    assert endpoint.url == "wss://gate.example/team/openai/v1/realtime?model=our-realtime"
    assert {name: value.reveal() for name, value in endpoint.headers.items()} == {
        "api-key": "work-key-1", "Ocp-Apim-Subscription-Key": "apim-key-1", "X-Team": "voice lab",
    }  # fmt: skip
    assert (endpoint.name, endpoint.key_name) == ("work", "WORK_KEY")
    assert (endpoint.proxy.reveal(), endpoint.authorities) == ("http://proxy.example:8080", "/etc/ssl/work.pem")
    assert endpoint.deviations.audio_format == "g711_ulaw"
    assert (config.voice, config.transcription_model) == ("cedar", "our-whisper")
    assert {"work-key-1", "apim-key-1"} <= set(config.secrets)
    assert not any(key in repr(config) + repr(endpoint) for key in ("work-key-1", "apim-key-1"))


def test_a_flag_wins_over_it_and_nothing_else_does(toml: Path) -> None:
    config, _ = load({"endpoint": "work", "voice": "marin", "model": "m2"}, VARIABLES, None, toml)
    assert (config.voice, config.model) == ("marin", "m2")


def test_no_key_is_sent_that_it_does_not_name(toml: Path) -> None:
    endpoint = choose(load({"endpoint": "home"}, VARIABLES, None, toml)[0])
    assert endpoint is not None
    assert endpoint.url == "ws://nas.local:8000/v1/realtime"
    assert endpoint.headers == {}


def test_a_provider_alone_uses_the_providers_own_variables(toml: Path) -> None:
    endpoint = choose(load({"endpoint": "lab"}, VARIABLES, None, toml)[0])
    assert endpoint is not None
    assert endpoint.host == "api.openai.com"
    assert endpoint.headers["Authorization"].reveal() == "Bearer sk-123456"
    assert endpoint.dialect == "preview"


def test_the_variables_may_stand_in_the_dotenv(toml: Path, tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("WORK_KEY=k-from-file\nAPIM_KEY=a-from-file\nVOICE_TUI_ENDPOINT=work\n")
    config, problems = load({}, {}, dotenv, toml)
    assert problems == []
    assert config.api_key.reveal() == "k-from-file"


def test_all_names_are_known(toml: Path) -> None:
    assert load({}, {}, None, toml)[0].endpoints == ("work", "home", "lab")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"endpoint": "wrok"}, ["endpoint: 'wrok'", "work, home, lab"]),
        ({"endpoint": "work", "url": "ws://x"}, ["'work'", "url"]),
        ({"endpoint": "work", "provider": "openai"}, ["'work'", "provider"]),
    ],
)
def test_a_choice_that_can_not_be_is_refused(toml: Path, flags: dict[str, object], words: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        choose(load(flags, VARIABLES, None, toml)[0])
    assert all(word in str(refused.value) for word in words), refused.value


def test_a_variable_that_is_not_set_is_said_only_where_it_is_needed(toml: Path) -> None:
    assert load({}, {}, None, toml)[1] == []
    with pytest.raises(Refused, match=r"endpoints\.work: key_env: the variable WORK_KEY is not set"):
        choose(load({"endpoint": "work"}, {"APIM_KEY": "k"}, None, toml)[0])


@pytest.mark.parametrize("key", ["sk-proj-abcDEF1", "0123456789abcdef01234567", "AKIA0123456789ABCDEF", "hunter2"])
@pytest.mark.parametrize("field", ["key_env = 'KEY'", "headers = { Authorization = '$KEY' }"])
def test_a_key_that_stands_where_a_variable_is_named_is_not_shown(tmp_path: Path, key: str, field: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[endpoints.work]\nurl = 'ws://h'\n{field.replace('KEY', key)}\n")
    config, problems = load({"endpoint": "work"}, {}, None, path)
    with pytest.raises(Refused, match=r"endpoints\.work: .*the name of the variable that holds it") as refused:
        choose(config)
    assert key not in f"{refused.value} {problems}"


def test_a_file_that_can_not_be_read_is_why_an_endpoint_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[endpoints.work\nurl = 'ws://h'\n")
    with pytest.raises(Refused, match=r"config\.toml: Expected '\]'"):
        choose(load({"endpoint": "work"}, {}, None, path)[0])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[endpoints.a]\nurl = 'ws://h:x'\n", ["endpoints.a: url: 'ws://h:x'", "1 to 65535"]),
        ("[endpoints.a]\nurl = 'ws://me:hunter22@h'\n", ["endpoints.a: url: ws://h", "password"]),
        ("[endpoints.a]\nprovider = 'aws'\n", ["endpoints.a: provider: 'aws'", "azure-preview"]),
        ("[endpoints.a]\nprovider = 'openai'\ncolour = 1\n", ["endpoints.a: colour", "key_env, headers"]),
        ("[endpoints.a]\nprovider = 'openai'\nmodel = 1\n", ["endpoints.a: model: 1", "quotes"]),
        ("[endpoints.a]\nprovider = 'openai'\nproxy = 'http://me:hunter22@p'\n", ["endpoints.a: proxy", "password"]),
        ("[endpoints.a]\nprovider = 'openai'\nheaders = { 'X Y' = 'z' }\n", ["endpoints.a: headers.X Y", "name"]),
        ("[endpoints.a]\nprovider = 'openai'\nheaders = { X = 1 }\n", ["endpoints.a: headers.X", "quotes"]),
        ("[endpoints.a]\nurl = 'ws://h'\nheaders = { upgrade = 'x' }\n", ["headers.upgrade", "leave it out"]),
        ("[endpoints.a]\nurl = 'ws://h'\nheaders = { Sec-WebSocket-Key = 'x' }\n", ["Sec-WebSocket-Key", "leave it"]),
        ("[endpoints.a]\nmodel = 'm'\n", ["endpoints.a: give provider or url"]),
        ("endpoints = 3\n", ["endpoints: 3", "[endpoints.NAME]"]),
        ("[endpoints]\na = 3\n", ["endpoints.a: 3", "table"]),
    ],
)
def test_what_is_wrong_is_named_by_file_table_field_and_what_is_allowed(
    tmp_path: Path, table: str, words: list[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(table)
    config, problems = load({"endpoint": "a"}, {}, None, path)
    found = [p for p in problems if all(word in p for word in [*words, str(path)])]
    assert len(found) >= 1, problems
    assert not any("hunter22" in p for p in problems)
    with pytest.raises(Refused):
        choose(config)


def test_a_header_that_is_given_takes_the_place_of_ours_in_any_spelling(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[endpoints.a]\nurl = 'ws://h'\nkey_env = 'KEY'\nheaders = { authorization = 'Basic x' }\n")
    endpoint = choose(load({"endpoint": "a"}, {"KEY": "k-123456"}, None, path)[0])
    assert endpoint is not None
    assert {name: value.reveal() for name, value in endpoint.headers.items()} == {"authorization": "Basic x"}


@pytest.mark.parametrize(
    ("wrong", "meant"), [("provder", "provider"), ("endpoint_", "endpoint"), ("endpionts", "endpoints")]
)
def test_a_setting_that_is_spelt_wrong_is_told_the_likely_one_first(tmp_path: Path, wrong: str, meant: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"{wrong} = 'x'\n")
    (problem,) = load({}, {}, None, path)[1]
    assert f"{wrong}: no such setting, there are {meant}, " in problem

import os
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from dotenv import dotenv_values

from voice_tui.cli.configuration import choose_endpoint
from voice_tui.cli.options import UsageProblem
from voice_tui.messages.presets import PRESETS
from voice_tui.settings.config import Config, load
from voice_tui.settings.options import OPTIONS, VARIABLES

ROOT = Path(__file__).parents[3]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    dotenv, toml = tmp_path / ".env", tmp_path / "config.toml"
    dotenv.write_text("VOICE_TUI_THEME=from-dotenv\nVOICE_TUI_VOICE=from-dotenv\nVOICE_TUI_MODEL=from-dotenv\n")
    toml.write_text('theme = "from-file"\nvoice = "from-file"\nmodel = "from-file"\nmic = "from-file"\n')
    return dotenv, toml


def test_flag_beats_environment_beats_dotenv_beats_file_beats_default(files: tuple[Path, Path]) -> None:
    environment = {"VOICE_TUI_THEME": "from-environment", "VOICE_TUI_VOICE": "from-environment"}
    config, problems = load({"theme": "from-flag", "voice": None}, environment, *files)
    got = (config.theme, config.voice, config.model, config.mic, config.provider)
    assert got == ("from-flag", "from-environment", "from-dotenv", "from-file", "auto")
    assert problems == []


def test_the_process_environment_is_left_alone(files: tuple[Path, Path]) -> None:
    before = dict(os.environ)
    load({}, os.environ, *files)
    assert dict(os.environ) == before


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({}, {"VOICE_TUI_PRESET": ""})[0].preset == Config().preset


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("VOICE_TUI_PRESET", "natura", ["VOICE_TUI_PRESET", "'natura'", "server-vad", "step4-cancel"]),
        ("VOICE_TUI_PROVIDER", "aws", ["VOICE_TUI_PROVIDER", "'aws'", "embedded, azure, azure-preview"]),
        ("VOICE_TUI_GREETING", "maybe", ["VOICE_TUI_GREETING", "'maybe'", "yes or no"]),
        ("VOICE_TUI_URL", "ftp://x", ["VOICE_TUI_URL", "'ftp://x'", "wss://"]),
        ("AZURE_OPENAI_ENDPOINT", "my-resource", ["AZURE_OPENAI_ENDPOINT", "'my-resource'", "https://"]),
    ],
)
def test_a_wrong_variable_is_said_in_one_line_and_the_default_holds(
    variable: str, value: str, words: list[str]
) -> None:
    config, problems = load({}, {variable: value})
    assert config == Config()
    (problem,) = problems
    assert "\n" not in problem
    assert all(word in problem for word in words), problem


def test_every_wrong_line_of_the_file_is_named_and_the_right_ones_hold(tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text(
        'preset = "loud"\nmicrophone = "x"\nmodel = 7\nopenai_api_key = "sk-secret-1234"\nvoice = "marin"\n'
    )
    config, problems = load({}, {}, None, toml)
    assert config.voice == "marin"
    assert not config.openai_api_key
    for field in ("preset", "microphone", "model", "openai_api_key"):
        assert sum(f": {field}: " in p for p in problems) == 1, (field, problems)
    assert "sk-secret-1234" not in "".join(problems)


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("context_budget = 8000.0", "a whole number"),
        ("context_budget = true", "a whole number"),
        ("max_cost = true", "a number"),
        ("max_minutes = 2026-11-29", "a number"),
        ("mic = 2.5", "a text in quotes"),
        ("greeting = 1", "true or false"),
        ("greeting = []", "true or false"),
        ("tools = 7", "a list of texts in quotes"),
        ("preset = 7", f"one of {', '.join(PRESETS)}"),
        ("preset = ['natural']", f"one of {', '.join(PRESETS)}"),
        ("url = 7", "an address in quotes"),
        ("record_limit = nan", "a size such as 500MB or 4GB"),
    ],
)
def test_what_is_of_another_kind_is_answered_with_the_kind_that_is_meant(tmp_path: Path, line: str, given: str) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text(line)
    (problem,) = load({}, {}, None, toml)[1]
    assert problem.endswith(f"is not allowed, give {given}")


@pytest.mark.parametrize(
    "kind", ["7", "-1.5", "nan", "true", "[1]", "{a = 1}", "2026-11-29", "9223372036854775807", "[[]]"]
)
@pytest.mark.parametrize("field", OPTIONS)
def test_whatever_kind_a_value_is_of_it_is_taken_or_said_with_its_name(tmp_path: Path, field: str, kind: str) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text(f"{field} = {kind}")
    config, problems = load({}, {}, None, toml)
    if problems:
        (problem,) = problems
        assert problem.startswith(f"{toml}: {field}")
        assert getattr(config, field) == getattr(Config(), field)
    else:
        given = tomllib.loads(f"x = {kind}")["x"]
        assert getattr(config, field) == (Decimal(str(given)) if field == "max_cost" else given)


@pytest.mark.parametrize(
    ("environment", "saved", "flags"),
    [
        ({"VOICE_TUI_PRESET": "push-to-talk"}, {}, {}),
        ({}, {"preset": "push-to-talk"}, {}),
        ({}, {}, {"preset": "push-to-talk"}),
    ],
)
def test_what_is_wrong_is_said_though_another_source_says_what_holds(
    tmp_path: Path, environment: dict[str, str], saved: dict[str, str], flags: dict[str, str]
) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text("preset = 7")
    config, problems = load(flags, environment, None, toml, saved=saved)
    assert (config.preset, dict(config.refused)) == ("push-to-talk", {})
    assert [problem.split(" is not")[0] for problem in problems] == [f"{toml}: preset: 7"]


def test_an_address_that_is_wrong_is_said_and_stops_nothing_where_another_one_is_given(tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text("url = 7")
    config, problems = load({"url": "wss://example.test/v1"}, {}, None, toml)
    assert (config.url, dict(config.refused)) == ("wss://example.test/v1", {})
    assert [problem.split(" is not")[0] for problem in problems] == [f"{toml}: url: 7"]


def test_a_variable_that_is_nearly_called_as_one_of_ours_is_said_and_others_are_nobodys_business() -> None:
    given = {"VOICE_TUI_PRESETS": "natural", "VOICE_TUI_KEY_MINE": "x", "VOICE_TUI_TEST_DATA": "x", "PRESET": "x"}
    assert load({}, given)[1] == ["environment: VOICE_TUI_PRESETS: no such variable, there is VOICE_TUI_PRESET"]


def test_a_file_that_is_no_toml_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text("preset = \n")
    config, problems = load({}, {}, None, toml)
    assert config == Config()
    assert len(problems) == 1
    assert "line 1" in problems[0]


def test_secrets_never_show() -> None:
    secret = "sk-very-secret-value"
    keys = [o for o in OPTIONS.values() if o.secret and o.name != "proxy"]
    config, _ = load({}, {o.variable: secret for o in keys} | {"VOICE_TUI_PROXY": f"http://me:{secret}@proxy"})
    assert secret not in repr(config)
    assert secret not in str(config.openai_api_key)
    assert f"{config.azure_api_key}" == "Secret(…)"
    assert sorted(config.secrets) == [f"http://me:{secret}@proxy"] + [secret] * len(keys)


def test_env_example_names_every_variable_once_and_says_something_about_each() -> None:
    path = ROOT / ".env.example"
    lines = path.read_text().splitlines()
    named = [line.lstrip("# ").split("=")[0] for line in lines if "=" in line and line.lstrip("# ").isascii()]
    known = {o.variable for o in OPTIONS.values()}
    assert known <= set(named)
    assert set(dotenv_values(path)) <= VARIABLES
    for variable in known:
        at = next(i for i, line in enumerate(lines) if line.lstrip("# ").startswith(variable + "="))
        assert any(lines[k].startswith("#") for k in range(max(0, at - 3), at)), f"{variable} has no comment"


AZURE = {
    "AZURE_OPENAI_API_KEY": "azure-key-123",
    "AZURE_OPENAI_ENDPOINT": "https://res.openai.azure.com/",
    "AZURE_OPENAI_DEPLOYMENT": "my-realtime",
}
OPENAI = {"OPENAI_API_KEY": "sk-openai-123"}


@pytest.mark.parametrize(
    ("environment", "flags", "url", "header"),
    [
        (AZURE, {}, "wss://res.openai.azure.com/openai/v1/realtime?model=my-realtime", ("api-key", "azure-key-123")),
        (
            OPENAI,
            {},
            "wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1",
            ("Authorization", "Bearer sk-openai-123"),
        ),
        (AZURE | OPENAI, {"provider": "openai"}, "wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1", None),
        (AZURE, {"model": "other"}, "wss://res.openai.azure.com/openai/v1/realtime?model=other", None),
        (
            OPENAI | {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"},
            {},
            "ws://127.0.0.1:9/v1/realtime?model=gpt-realtime-2.1",
            None,
        ),
        (OPENAI, {"url": "ws://h/v1/realtime"}, "ws://h/v1/realtime", None),
    ],
)
def test_the_endpoint_follows_the_keys(
    environment: dict[str, str], flags: dict[str, object], url: str, header: tuple[str, str] | None
) -> None:
    endpoint = choose_endpoint(load(flags, environment)[0])
    assert endpoint is not None
    assert endpoint.url == url
    assert not any(key in endpoint.url + repr(endpoint) for key in ("azure-key-123", "sk-openai-123"))
    if header is not None:
        name, value = header
        assert endpoint.headers[name].reveal() == value


@pytest.mark.parametrize(("environment", "provider"), [({}, "auto"), (AZURE | OPENAI, "embedded")])
def test_without_a_key_or_when_asked_it_is_the_embedded_server(environment: dict[str, str], provider: str) -> None:
    assert choose_endpoint(load({"provider": provider}, environment)[0]) is None


def test_a_key_for_openai_is_never_sent_to_another_url() -> None:
    endpoint = choose_endpoint(load({"url": "ws://elsewhere/v1/realtime"}, OPENAI | AZURE)[0])
    assert endpoint is not None
    assert endpoint.headers == {}


@pytest.mark.parametrize(("provider", "missing"), [("azure", "AZURE_OPENAI_ENDPOINT"), ("openai", "OPENAI_API_KEY")])
def test_a_named_provider_says_what_it_misses(provider: str, missing: str) -> None:
    with pytest.raises(UsageProblem, match=missing):
        choose_endpoint(load({"provider": provider}, {"AZURE_OPENAI_API_KEY": "k-123456"})[0])


def test_an_env_file_beside_the_config_file_counts_after_the_one_where_one_starts(tmp_path: Path) -> None:
    home, here = tmp_path / "home" / ".env", tmp_path / ".env"
    home.parent.mkdir()
    home.write_text("OPENAI_API_KEY=sk-home\nVOICE_TUI_THEME=dusk\n")
    here.write_text("OPENAI_API_KEY=sk-here\n")
    config, problems = load({}, {}, here, tmp_path / "home" / "config.toml")
    assert (config.openai_api_key.reveal(), config.theme, problems) == ("sk-here", "dusk", [])
    assert config.origins["theme"] == f"{home}: VOICE_TUI_THEME"
    config, _ = load({}, {}, None, tmp_path / "home" / "config.toml")
    assert config.openai_api_key.reveal() == "sk-home"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.endpoints.address import AddressError
from voice_tui.settings.config import load
from voice_tui.settings.values import ECHO, QUOTES, brain, header, key, plain, proxy

KEY = "sk-abc-123"
KEYS = ["OPENAI_API_KEY", "VOICE_TUI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "VOICE_TUI_BRAIN_KEY"]
AROUND = [" ", "\n", "\r\n", "\t", '"', "'", "“", "”", "\ufeff", "\u200b", "\u00a0", ' "\n']


@pytest.mark.parametrize("around", AROUND)
def test_what_was_pasted_with_a_key_is_no_part_of_it(around: str) -> None:
    assert key(around + KEY + around).reveal() == KEY
    assert key(KEY + around).reveal() == KEY


@pytest.mark.parametrize("around", [*AROUND, "”", "«", "`", "\u2060", "<", ">,"])
def test_what_was_pasted_with_an_address_or_a_name_is_no_part_of_it(around: str) -> None:
    given = {
        "VOICE_TUI_URL": f"{around}wss://h/v1/realtime{around}",
        "VOICE_TUI_BRAIN_URL": f"{around}http://h/v1{around}",
    }
    config, problems = load({}, given)
    assert (config.url, config.brain_url) == ("wss://h/v1/realtime", "http://h/v1")
    config, more = load({"url": f"wss://h/v1/realtime{around}"}, {})
    assert config.url == "wss://h/v1/realtime"
    assert problems == more == []


def test_quotes_that_a_shell_leaves_around_a_value_are_no_part_of_it() -> None:
    given = {
        "VOICE_TUI_PROVIDER": '"openai"',
        "VOICE_TUI_MODEL": "'m'",
        "VOICE_TUI_GREETING": "“no”",
        "VOICE_TUI_CONTEXT_BUDGET": '"4000"',
    }
    config, problems = load({}, given)
    assert (config.provider, config.model, config.greeting, config.context_budget) == ("openai", "m", False, 4000)
    assert problems == []


@pytest.mark.parametrize("inside", ["“", '"', " ", "\n", "\u200b", "\U000e0041", "\x1b"])
def test_what_stands_inside_an_address_is_refused_in_one_line(inside: str) -> None:
    config, (problem,) = load({}, {"VOICE_TUI_URL": f"wss://h{inside}x/v1"})
    assert config.url == ""
    assert problem.startswith("environment: VOICE_TUI_URL: ")
    assert problem.isprintable()


@pytest.mark.parametrize("variable", KEYS)
@pytest.mark.parametrize("inside", ["\n", "\r", " ", "\x00", "é", "Ж", "\u200b"])
def test_a_key_that_no_header_can_carry_is_refused_by_the_name_of_its_variable(variable: str, inside: str) -> None:
    config, (problem,) = load({}, {variable: f"sk-abc{inside}123-secret"})
    assert variable in problem
    assert "secret" not in problem
    assert "sk-abc" not in problem
    assert "\n" not in problem
    assert "sk-abc" not in "".join(config.secrets)


@given(st.text())
def test_whatever_is_a_key_fits_into_a_header(text: str) -> None:
    try:
        bare = key(text).reveal()
    except ValueError:
        return
    assert bare.isascii()
    assert bare.isprintable()
    assert " " not in bare
    assert not bare or (bare[0] not in QUOTES and bare[-1] not in QUOTES)


def test_a_header_may_hold_blanks_but_no_line_break() -> None:
    assert header("X-Team", " a b \n").reveal() == "a b"
    with pytest.raises(ValueError, match="line break"):
        header("X-Team", "a\r\nEvil: b")
    with pytest.raises(ValueError, match="no name of a header"):
        header("X Team", "a")


@pytest.mark.parametrize("address", ["http://p:8080", "https://me:pw@p", "socks5://p:1080", "http://p:1/", ""])
def test_proxies(address: str) -> None:
    assert proxy(address).reveal() == address


@pytest.mark.parametrize(
    "address",
    ["p:8080", "ftp://p", "http://", "http://p:x", "http://me:hunter22@p:99999", "http://p/path", "http://me@p"],
)
def test_an_address_that_is_no_proxy_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(ValueError, match="begins with http") as refused:
        proxy(address)
    assert "hunter22" not in str(refused.value)


@pytest.mark.parametrize("text", ["\udcff", "gpt\x1b[31m", "a\nb", "mo\u202edel"])
def test_a_name_is_text_and_nothing_that_a_terminal_obeys(text: str) -> None:
    with pytest.raises(ValueError, match="plain text in UTF-8"):
        plain(text)


@pytest.mark.parametrize("text", ["ollama", "ftp://h", "ws://me:hunter22@h", "localhost:11434/v1"])
def test_what_is_no_brain_is_told_what_one_is(text: str) -> None:
    with pytest.raises(AddressError, match="begins with http:// or https://, or echo") as refused:
        brain(text)
    assert "hunter22" not in str(refused.value)


@pytest.mark.parametrize(("text", "found"), [(" echo ", ECHO), ("<HTTP://h/v1>", "HTTP://h/v1"), ("", "")])
def test_a_brain_may_stand_as_people_paste_it(text: str, found: str) -> None:
    assert brain(text) == found

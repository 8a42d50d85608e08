import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.endpoints.address import KEY_PARAMETERS, AddressError, loopback, read, shown

SECRET = "hunter22"


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("ws://h/v1/realtime", "ws://h/v1/realtime"),
        ("https://h:443/v1?model=a%20b", "wss://h:443/v1?model=a+b"),
        ("http://[::1]:80/x", "ws://[::1]:80/x"),
        ("WSS://H/x", "wss://H/x"),
    ],
)
def test_what_people_paste_becomes_the_address_of_a_websocket(pasted: str, address: str) -> None:
    assert str(read(pasted)) == address


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("ws://h:99999", ["'ws://h:99999'", "1 to 65535"]),
        ("ws://h:0", ["'ws://h:0'", "1 to 65535"]),
        ("ws://h:x", ["'ws://h:x'", "1 to 65535"]),
        ("ws://", ["'ws://'", "no host"]),
        ("ws://[::1/x", ["host can't be read"]),
        ("ws://h\n/x", ["'ws://h/x'", "blank"]),
        ("my-resource", ["'my-resource'", "wss://"]),
        ("ftp://h", ["'ftp://h'", "wss://"]),
        ("", ["wss://"]),
        (f"wss://me:{SECRET}@h/x", ["wss://h/x", "user and password"]),
        (f"wss://{SECRET}@h/x", ["wss://h/x", "user and password"]),
        *((f"wss://h/x?a=b&{name}={SECRET}", ["wss://h/x", name, "variable"]) for name in KEY_PARAMETERS),
        (f"wss://h/x?API-KEY={SECRET}", ["API-KEY"]),
    ],
)
def test_an_address_that_can_not_be_used_is_named_without_its_secrets(pasted: str, words: list[str]) -> None:
    with pytest.raises(AddressError) as refused:
        read(pasted)
    message = str(refused.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert SECRET not in message


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("wss://h:1/a/b?model=x#y", "wss://h:1/a/b"),
        (f"wss://me:{SECRET}@h:1/a?k={SECRET}", "wss://h:1/a"),
        ("wss://h/a?mail=me@home", "wss://h/a"),
        (f"wss://me:{SECRET}/more@h/a", "wss://h/a"),
        (f"wss://me:{SECRET}?more@h/a", "wss://h/a"),
        (f"wss://me:{SECRET}#more@h/a?k=1", "wss://h/a"),
        (f"me:{SECRET}@h", "h"),
        ("wss://h/\x1b[2J\u202ex", "wss://h/[2Jx"),
    ],
)
def test_an_address_is_shown_without_user_password_and_query(address: str, seen: str) -> None:
    assert shown(address) == seen


@given(st.text(), st.text())
def test_no_password_shows_whatever_it_is_made_of(before: str, after: str) -> None:
    assert SECRET not in shown(f"wss://user:{before}{SECRET}{after}@host/path")


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("@:/?#[]=&. 1a"))))
def test_any_text_is_an_address_that_is_read_alike_or_refused_in_one_line(text: str) -> None:
    for pasted in (text, f"wss://{text}"):
        try:
            address = read(pasted)
        except AddressError as error:
            message = str(error)
        else:
            message = ""
            assert read(str(address)) == address
        assert message.isprintable()


HERE = ("127.0.0.1:8000/v1", "127.9.9.9/", "[::1]:1/", "localhost:2/x", "0.0.0.0:1", "127.1:2/", "[::ffff:127.0.0.1]/")


@pytest.mark.parametrize("url", [f"ws://{here}" for here in HERE])
def test_this_machine_is_recognised(url: str) -> None:
    assert loopback(url)


@pytest.mark.parametrize(
    "url", ["ws://128.0.0.1/", "wss://localhost.example/", "ws://[::2]/", "ws://h/127.0.0.1", "ws://10.1/"]
)
def test_other_machines_are_not_this_one(url: str) -> None:
    assert not loopback(url)

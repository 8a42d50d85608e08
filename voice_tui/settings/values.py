"""From the text of a setting to its value. Each raises ValueError, which says what is allowed and shows no secret."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from voice_tui.endpoints.address import AddressError, read, shown
from voice_tui.messages.context_settings import RANGES
from voice_tui.plain_text import clean_text
from voice_tui.secret import NO_SECRET, Secret

QUOTES = "\"'`´‘’‚‛“”„‟«»‹›"
AROUND_ADDRESSES = f"{QUOTES}<>,;"
ECHO = "echo"
"""A brain that is none: the caller's own turn comes back, and no model is needed."""
PROXY_SCHEMES = ("http", "https", "socks5h", "socks5", "socks4a", "socks4")
ALWAYS, NEVER = "always", "never"
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(MB|GB|TB)")
_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
_AMOUNT = re.compile(r"\d{1,6}(\.\d{1,6})?")
_VARIABLE = re.compile(r"(?!(.*\d){5})[A-Z][A-Z0-9_]{0,39}")
"""What nobody takes for a key: many digits, small letters and signs are found in those."""
_HANDSHAKE = re.compile(r"host|upgrade|connection|content-length|transfer-encoding|sec-websocket-.*", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of a few words."""

    def parse(text: str) -> str:
        bare = _bare(text)
        if bare not in allowed:
            raise ValueError(f"give one of {', '.join(allowed)}")
        return bare

    return parse


def yes_no(text: str) -> bool:
    """Yes or no, in the usual spellings."""
    answers = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if _bare(text).lower() not in answers:
        raise ValueError("give yes or no")
    return answers[_bare(text).lower()]


def several(text: str) -> tuple[str, ...]:
    """Several texts; in a variable ``;`` stands between them."""
    return tuple(plain(each) for each in text.split(";") if each.strip())


def approval(text: str) -> str:
    """Which tools need not ask: all, none, or their names."""
    names = [name.strip() for name in text.split(",")]
    if not all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in names):
        raise ValueError("give all, none, or names of tools with commas between them")
    return ",".join(names)


def tokens(text: str) -> int:
    """A budget."""
    low, high = RANGES["budget"]
    bare = _bare(text)
    if not bare.isdecimal() or len(bare) > len(str(high)) or not low <= int(bare) <= high:
        raise ValueError(f"give {low} to {high}")
    return int(bare)


def amount(text: str) -> Decimal:
    """Money, US dollars."""
    bare = text.strip().removeprefix("$")
    if not _AMOUNT.fullmatch(bare) or not (money := Decimal(bare)):
        raise ValueError("give US dollars from 0.000001 to 999999, such as 2.50")
    return money


def minutes(text: str) -> float:
    """A length of time; 0 is for ever."""
    if not _AMOUNT.fullmatch(text.strip()):
        raise ValueError("give minutes, such as 10; 0: for ever")
    return float(text)


def recording(text: str) -> str:
    """Where conversations are kept: a folder, `ALWAYS` for the usual one, "" where they are not."""
    bare = plain(text)
    return "" if bare == NEVER else bare


def size(text: str) -> int:
    """Bytes, such as 500MB or 4GB."""
    found = _SIZE.fullmatch(_bare(text).upper())
    if found is None or not (bytes_ := int(Decimal(found[1]) * _UNITS[found[2]])):
        raise ValueError("give a size such as 500MB or 4GB")
    return bytes_


def key(text: str) -> Secret:
    """A key as people paste it: blanks, line breaks and quotes around it are no part of it."""
    bare = _bare(text)
    if not all("!" <= c <= "~" for c in bare):
        raise ValueError("it holds a blank, a line break or another character that no key has: copy it again")
    return Secret(bare)


def variable(name: str, variables: Mapping[str, str]) -> str:
    """The value of a variable that a file names.

    Raises:
        ValueError: It is not set. Its name is told where it can't be the key itself, put there by mistake.
    """
    if value := variables.get(name, ""):
        return value
    if _VARIABLE.fullmatch(name):
        raise ValueError(f"the variable {name} is not set")
    raise ValueError("no variable of that name is set; no key belongs here, but the name of the variable that holds it")


def header(name: str, text: str) -> Secret:
    """The value of a header; blanks inside are allowed."""
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError("it is no name of a header: give letters, digits and hyphens")
    if _HANDSHAKE.fullmatch(name):
        raise ValueError("the handshake itself needs this header: leave it out")
    bare = _bare(text)
    if not all(" " <= c <= "~" for c in bare):
        raise ValueError("it holds a line break or another character that no header can carry")
    return Secret(bare)


def plain(text: str) -> str:
    """Any text, without blanks and quotes around it."""
    bare = _bare(text)
    if clean_text(bare) != bare or "\n" in bare:
        raise ValueError("give one line of plain text in UTF-8")
    return bare


def address(text: str) -> str:
    """An address of a websocket or of the web; which of both is for the provider to know.

    Quotes, blanks and brackets around it are no part of it: documents and shells leave them there.
    """
    bare = _bare(text, AROUND_ADDRESSES)
    if bare:
        read(bare)
    return bare


def brain(text: str) -> str:
    """An address of the web, or `ECHO`."""
    bare = _bare(text, AROUND_ADDRESSES)
    if bare == ECHO:
        return ECHO
    if bare and not bare.lower().startswith(("http://", "https://")):
        wanted = f"give an address that begins with http:// or https://, or {ECHO}"
        raise AddressError(f"{shown(bare)!r} is not allowed, {wanted}")
    return address(text)


def proxy(text: str) -> Secret:
    """The address of a proxy, which may hold a user and a password."""
    bare = _bare(text)
    if not bare:
        return NO_SECRET
    allowed = f"give an address that begins with {', '.join(s + '://' for s in PROXY_SCHEMES[:3])} or the like"
    try:
        parts = urlsplit(bare)
        fits = parts.scheme in PROXY_SCHEMES and parts.hostname and parts.port != 0
        fits = fits and parts.path in ("", "/") and not parts.query and not parts.fragment
        fits = fits and (parts.username is None or parts.password is not None)
    except ValueError:
        fits = False
    if not fits or not bare.isprintable() or " " in bare:
        raise ValueError(allowed)
    return Secret(bare)


def _bare(text: str, marks: str = QUOTES) -> str:
    """Without blanks, quotes and what can't be seen, at both ends."""
    start, end = 0, len(text)
    while start < end and _around(text[start], marks):
        start += 1
    while end > start and _around(text[end - 1], marks):
        end -= 1
    return text[start:end]


def _around(character: str, marks: str) -> bool:
    return character.isspace() or character in marks or unicodedata.category(character) in ("Cc", "Cf")

"""Where a load goes: only to this machine, unless its host is named a second time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import find_dotenv

from voice_tui.drivers.route import proxy_for
from voice_tui.endpoints.address import AddressError, loopback, read, shown
from voice_tui.endpoints.providers import Endpoint
from voice_tui.settings import paths
from voice_tui.settings.choice import Refused, choose
from voice_tui.settings.config import load


class TargetError(ValueError):
    """This must not, or cannot, be loaded; one line that says why and what to do."""


def check(url: str, may_load: str) -> None:
    """Whether an address may be loaded.

    Args:
        url: Where to.
        may_load: The host that its owner has agreed for; "" for none.

    Raises:
        TargetError: It is no address, or not on this machine and not named.
    """
    try:
        address = read(url)
    except AddressError as error:
        raise TargetError(f"URL: {error}") from None
    host = urlsplit(str(address)).hostname or ""
    if loopback(str(address)) or host == may_load.strip("[]").lower():
        return
    if may_load:
        raise TargetError(f"--i-may-load: {may_load!r} is not the host of {shown(url)}, give {host}")
    raise TargetError(f"{shown(url)}: not this machine: whoever may load it says so by --i-may-load {host}")


def endpoint(url: str, may_load: str, environment: Mapping[str, str] = os.environ) -> Endpoint:
    """What is connected to; its key is the configuration's on the machine that connects.

    Raises:
        TargetError: See `check`; or what the configuration says of it does not go together.
    """
    check(url, may_load)
    dotenv = find_dotenv(usecwd=True)
    config, _ = load({"url": url}, environment, Path(dotenv) if dotenv else None, paths.config_folder() / "config.toml")
    try:
        found = choose(config)
    except Refused as error:
        raise TargetError(str(error)) from None
    assert found is not None, "an address was given"
    if found.entra:
        raise TargetError("entra: a load takes a key: tokens of Entra ID end while it runs")
    if proxy := proxy_for(found):
        raise TargetError(f"{shown(url)}: a load goes through no proxy ({proxy}): set NO_PROXY for its host")
    return found

"""How notices about turn-taking are said: the ledger, the front end, the detectors."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from voice_tui.messages.turns import (
    DetectorsCompared,
    EchoMeasured,
    FrontEndChanged,
    LedgerChanged,
)
from voice_tui.ui.common.wording import shorten


def first_fitting(forms: Iterable[str], cells: int) -> str:
    """The first of the forms that has room, else the last one shortened."""
    form = ""
    for form in forms:
        if cell_len(form) <= cells:
            return form
    return shorten(form, cells)


def ledger_words(ledger: LedgerChanged, cells: int) -> str:
    """How far the answer is, s; the form depends on the width alone, so that digits keep their places."""
    heard, handed, received = (f"{ms / 1000:5.2f}" for ms in (ledger.heard_ms, ledger.handed_ms, ledger.received_ms))
    if cells >= 47:
        return f"heard {heard} · handed {handed} · received {received} s"
    return shorten(f"heard {heard} · handed {handed} of {received} s", cells)


def echo_words(front: FrontEndChanged, echo: EchoMeasured | None, cells: int) -> str:
    """What is taken out of the microphone of the assistant's own voice; dashes while there is no echo to measure."""
    if not front.echo_cancellation:
        return first_fitting(("echo is not removed: it may hear itself", "echo is not removed"), cells)
    if echo is None or (echo.erle_db is None and echo.delay_ms is None):
        return first_fitting(("echo is removed; none was heard yet", "echo is removed"), cells)
    removed = "–" if echo.erle_db is None else f"{echo.erle_db:.0f}"
    delay = "–" if echo.delay_ms is None else f"{echo.delay_ms:.0f}"
    told = f"echo removed {removed:>2} dB"
    return first_fitting((f"{told}, arrives after {delay:>3} ms", f"{told}, {delay:>3} ms"), cells)


def engine_words(front: FrontEndChanged, cells: int) -> str:
    """The local detector, and which filters are on."""
    rest = f" · NS {front.noise_suppression}" if front.noise_suppression else ""
    rest += " · HPF" if front.high_pass else ""
    return shorten(front.engine, cells - len(rest)) + rest


def detector_words(compared: DetectorsCompared, cells: int) -> str:
    """Which detector is first, and how often only one of them heard anything."""
    lead, odd = compared.lead_ms, compared.disagreements
    count = f" · {odd} of {compared.pairs + odd} ≠"
    if lead is None:
        return first_fitting((f"local and server: no pair yet{count}", f"no pair yet{count}"), cells)
    if lead == 0:
        return first_fitting((f"local and server at once{count}", f"at once{count}"), cells)
    first, second = ("local", "server") if lead > 0 else ("server", "local")
    by = f" by {abs(lead)} ms"
    return first_fitting((f"{first} leads {second}{by}{count}", f"{first} leads{by}{count}", f"{first}{by}"), cells)

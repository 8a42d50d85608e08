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
    if cells >= 51:
        return f"heard {heard} · at the device {handed} · received {received} s"
    return shorten(f"heard {heard} · device {handed} of {received} s", cells)


def echo_words(front: FrontEndChanged, echo: EchoMeasured | None, cells: int) -> str:
    """What is taken out of the microphone of the assistant's own voice; dashes while there is no echo to measure."""
    if not front.echo_cancellation:
        return first_fitting(("echo is not removed: it may hear itself", "echo is not removed"), cells)
    if echo is None or (echo.erle_db is None and echo.delay_ms is None):
        return first_fitting(("echo is removed; none was heard yet", "echo is removed"), cells)
    removed = "–" if echo.erle_db is None else f"{max(0, round(echo.erle_db))}"
    delay = "–" if echo.delay_ms is None else f"{echo.delay_ms:.0f}"
    told = f"echo removed {removed:>2} dB"
    long, short = f"{told}, arrives after {delay:>3} ms", f"{told}, {delay:>3} ms"
    jumps = f", jumped {echo.jumps}×" if echo.jumps else ""
    return first_fitting(dict.fromkeys((long + jumps, short + jumps, long, short)), cells)


def engine_words(front: FrontEndChanged, cells: int) -> str:
    """The local detector, and which filters are on."""
    strength, high_pass = front.noise_suppression, front.high_pass
    whole = (f" · noise suppression {strength}" if strength else "") + (" · high-pass" if high_pass else "")
    short = (f" · NS {strength}" if strength else "") + (" · HPF" if high_pass else "")
    rest = whole if len(front.engine + whole) <= cells else short
    return shorten(front.engine, cells - len(rest)) + rest


def detector_words(compared: DetectorsCompared, cells: int) -> str:
    """Who hears the user first, our detector or the server's, and how often only one of them heard anything."""
    lead, odd = compared.lead_ms, compared.disagreements
    of = f"{odd} of {compared.pairs + odd}"
    if lead is None:
        said, short = "never heard here and by the server yet", "by both: never yet"
    elif lead == 0:
        said, short = "heard here and by the server at once", "heard by both at once"
    elif lead > 0:
        said, short = f"heard here {lead} ms before the server", f"here {lead} ms before the server"
    else:
        said, short = f"heard by the server {-lead} ms before here", f"server {-lead} ms before here"
    words, sign = f" · {of} by one only", f" · {of} ≠"
    return first_fitting((said + words, short + words, said + sign, short + sign, short), cells)

"""What is printed when one leaves: how the talk went, in a few lines, and where it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from voice_tui.messages.link import CountersChanged
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.turns import Stage
from voice_tui.messages.usage import BillingChanged
from voice_tui.ui.common.cost_wording import spent
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import clock

SOME_KNOBS = 3


def farewell(state: State) -> Iterator[str]:
    """Lines; none where nobody was ever on the line."""
    if state.live_since is None:
        return
    said = [f"talked {clock(state.elapsed)}"]
    waits = [timed.turn.audible_ms for timed in state.timed]
    if waits:
        said.append(f"{_counted(len(waits), 'answer')}, first sound after {median(waits):.0f} ms (median)")
    cuts = [cut for cut in state.cuts.values() if not cut.resumed]
    if cuts:
        quiet = [ms for cut in cuts for stage, ms in cut.steps if stage is Stage.QUIET]
        after = f", quiet after {median(quiet):.0f} ms (median)" if quiet else ""
        said.append(f"{_counted(len(cuts), 'interruption')}{after}")
    if alarms := len(state.cuts) - len(cuts):
        said.append(_counted(alarms, "false alarm"))
    if dropped := state.last(CountersChanged).dropped:
        said.append(f"{dropped} lost")
    if state.last(BillingChanged).billing.costs and state.bill.counts:
        said.append(f"cost {spent(state.bill)}")
    yield " · ".join(said)
    if folder := state.last(RecordingChanged).folder:
        yield f"recorded: {folder}"
    if unsaved := state.tuning.unsaved:
        more = f" and {len(unsaved) - SOME_KNOBS} more" if len(unsaved) > SOME_KNOBS else ""
        save = state.commands["knobs.save"].letter_name or state.commands["knobs.save"].title
        yield f"not saved: {', '.join(unsaved[:SOME_KNOBS])}{more} ({save} in the conversation saves)"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"

"""``voice-tui devices``: what PortAudio sees."""

from __future__ import annotations

from pathlib import Path

import click

from voice_tui.cli.configuration import configure
from voice_tui.cli.options import OptionCommand, configured
from voice_tui.cli.output import say
from voice_tui.drivers.devices.host import devices
from voice_tui.drivers.devices.names import DeviceError
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal


@click.command("devices", cls=OptionCommand)
@configured("log_file")
def list_devices(log_file: str | None) -> None:
    """Show what PortAudio sees; the defaults are marked."""
    keep_native_errors_off_the_terminal(Path(configure({"log_file": log_file}, connects=False).log_file))
    try:
        found = devices()
    except DeviceError as error:
        raise click.ClickException(str(error)) from error
    if not found:
        raise click.ClickException("PortAudio sees no audio device; the demo caller works without: voice-tui, then F7")
    for d in found:
        marks = ", ".join(
            m for m, on in (("default mic", d.default_input), ("default speaker", d.default_output)) if on
        )
        shape = f"{d.inputs} in, {d.outputs} out, {d.rate / 1000:g} kHz"
        say(f"{d.index:>3}  {d.name}  ({d.host_api}: {shape}){'  ← ' + marks if marks else ''}")

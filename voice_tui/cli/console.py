"""The console: everything that it needs is put together, and it runs until the user leaves."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from voice_tui.cli.configuration import chosen, configuration, known_models, provider_of
from voice_tui.cli.noise import some_noise
from voice_tui.cli.output import complain, say
from voice_tui.cli.telemetry import closed, telemetry
from voice_tui.cli.tools import equipped, keep_prints_away
from voice_tui.cli.wiring import (
    EMBEDDED,
    capabilities,
    elsewhere,
    embedded_server,
    endpoints,
    everything,
    limits,
    open_wirelog,
    recogniser,
    records,
    remembers,
    resolver,
    synthesiser,
    tells_apart,
    wire_store,
)
from voice_tui.drivers.devices.room_noise import RoomOptions
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal
from voice_tui.drivers.thread import VoiceThread
from voice_tui.drivers.wirelog import Taps
from voice_tui.endpoints.families import FAMILIES
from voice_tui.messages.talk import Announced, Severity
from voice_tui.plain_text import clean_text
from voice_tui.settings import paths, profiles
from voice_tui.settings.tuned import TunedFile

if TYPE_CHECKING:
    from voice_tui.drivers.options import RunnerOptions

DRAWS_NOTHING = ("dumb", "unknown")
NO_TERMINAL = "voice-tui: no terminal here (a pipe or CI?); "
WITHOUT_SCREEN = {"setup": "without a screen address and key are variables, see voice-tui endpoints"}
"""What to do instead, by the screen that was wanted; else `TALK`."""
TALK = "try without a screen: voice-tui talk --mic demo"


def run_console(
    given: dict[str, object],
    events: Path | None,
    room: RoomOptions | None = None,
    *,
    private: bool = False,
    opens: str = "",
    tours: bool = False,
    demo: bool = False,
) -> int:
    """Start the TUI; returns the exit code.

    Args:
        given: Command line values by field name.
        events: Takes every wire event.
        room: A noise under the microphone from the beginning.
        private: Nothing is stored.
        opens: A screen that is open from the beginning.
        tours: The tour begins, though it was seen.
        demo: The demo caller talks from the beginning.
    """
    in_a_browser = os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")
    if not (in_a_browser or all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))):
        complain(NO_TERMINAL + WITHOUT_SCREEN.get(opens, TALK))
        return 2
    if (kind := os.environ.get("TERM")) in DRAWS_NOTHING:
        complain(f"voice-tui: TERM={kind} draws no screen; use another terminal, or none: voice-tui talk --mic demo")
        return 2
    tuned_file = TunedFile(paths.config_folder() / "tuned.toml")
    config, problems = configuration(given, saved=tuned_file.tuned.start)
    problems += [*tuned_file.problems, *tuned_file.swept_problems()]
    embedded, provider = embedded_server(config), provider_of(config)
    if provider.name == EMBEDDED:
        embedded.begin()  # its models load beside our modules
    able_to, probed = capabilities(config, embedded)
    problems += probed
    wirelog, store = open_wirelog(events), wire_store(config, provider)
    remembering = remembers(config.memory)
    tools, wrong = equipped(config, chosen(config), asks=True)
    traces, untold = telemetry()
    problems += [*wrong, *untold]
    able = everything(config, remembering, tools)
    talker = profiles.with_tools_of(able, chosen(config))

    def options() -> RunnerOptions:
        from voice_tui.drivers.devices.watch import DeviceWatch
        from voice_tui.drivers.options import RunnerOptions

        return RunnerOptions(
            resolve=resolver(config, embedded),
            profile=talker,
            tools=tools,
            preset=config.preset,
            tuned=tuned_file.tuned.knobs,
            room=room or some_noise(),
            mic=config.mic,
            speaker=config.speaker,
            synthesise=synthesiser(),
            wirelog=Taps(store, wirelog),
            memory=remembering,
            voices=tells_apart(config, kept=config.memory),
            recogniser=recogniser(),
            recording=records(config),
            telemetry=traces,
            limits=limits(config),
            private=private,
            family=FAMILIES[provider.family],
            capabilities=able_to,
            models=known_models()[0],
            elsewhere=elsewhere(given, embedded),
            redials=True,
            watch=DeviceWatch(),
            warm=int(config.warm),
            chance=random.random,
            clock=time.time,
        )

    keep_native_errors_off_the_terminal(Path(config.log_file), painted=True)
    keep_prints_away(config, tools)
    from voice_tui.cli.desk import outset
    from voice_tui.cli.signs import plain_signs
    from voice_tui.ui.app import VoiceTuiApp  # Textual is imported only for the screen
    from voice_tui.ui.farewell import farewell
    from voice_tui.ui.themes import DEFAULT_THEME

    def cleanup() -> None:
        embedded.stop()
        if remembering:
            remembering.close()
        if wirelog:
            wirelog.close()

    news = tuned_file.news
    offer = [Announced(Severity.INFORMATION, f"The last sweep recommends {news.words}: A takes it")] if news else []
    app = VoiceTuiApp(
        VoiceThread(options, cleanup, (*(Announced(Severity.WARNING, problem) for problem in problems), *offer)),
        theme=config.theme or DEFAULT_THEME,
        profile=config.profile,
        themes_folder=paths.config_folder() / "themes",
        plain_signs=plain_signs(config.signs),
        keys_file=paths.config_folder() / "keys.toml",
        profiles=profiles.requests(profiles.find_profiles(), able),
        endpoints=endpoints(config, given),
        instructions=talker.instructions,
        details=talker.details,
        wire=store,
        recordings=records(config).folder,
        outset=outset(config, opens, tours=tours, demo=demo),
        tuned_file=tuned_file,
    )
    try:
        app.run()
    finally:
        embedded.stop()  # also where the voice thread was left behind
        store.close()
        closed(traces, complain)
    for line in farewell(app.state):
        say(clean_text(line))
    if wirelog and wirelog.problem:
        complain(f"voice-tui: --events: {wirelog.problem}")
    if app.fatal:
        complain(f"voice-tui: {app.fatal}")
    return int(app.return_code or bool(wirelog and wirelog.problem))

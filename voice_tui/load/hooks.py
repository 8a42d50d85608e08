"""What a load adds to Locust: its options, what its processes report to the first of them, and the result."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any
from weakref import WeakKeyDictionary

import gevent
import msgspec
from locust import events
from locust.rpc import Message
from locust.runners import MasterRunner, WorkerRunner

from voice_tui.endpoints.address import shown
from voice_tui.load.command import WHOLE
from voice_tui.load.result import Result, Row, result
from voice_tui.load.run import Run
from voice_tui.load.table import lines
from voice_tui.load.tally import Crew, unpacked
from voice_tui.load.target import TargetError, endpoint

log = logging.getLogger(__name__)

FIELD = "voice_tui"
HERE = "here"
STREAM_S = 1.0
UNDER_WAY = ("spawning", "running")
MISSING = "missing"
USAGE = 2
QUITS_S = 5.0
"""So long a worker may take to go once its users are gone."""

_runs: WeakKeyDictionary[Any, Run] = WeakKeyDictionary()
_crews: WeakKeyDictionary[Any, Crew] = WeakKeyDictionary()


def run_of(environment: Any) -> Run:
    """What the users of this process share.

    Raises:
        TargetError: They have nowhere to go.
    """
    if environment not in _runs:
        options = environment.parsed_options
        name = f"worker {environment.runner.worker_index}" if isinstance(environment.runner, WorkerRunner) else HERE
        target = endpoint(environment.host or "", options.i_may_load or "")
        _runs[environment] = Run(target, options.seed, name, options.preset)
    return _runs[environment]


@events.init_command_line_parser.add_listener
def _options(parser: Any) -> None:
    group = parser.add_argument_group("voice-tui", "Of users that talk to a realtime endpoint; --host is its address")
    group.add_argument("--i-may-load", default="", metavar="HOST", help="A host elsewhere that may be loaded")
    group.add_argument("--seed", type=int, default=0, help="Of every accident: starts, pauses, choices")
    group.add_argument("--script", default="", metavar="FILE", help="A scenario (YAML) that every user plays")
    group.add_argument("--preset", default="", choices=("", *WHOLE), help="Users are whole clients that take turns so")
    group.add_argument("--stream", action="store_true", help="Write the state of the run to standard output, as JSON")


@events.init.add_listener
def _begin(environment: Any, runner: Any, **_: Any) -> None:
    gevent.get_hub().loop.update_now()  # it has not looked since the voice was loaded: timers would end early by that
    if isinstance(runner, WorkerRunner):
        return
    options, crew = environment.parsed_options, Crew()
    _crews[environment] = crew
    try:
        endpoint(environment.host or "", options.i_may_load or "")
    except TargetError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(USAGE)
    if isinstance(runner, MasterRunner):
        _let_turns_end(runner, crew)
    gevent.spawn(_watch, environment, crew)


def _let_turns_end(runner: MasterRunner, crew: Crew) -> None:
    """Whatever ends a run waits until the workers have let their users finish their turns.

    Locust's own end of a run (its time, Ctrl-C, SIGTERM) waits for them half a second, whatever --stop-timeout says.
    Whoever asks a second time does not want to wait.
    """
    quit_at_once, ending = runner.quit, list[bool]()

    def end() -> None:
        crew.cut_off = bool(ending)
        if not ending:
            ending.append(True)
            runner.stop(send_stop_to_client=False)
            for client in runner.clients.all:
                runner.server.send_to_client(Message("quit", None, client.id))
            with gevent.Timeout(runner.environment.stop_timeout + QUITS_S, False):
                while any(client.state != MISSING for client in runner.clients.all):
                    gevent.sleep(0.1)
            crew.cut_off |= any(client.state != MISSING for client in runner.clients.all)
        quit_at_once()

    runner.quit = end


@events.test_start.add_listener
def _start(environment: Any, **_: Any) -> None:
    if isinstance(environment.runner, MasterRunner):
        return
    if (before := _runs.pop(environment, None)) is not None:  # another run of the same process
        before.stop()
    try:
        run_of(environment)
    except TargetError as error:
        log.error("%s", error)  # noqa: TRY400  # one line
        environment.process_exit_code = USAGE
        gevent.spawn(environment.runner.quit)


@events.report_to_master.add_listener
def _report(data: dict[str, Any], **_: Any) -> None:
    for run in list(_runs.values()):
        data[FIELD] = run.counted().packed()


@events.worker_report.add_listener
def _reported(client_id: str, data: dict[str, Any], **_: Any) -> None:
    if FIELD in data:
        for crew in list(_crews.values()):
            crew.tallies[client_id] = unpacked(data[FIELD])


def _watch(environment: Any, crew: Crew) -> None:
    """See who goes away, and say how it stands."""
    while not crew.over:
        gevent.sleep(STREAM_S)
        runner = environment.runner
        if isinstance(runner, MasterRunner) and runner.state in UNDER_WAY:
            here = {client.id for client in runner.clients.all if client.state != MISSING}
            crew.gone |= crew.tallies.keys() - here
        if environment.parsed_options.stream and not crew.over and not _say(standing(environment)):
            gevent.spawn(runner.quit)
            return


def standing(environment: Any, *, finished: bool = False) -> Result:
    """How the load stands."""
    crew = _crews[environment]
    stats, options = environment.runner.stats, environment.parsed_options
    if (run := _runs.get(environment)) is not None:
        crew.tallies[HERE] = run.counted()
    rows = [_row(entry) for (name, _), entry in sorted(stats.entries.items()) if not name.startswith("error ")]
    errors: dict[str, int] = {}
    for entry in stats.errors.values():
        code = str(entry.error).partition("'")[2].rstrip("')") or str(entry.error)
        name = entry.name if entry.name == f"error {code}" else f"{entry.name}: {code}"
        errors[name] = errors.get(name, 0) + entry.occurrences
    for problem in environment.runner.exceptions.values():
        errors[f"exception: {problem['msg']}"] = problem["count"]
    seconds = time.time() - stats.start_time
    return result(
        crew,
        rows,
        errors,
        url=shown(environment.host or ""),
        asked=options.num_users or 1,
        seconds=seconds,
        finished=finished,
    )


def _row(entry: Any) -> Row:
    half, most, nearly_all = (float(entry.get_response_time_percentile(share)) for share in (0.5, 0.9, 0.99))
    return Row(entry.name, entry.num_requests, entry.num_failures, half, most, nearly_all, entry.max_response_time)


@events.quitting.add_listener
def _quit(environment: Any, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner) or environment.process_exit_code is not None:
        return
    environment.runner.quit()  # where Ctrl-C has brought us here: the turns under way come to their end
    _crews[environment].over = True
    last = standing(environment, finished=True)
    environment.process_exit_code = last.exit_code
    if environment.parsed_options.stream:
        _say(last)
    else:
        print("\n".join(lines(last)))


def _say(result: Result) -> bool:
    """Whether there is anybody who could be told."""
    try:
        sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
        sys.stdout.flush()
    except OSError:
        return False
    return True

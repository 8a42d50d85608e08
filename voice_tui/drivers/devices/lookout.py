"""A process of its own that looks which devices there are, hears how loud each microphone is, and plays a test tone.

PortAudio looks for devices once, at its start: to look again it ends every stream of its process. So that is done here,
and the streams of a conversation go on. A driver that hangs or crashes takes this process with it and no other.

It reads orders from standard input, a line of JSON each (``{"tone": NAME}``), and ends with it. It writes JSON lines:
``devices`` when they have changed, ``levels`` ten times a second where they are wanted, ``tone`` when one was played.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from voice_tui.drivers.devices.host import devices, look_again
from voice_tui.drivers.devices.names import Device, DeviceError, Kind, lasting_name, of_kind

if TYPE_CHECKING:
    from voice_tui.drivers.devices.microphones import DeviceMicrophone

LEVELS = "--levels"
TICK_S, LOOK_TICKS = 0.1, 20
MOST_METERS = 12


class Lookout:
    """The loop of the process.

    Args:
        tell: Takes what is to be told.
        levels: Microphones are listened to.
    """

    def __init__(self, tell: Callable[[dict[str, Any]], None], *, levels: bool) -> None:
        self._tell, self._levels = tell, levels
        self._seen: list[Device] | None = None
        self._meters: dict[str, DeviceMicrophone] = {}
        self._problems: dict[str, str] = {}
        self._playing = threading.Lock()  # while it is held no stream may be ended

    def run(self, orders: Callable[[], dict[str, Any] | None]) -> None:
        """Go on until there are no more orders.

        Args:
            orders: Waits for `TICK_S`; gives an order, {} for none; None: it is over.
        """
        tick = 0
        while (order := orders()) is not None:
            if name := order.get("tone"):
                threading.Thread(target=self._play, args=(str(name),), daemon=True).start()
            if tick % LOOK_TICKS == 0 and self._playing.acquire(blocking=False):
                try:
                    self._look()
                finally:
                    self._playing.release()
            if self._meters or self._problems:
                self._tell({"levels": dict(self._heard()), "problems": self._problems})
            tick += 1

    def _look(self) -> None:
        for meter in self._meters.values():
            meter.stop()
        self._meters.clear()
        try:
            if self._seen is not None:
                look_again()
            found = devices()
        except DeviceError as error:
            found, problem = [], str(error)
        else:
            problem = ""
        if found != self._seen:
            self._seen = found
            self._tell({"devices": [asdict(device) for device in found], "problem": problem})
        if self._levels:
            self._open(found)

    def _open(self, found: list[Device]) -> None:
        from voice_tui.drivers.devices.microphones import DeviceMicrophone

        self._problems = {}
        for device in of_kind(found, Kind.INPUT)[:MOST_METERS]:
            name = lasting_name(device, found, Kind.INPUT)
            try:
                meter = DeviceMicrophone(str(device.index))
                meter.start(0.0)
            except DeviceError as error:
                self._problems[name] = str(error)
            else:
                self._meters[name] = meter

    def _heard(self) -> Iterator[tuple[str, float | None]]:
        from voice_tui.audio.stream.pcm import rms_dbfs

        for name, meter in self._meters.items():
            yield name, max((round(rms_dbfs(frame), 1) for frame in meter.read(0.0)), default=None)

    def _play(self, name: str) -> None:
        from voice_tui.drivers.devices.trial import play, tone

        problem = ""
        with self._playing:
            try:
                play(name, tone())
            except DeviceError as error:
                problem = str(error)
        self._tell({"tone": name, "problem": problem})


def main() -> None:
    """Look until standard input ends."""
    with suppress(OSError):  # what PortAudio prints is nobody's
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    waiting: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            with suppress(ValueError):
                waiting.put(json.loads(line))
        waiting.put(None)

    def orders() -> dict[str, Any] | None:
        try:
            return waiting.get(timeout=TICK_S)
        except queue.Empty:
            return {}

    lock = threading.Lock()

    def tell(what: dict[str, Any]) -> None:
        with lock:
            sys.stdout.write(json.dumps(what) + "\n")
            sys.stdout.flush()

    threading.Thread(target=read, daemon=True).start()
    with suppress(BrokenPipeError, OSError):
        Lookout(tell, levels=LEVELS in sys.argv).run(orders)
    os._exit(0)  # PortAudio may hang at its end


if __name__ == "__main__":
    main()

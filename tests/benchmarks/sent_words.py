"""Which signal should the server get? Words lost in double talk, heard by the embedded server's ears.

The reference is what the same ears write down for the user alone, so only the harm done by echo and cancelling counts.
"""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np

from voice_tui.audio.echo.front_end import FrontEnd, FrontSettings, SentSignal
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.replay.frames import split
from voice_tui.speech.recogniser import LocalRecogniser

CONDITIONS = ("headset", "echo30", "echo20", "echo12", "echo6")


def errors(reference: list[str], heard: list[str]) -> int:
    """Word edits."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(reference, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (word != other))
    return row[-1]


def words(text: str) -> list[str]:
    """Lower case, without punctuation."""
    return "".join(c if c.isalnum() or c == "'" else " " for c in text.lower()).split()


def table(cache: Path) -> None:
    """Word error by condition and signal, over the user's turns that interrupt."""
    ears = LocalRecogniser()
    click.echo("| condition | " + " | ".join(SentSignal) + " |\n" + "| --- " * (len(SentSignal) + 1) + "|")
    for condition in CONDITIONS:
        wrong, total = dict.fromkeys(SentSignal, 0), 0
        for path in sorted((cache / "dev" / "turns" / condition).glob("*.json")):
            label = json.loads(path.read_text())
            mic, ref = (read_recording(path.parent / label[w]).pcm for w in ("mic", "ref"))
            near = read_recording(path.parent / "components" / f"{path.stem}_near.wav").pcm
            sent = {}
            for send in SentSignal:
                front = FrontEnd(FrontSettings(send=send))
                pairs = zip(split(mic), split(ref), strict=False)
                sent[send] = np.concatenate([front.process(m, r).send for m, r in pairs])
            for turn in label["turns"]:
                if turn["kind"] != "barge":
                    continue
                at = slice(int((turn["onset"] - 0.3) * 24_000), int((turn["user"][1] + 0.3) * 24_000))
                reference = words(ears.transcribe(near[at]))
                total += len(reference)
                for send in SentSignal:
                    wrong[send] += errors(reference, words(ears.transcribe(sent[send][at])))
        click.echo(f"| {condition} | " + " | ".join(f"{wrong[s] / max(1, total):.3f}" for s in SentSignal) + " |")

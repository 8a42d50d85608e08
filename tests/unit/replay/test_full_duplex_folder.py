"""A recording as the scripts of Full-Duplex-Bench read it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import soundfile
from click.testing import CliRunner

from tests.support.stereo_talks import StereoTalk
from tests.unit.replay.talks import SESSION, kept, row
from voice_tui.audio.stream.audible import Stretch
from voice_tui.cli.recordings import recordings
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.endpoints.families import FAMILIES
from voice_tui.messages.talk import Ack, Cut, RowChanged
from voice_tui.replay.full_duplex_folder import full_duplex_folder, spread_words
from voice_tui.tape.lines import NoticeWriter

TALK = StereoTalk(9, [(0.5, 1.5), (4, 5)], [(2.5, 4.3), (6, 7.5)])


@pytest.fixture
def talk(tmp_path: Path) -> RecordedTalk:
    kept(tmp_path / "talk")
    writer = NoticeWriter(FAMILIES[SESSION.family].packing)
    cut = row("b", "There was", unheard="a lamp", cut=Cut(1_800, 3_000, Ack.ACKNOWLEDGED))
    told = [
        (0.6, RowChanged(row("a", "A story?", role="user", speaker="You"), None)),
        (2.5, RowChanged(cut, "a")),
        (4.1, RowChanged(row("c", "Stop it.", role="user", speaker="You"), "b")),
        (6.0, RowChanged(row("d", "All right then."), "c")),
    ]
    (tmp_path / "talk" / shelf.NOTICES).write_bytes(b"".join(writer.line(t, notice) for t, notice in told))
    TALK.save(tmp_path / "talk" / shelf.TALK)
    return open_recording(tmp_path / "talk")


def read(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[name])


def test_each_turn_and_each_interruption_is_a_sample(talk: RecordedTalk) -> None:
    files = full_duplex_folder(talk)
    samples = {name.rpartition("/")[0] for name in files}
    assert samples == {"whole/1", "smooth_turn_taking/1", "user_interruption/1"}
    whole = read(files, "whole/1/output.json")
    assert whole["text"] == "There was All right then."
    assert [chunk["timestamp"][0] for chunk in whole["chunks"]] == pytest.approx([2.5, 3.6, 6.0, 6.35, 6.93], abs=0.1)
    assert whole["chunks"][-1]["timestamp"][1] == pytest.approx(7.5, abs=0.03)
    (end,) = read(files, "smooth_turn_taking/1/turn_taking.json")
    first = read(files, "smooth_turn_taking/1/output.json")["chunks"][0]
    assert first["timestamp"][0] - end["timestamp"][0] == pytest.approx(1.0, abs=0.03)
    (event,) = read(files, "user_interruption/1/interrupt.json")
    assert (event["context"], event["interrupt"]) == ("A story?", "Stop it.")
    answer = read(files, "user_interruption/1/output.json")
    assert answer["text"] == "All right then."  # what came before it is not rated
    assert answer["chunks"][0]["timestamp"][0] - event["timestamp"][1] == pytest.approx(1.0, abs=0.03)
    assert read(files, "whole/1/transcription.json")["text"] == "A story? Stop it."
    for sample in samples:
        heard, said = (soundfile.info(io.BytesIO(files[f"{sample}/{name}.wav"])) for name in ("input", "output"))
        assert (heard.frames, heard.channels) == (said.frames, 1)


def test_it_is_written_as_a_folder_and_never_over_another(talk: RecordedTalk, tmp_path: Path) -> None:
    command = ["export", str(talk.path), "--format", "fdb", "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(recordings, command)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "smooth_turn_taking" / "1" / "input.wav").is_file()
    again = CliRunner().invoke(recordings, command)
    assert again.exit_code != 0
    assert len(again.output.strip().splitlines()[-1:]) == 1


def test_silence_is_one_line(tmp_path: Path) -> None:
    silent = kept(tmp_path / "talk")
    done = CliRunner().invoke(recordings, ["export", str(silent.path), "--format", "fdb", "-o", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "nothing can be heard in the left channel" in done.output


def test_words_stand_in_what_sounds_by_their_letters() -> None:
    words = list(spread_words("ab cd efgh", [Stretch(1_000, 1_400), Stretch(2_000, 2_400)]))
    assert [(w.text, w.start_ms, w.end_ms) for w in words] == [
        ("ab", 1_000, 1_200),
        ("cd", 1_200, 1_400),
        ("efgh", 2_000, 2_400),
    ]
    assert not list(spread_words("ab", []))
    assert not list(spread_words("", [Stretch(0, 100)]))

"""What a sweep recommends, kept for the console, and saved where that is asked for."""

from __future__ import annotations

from voice_tui.cli.output import complain
from voice_tui.messages.knobs import KNOBS, SettingError, TurnSettings, change
from voice_tui.messages.presets import PRESETS
from voice_tui.replay.sweep.sweep import Sweep
from voice_tui.settings import paths
from voice_tui.settings.tuned import KnobSet, TunedFile, with_knobs


def recommend(sweep: Sweep, *, save: bool) -> None:
    """Keep it, so that one key in the console applies and saves it; or save it now.

    Args:
        sweep: What came of it.
        save: The next start begins so, without a key.
    """
    file = TunedFile(paths.config_folder() / "tuned.toml")
    for problem in file.problems:
        complain(f"voice-tui: {problem}")
    usual = file.tuned.knobs.get(sweep.preset) or _standing(sweep.preset)
    foreign = [name for name in sweep.best.settings if name not in KNOBS]
    if usual is None or foreign:
        if save:
            name = foreign[0] if foreign else sweep.preset
            complain(f"voice-tui: --save: {name} is no knob of the console: nothing is saved")
        return
    before = usual
    try:
        for name, value in sweep.best.settings.items():
            usual = change(usual, name, value)
        if usual == before and not save:
            return  # so the console begins anyway
        best = KnobSet(sweep.preset, usual)
        if save:
            file.save(with_knobs(file.tuned, best.preset, best.settings))
            complain(f"voice-tui: saved: {best.words}; the console begins so where that is its preset")
        else:
            file.recommend(best)
            complain("voice-tui: in the console A applies and saves it; --save saves it now")
    except SettingError as error:
        complain(f"voice-tui: not for the console: {error}")
    except OSError as error:
        complain(f"voice-tui: {error.filename}: {error.strerror}: the recommendation is not kept")


def _standing(preset: str) -> TurnSettings | None:
    return PRESETS[preset].settings if preset in PRESETS else None

"""Rows that are kept, newest first, and numbers, newest last."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.spectral.newest import Line, Newest


def test_rows_stand_newest_first_however_many_have_come() -> None:
    kept = Newest(3, 2)
    assert not kept.rows.any()
    for number in range(1, 20):
        kept.begin()[:] = number
        assert kept.rows[:, 0].tolist() == [max(number - i, 0) for i in range(3)]
        assert kept.rows.shape == (3, 2)


def test_a_row_of_numbers_of_any_kind() -> None:
    kept = Newest(2, 1, np.complex64)
    kept.begin()[0] = 1j
    assert kept.rows.dtype == np.complex64
    assert kept.rows[0, 0] == 1j


def test_numbers_stand_newest_last_however_many_have_come() -> None:
    kept = Line(5, 2, np.float64)
    assert kept.newest.tolist() == [0] * 5
    for number in range(2, 6 * Line.PIECES, 2):
        kept.add(np.array((number - 1, number)))
        assert kept.newest.tolist() == [max(number - i, 0) for i in (4, 3, 2, 1, 0)]
    assert kept.newest.dtype == np.float64

"""How much of what was said was understood."""

from __future__ import annotations


def word_error_rate(said: str, heard: str) -> float:
    """Least number of words changed, left out and put in, as a share of the words said; only letters count."""
    want, got = (["".join(filter(str.isalnum, word)) for word in text.lower().split()] for text in (said, heard))
    row = list(range(len(got) + 1))
    for i, word in enumerate(want, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1] / len(want)

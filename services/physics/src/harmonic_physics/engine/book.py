"""The book of a run's conserved quantities: what they were, what they are measured against, how far they went."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
REFERENCE, SCALE, WORST = range(3)
"""Rows of the book, a column a quantity."""


def opened(start: Mapping[str, float], scales: Mapping[str, float]) -> Floats:
    """A new book, (3, quantities). A scale that is not above 0 counts as 1."""
    book = np.zeros((3, len(start)))
    book[REFERENCE] = list(start.values())
    book[SCALE] = [scales[name] if scales[name] > 0 else 1.0 for name in start]
    return book


def entered(book: Floats, now: Mapping[str, float]) -> None:
    """Note the quantities as they are: the largest relative drift is kept."""
    if book.shape[1]:
        away = np.abs(np.array(list(now.values())) - book[REFERENCE])
        np.maximum(book[WORST], away / book[SCALE], out=book[WORST])


def rebased(book: Floats, before: Mapping[str, float], after: Mapping[str, float]) -> None:
    """A parameter was changed: what that did to the quantities is no drift."""
    book[REFERENCE] += np.array([after[name] - before[name] for name in before])

"""Spectra that several instruments share: ratios to the note, and amplitudes."""

from typing import NamedTuple


class Modes(NamedTuple):
    """Ratios of partials to the note, and their amplitudes."""

    ratios: tuple[float, ...]
    amplitudes: tuple[float, ...]


def harmonics(count: int, slope: float, even: float = 1.0) -> Modes:
    """Whole-number ratios with amplitudes n**-slope; even partials weighted."""
    numbers = range(1, count + 1)
    weights = (n**-slope * (even if n % 2 == 0 else 1.0) for n in numbers)
    return Modes(tuple(float(n) for n in numbers), tuple(weights))


def stiff(count: int, slope: float, stiffness: float) -> Modes:
    """A stiff string: n sqrt((1 + B n^2) / (1 + B)), so that the first partial is the note."""
    numbers = range(1, count + 1)
    ratios = tuple(n * ((1.0 + stiffness * n * n) / (1.0 + stiffness)) ** 0.5 for n in numbers)
    # Struck at an eighth of the string: partials that have a node there stay silent.
    weights = tuple(n**-slope * (0.12 if n % 8 == 0 else 1.0) for n in numbers)
    return Modes(ratios, weights)

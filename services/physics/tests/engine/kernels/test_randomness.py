"""The random numbers are those of the paper, and as random as they say."""

import numpy as np
import pytest
from scipy import stats

from harmonic_physics.engine.kernels.randomness import fill_normal, fill_uniform, philox_words

FULL = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((FULL, FULL), (FULL, FULL, FULL, FULL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0xA4093822, 0x299F31D0),
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_its_published_words(
    key: tuple[int, ...], counter: tuple[int, ...], words: tuple[int, ...]
) -> None:
    """The known-answer vectors that the authors publish with Random123."""
    out = np.zeros(4, np.int64)
    philox_words(np.array(key), np.array(counter), out)
    assert tuple(out.tolist()) == words


def test_numbers_follow_their_laws() -> None:
    """Kolmogorov and Smirnov find nothing against 100,000 uniform and normal numbers; streams differ."""
    u, n, other = np.empty(100_000), np.empty(100_000), np.empty(100_000)
    fill_uniform(7, 1, u)
    fill_normal(7, 1, n)
    fill_normal(7, 2, other)
    assert u.min() > 0.0 and u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 0.01
    assert stats.kstest(n, "norm").pvalue > 0.01
    assert abs(np.corrcoef(n, other)[0, 1]) < 0.01

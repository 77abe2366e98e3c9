"""When what failed is tried again."""

import random

from hypothesis import given
from hypothesis import strategies as st

from harmonic_chassis.retries import PAUSE_AFTER, Pauses, RetryPolicy


@given(attempt=st.integers(1, 60), seed=st.integers(0, 1000))
def test_the_delay_lies_between_half_and_the_whole_of_the_backoff(attempt: int, seed: int) -> None:
    """Doubling from base to cap, with jitter in the upper half."""
    policy = RetryPolicy(base_s=0.5, cap_s=300.0, rng=random.Random(seed))
    whole = min(300.0, 0.5 * 2 ** (attempt - 1))
    assert whole / 2 <= policy.delay_s(attempt) <= whole


def test_a_type_pauses_after_several_failures_in_a_row_and_longer_each_time() -> None:
    """One failure pauses nothing; several do; each probe that fails doubles the pause; a success ends it."""
    pauses = Pauses(RetryPolicy(pause_s=1.0, pause_cap_s=4.0))
    for _ in range(PAUSE_AFTER - 1):
        pauses.failed("a", 0.0)
    assert pauses.paused(0.0) == []
    for length in (1.0, 2.0, 4.0, 4.0):
        pauses.failed("a", 0.0)
        assert pauses.paused(length - 0.01) == ["a"]
        assert pauses.paused(length) == []
    pauses.passed("a")
    assert pauses.paused(0.0) == []

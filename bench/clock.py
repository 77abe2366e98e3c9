"""Processor time of short work, best of several turns: what the code costs when nothing disturbs it."""

import time
from collections.abc import Callable
from typing import Any


def spent(work: Callable[[], Any]) -> float:
    """Of one call [s]."""
    began = time.process_time()
    work()
    return time.process_time() - began


def best(times: int, work: Callable[[], Any]) -> float:
    """The least of several calls, after one that loads what is needed [s]."""
    return in_turn(times, work)[0]


def in_turn(times: int, *works: Callable[[], Any]) -> list[float]:
    """The least of each, the works taken in turn, so that a busy machine disturbs all alike; one untimed turn first."""
    for work in works:
        work()
    turns = [[spent(work) for work in works] for _ in range(times)]
    return [min(column) for column in zip(*turns, strict=True)]

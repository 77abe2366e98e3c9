"""Motions made by hand, for tests that need a trajectory but no engine."""

from collections.abc import Callable

import numpy as np
import pytest

from harmonic_audio.mapping import EventColumns, Motion
from harmonic_contracts.trajectory import Body, Certificate, Observable, TrajectoryHeader

TRAPPIST_PERIODS_D = {
    "b": 1.510826,
    "c": 2.421937,
    "d": 4.049219,
    "e": 6.101013,
    "f": 9.207540,
    "g": 12.352446,
    "h": 18.772866,
}
TRAPPIST_T0_D = {"b": 0.3, "c": 1.4, "d": 3.5, "e": 0.6, "f": 6.4, "g": 8.0, "h": 2.1}

MotionMaker = Callable[..., Motion]


def header_of(
    bodies: list[str], kinds: list[str], observables: list[Observable] | None = None, unit: str = "d"
) -> TrajectoryHeader:
    """A header with nothing but what a mapping reads."""
    return TrajectoryHeader.model_validate(
        {
            "system": "orbits",
            "time_unit": unit,
            "length_unit": "AU",
            "frames": 2,
            "bodies": [Body(name=name) for name in bodies],
            "observables": observables or [],
            "event_kinds": kinds,
            "certificate": Certificate(method="by hand", engine_version="0", steps=0, invariants={}),
            "spec": {},
        }
    )


def trappist(days: float = 340.0) -> Motion:
    """Circular TRAPPIST-1: a transit of each planet once a period, for so many days; body 0 is the star."""
    names = ["TRAPPIST-1", *TRAPPIST_PERIODS_D]
    rows = [
        (time, body)
        for body, (name, period) in enumerate(TRAPPIST_PERIODS_D.items(), start=1)
        for time in np.arange(TRAPPIST_T0_D[name], days, period)
    ]
    rows.sort()
    time, body = (np.array(column) for column in zip(*rows, strict=True))
    count = len(rows)
    events = EventColumns(
        time=time,
        kind=np.zeros(count, dtype=np.int64),
        body_a=body.astype(np.int64),
        body_b=np.full(count, -1, dtype=np.int64),
        strength=np.ones(count),
        position=np.zeros((count, 3)),
    )
    return Motion(header_of(names, ["transit"]), np.array([0.0, days]), events)


def gas(particles: int = 40, events: int = 900, seconds: float = 30.0, seed: int = 3) -> Motion:
    """Collisions and wall hits at random, as a gas has them."""
    random = np.random.default_rng(seed)
    time = np.sort(random.uniform(0.0, seconds, events))
    kind = (random.random(events) < 0.4).astype(np.int64)
    body = random.integers(0, particles, events)
    header = header_of([f"p{i}" for i in range(particles)], ["collision", "wall"], unit="s")
    columns = EventColumns(
        time=time,
        kind=kind,
        body_a=body,
        body_b=np.where(kind == 0, (body + 1) % particles, -1),
        strength=random.gamma(2.0, 1.0, events),
        position=random.uniform(-1.0, 1.0, (events, 3)),
    )
    return Motion(header, np.linspace(0.0, seconds, 301), columns)


@pytest.fixture
def chain() -> Motion:
    """The transits of TRAPPIST-1 over 340 days."""
    return trappist()


@pytest.fixture
def colliding() -> Motion:
    """A gas."""
    return gas()


@pytest.fixture
def gases() -> MotionMaker:
    """Gases of any size."""
    return gas

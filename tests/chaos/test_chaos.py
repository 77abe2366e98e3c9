"""The short form of the chaos: real processes, killed at a seeded sample of the marked points, and whole books."""

import os
from pathlib import Path

import pytest

from harmonic_chassis.points import POINTS
from harmonic_chassis.testing.servers import ServerMissing
from harmonic_standalone.testing.chaos.plan import Plan
from harmonic_standalone.testing.chaos.run import Report, Wanted, run, storms

SEED_VARIABLE = "HARMONIC_TEST_SEED"
EVENTS = 350
KILLS = 6


@pytest.mark.distributed
@pytest.mark.postgres
@pytest.mark.rabbit
async def test_nothing_is_lost_doubled_or_disordered_under_chaos(tmp_path: Path) -> None:
    """Under edits and simulations, processes are killed at marked points, the broker or the database is killed, and a
    connection is cut, as the seed has it: what the client was told is in the books of every service once, in order, and
    the run has passed every marked point that there is."""
    seed = int(os.environ.get(SEED_VARIABLE, "1"))
    print(f"again with {SEED_VARIABLE}={seed}")
    wanted = Wanted(seed, EVENTS, Plan.sample(seed, KILLS, (0.2, 2.0)), _weather(seed), editors=8, users=2, limit_s=240)
    try:
        report = await run(wanted, tmp_path, print)
    except ServerMissing as missing:
        pytest.skip(str(missing))
    _assert_kept(report)


def _weather(seed: int) -> list:  # type: ignore[type-arg]
    """One kill and one cut of the four kinds of storm."""
    every = storms(seed, 1)
    kills, cuts = ([storm for storm in every if storm.kind == kind] for kind in ("kill", "cut"))
    return sorted([kills[seed % 2], cuts[(seed // 2) % 2]], key=lambda storm: storm.at)


def _assert_kept(report: Report) -> None:
    assert report.faults == []
    assert report.events >= EVENTS
    assert report.missing == {}
    assert set(report.passed) == set(POINTS)

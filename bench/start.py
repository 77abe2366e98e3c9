"""From `harmonic serve` to a ready gateway, on migrated data: the wait of everybody who starts the platform."""

import statistics
import tempfile
from pathlib import Path

from bench.platform_process import platform
from bench.result import Figure, Measurement

START_BAR_S = 3.0
TIMES = 5


def measure() -> Measurement:
    """Median and best of five starts on the same data; and the first start, which makes the databases."""
    with tempfile.TemporaryDirectory(prefix="harmonic-bench-") as scratch:
        with platform(Path(scratch)) as first:
            pass
        walls, cpus = [], []
        for _ in range(TIMES):
            with platform(Path(scratch)) as running:
                walls.append(running.ready_s)
                cpus.append(running.ready_cpu_s)
    return Measurement(
        "start",
        "python -m bench start",
        [
            Figure("ready on migrated data, wall, median of 5", statistics.median(walls), "s", START_BAR_S),
            Figure("ready on migrated data, processor time, median of 5", statistics.median(cpus), "s", START_BAR_S),
            Figure("ready on migrated data, wall, best of 5", min(walls), "s"),
            Figure("ready on new databases, wall", first.ready_s, "s"),
            Figure("ready on new databases, processor time", first.ready_cpu_s, "s"),
        ],
    )

"""A process of the platform that dies at marked points.

``python -m harmonic_standalone.testing.chaos.process serve physics`` differs from ``python -m harmonic_chassis serve
physics`` in that the points are armed, that a witness stands beside each handler, and that leases, beats and
checkpoints come often enough for jobs of milliseconds to pass them.
"""

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from harmonic_chassis import main as chassis
from harmonic_chassis import points
from harmonic_standalone.testing.chaos import witness

ARMS_VARIABLE = "HARMONIC_CHAOS_ARMS"
"""A file with the arms, which may change or go while the process lives: until it is there, nobody dies."""
LOG_VARIABLE = "HARMONIC_CHAOS_LOG"
LOOK_S = 0.2


class Death:
    """Kills its process at the chosen passing of a point. Every point is noted when it is first passed."""

    def __init__(self, arms: Path, log: Path) -> None:
        self._arms, self._made = arms, 0
        self._at: Mapping[str, int] = {}
        self._from = self._looked = 0.0
        self._passed: Counter[str] = Counter()
        self._known: set[str] = set()
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def __call__(self, point: str) -> None:
        if point not in self._known:
            self._known.add(point)
            os.write(self._log, f"passed {point}\n".encode())
        now = time.monotonic()
        if now - self._looked >= LOOK_S:
            self._looked = now
            self._take_up(now)
        if point in self._at and now >= self._from:
            self._passed[point] += 1
            if self._passed[point] >= self._at[point]:
                os.write(self._log, f"killed {point}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL)

    def _take_up(self, now: float) -> None:
        """The arms of the file, where they are others than before."""
        try:
            made = self._arms.stat().st_mtime_ns
            if made == self._made:
                return
            arms = json.loads(self._arms.read_text())
        except FileNotFoundError:
            self._made, self._at = 0, {}
            return
        self._made, self._at, self._from = made, arms["at"], now + arms["after_s"]
        self._passed.clear()


def quicken() -> None:
    """Short leases, so that what a dead process held is soon taken over; a checkpoint at every tick."""
    from harmonic_chassis.jobs import run
    from harmonic_chassis.jobs.workers import Workers
    from harmonic_chassis.lease import Lease
    from harmonic_physics import prefetch
    from harmonic_physics.engine import run as engine_run

    prefetch.DELAY_S = 3600.0  # a worker that lives for seconds loads the kernels that it needs, and no others
    run.TICKS_S = 0.0
    engine_run.TICK_SECONDS = 1e-3  # before a system is loaded: a simulation of milliseconds has many ticks
    _defaults(Workers.__init__, lease_s=2.0, beat_s=0.01, checkpoint_s=0.0)
    _defaults(Lease.__init__, lease_s=1.5)


def _defaults(function: object, **values: float) -> None:
    kept = function.__kwdefaults__  # type: ignore[attr-defined]
    assert values.keys() <= kept.keys(), f"{function} has no such options any more"
    kept.update(values)


def main() -> int:
    """Arm, and run the process."""
    points.arm(Death(Path(os.environ[ARMS_VARIABLE]), Path(os.environ[LOG_VARIABLE])))
    quicken()
    witness.join(chassis.load_service(sys.argv[2]))
    return chassis.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

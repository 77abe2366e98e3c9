"""Probes: small simulations at once, kept nowhere but in a bounded memory, for those who search over the engine."""

import tempfile
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any

from harmonic_physics.engine.system import Start
from harmonic_physics.simulations.digest import digest_of
from harmonic_physics.simulations.work import SimulationWork

MAX_CPU_SECONDS = 5.0
"""Estimated cost of one probe."""
MAX_BYTES = 32 * 2**20
"""Size of one probe's arrays."""
KEPT_BYTES = 128 * 2**20
"""Size of all results kept."""


class Probes:
    """Results by digest, the oldest going first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def run(self, start: Start[Any], seed: int) -> tuple[str, bytes]:
        """Digest and trajectory file. Called in a thread. Raises JobRefused where the run stops."""
        digest = digest_of(start, seed)
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
                return digest, self._kept[digest]
        made = _simulate(start, seed)
        with self._lock:
            self._keep(digest, made)
        return digest, made

    def _keep(self, digest: str, made: bytes) -> None:
        if digest not in self._kept:
            self._kept[digest] = made
            self._size += len(made)
        while self._size > KEPT_BYTES:
            self._size -= len(self._kept.popitem(last=False)[1])


def _simulate(start: Start[Any], seed: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="harmonic-probe-") as scratch:
        work = SimulationWork(start, seed, Path(scratch))
        while work.tick() < 1.0:
            pass
        return work.finish()[0].read_bytes()

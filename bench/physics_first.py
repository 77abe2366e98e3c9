"""The first step of a job in a new worker, with the compiled kernels on disk: what a first listener waits for.

A worker process loads numba and the kernels ahead of its first job (`harmonic_physics.prefetch`); both are measured,
the step of one that had no time to and of one that had. Each is a process of its own, the best of some.
"""

import json
import subprocess
import sys
from pathlib import Path

from bench import report
from bench.result import Figure, Measurement

TIMES = 2
BAR_S = 0.3
ROOT = Path(__file__).parents[1]
STEP = """
import json, sys, time
import harmonic_physics.jobs
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import system
from harmonic_physics.prefetch import _load
kind, ahead = sys.argv[1], sys.argv[2] == "ahead"
if ahead:
    _load(kind)
began = time.process_time()
preset = system(kind).presets[0]
check(kind, preset.spec, preset.environment).run(1).advance()
print(json.dumps(time.process_time() - began))
"""


def measure() -> Measurement:
    """The demo's system, and the slowest of all."""
    from harmonic_physics.engine.registry import systems

    cold = {kind: _first(kind, "cold") for kind in systems()}
    ahead = {kind: _first(kind, "ahead") for kind in systems()}
    figures = []
    for found, name in ((cold, "nothing loaded ahead"), (ahead, "kernels loaded ahead")):
        slowest = max(found, key=lambda kind: found[kind])
        figures += [
            Figure(f"first step in a new worker, orbits, {name}, processor time", found["orbits"], "s", BAR_S),
            Figure(f"first step in a new worker, slowest ({slowest}), {name}", found[slowest], "s", BAR_S),
        ]
    note = "A first step is a job's first tick: checking, the start, and about 50 ms of simulation."
    return Measurement("physics_first", "python -m bench.physics_first", figures, [note])


def _first(kind: str, how: str) -> float:
    """Processor time of the first tick [s]."""
    command = [sys.executable, "-c", STEP, kind, how]
    runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(TIMES)]
    return min(float(json.loads(run.stdout)) for run in runs)


if __name__ == "__main__":
    report.show(measure())

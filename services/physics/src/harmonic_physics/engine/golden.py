"""Golden universes: the beginning of a preset of every system, and the one hash that it has on any machine.

`python -m harmonic_physics.engine.golden --threads 1 2 4 --thaw [NAME ...]` prints the hashes found here as JSON.
"""

import argparse
import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import preset, systems
from harmonic_physics.engine.run import Chunk, Run
from harmonic_physics.engine.simulate import joined
from harmonic_physics.engine.system import Start

SEED = 11
FRAMES = 40
"""Frames of a golden universe, at most."""
THAWS = 40
"""Times that a run is frozen and thawed: after each of its first ticks, which are cut short."""
MORE: dict[str, tuple[str, dict[str, Any], dict[str, float]]] = {
    "galaxy, by the tree": ("spiral-galaxy", {"duration": 1.2e7, "galaxies": [{"name": "disc", "count": 6000}]}, {}),
    "molecules, in space": (
        "liquid-argon",
        {"duration": 0.6, "thermostat": "langevin", "count": 864},
        {"temperature": 120.0},
    ),
    "charges, repelling": ("dust-crystal", {"duration": 0.2}, {}),
}
"""Further ones, for kernels that a first preset does not reach: preset, changes of its spec and environment."""


def goldens() -> dict[str, Start[Any]]:
    """Every golden universe by name."""
    found = {}
    for kind, system in systems().items():
        first = system.presets[0]
        whole, interval = (float(str(first.spec[name])) for name in ("duration", "frame_interval"))
        shortest = min(whole, FRAMES * interval)
        found[kind] = check(kind, first.spec | {"duration": shortest}, first.environment)
    for name, (preset_name, changes, environment) in MORE.items():
        system, chosen = preset(preset_name)
        found[name] = check(system.kind, chosen.spec | changes, chosen.environment | environment)
    return found


def digest(start: Start[Any], thaw: bool = False) -> str:
    """SHA-256 of all frames, events, drifts and modes of a run, frozen and thawed on the way if asked."""
    run, chunks = start.run(SEED), list[Chunk]()
    while not run.done:
        if thaw and len(chunks) < THAWS:
            shorten(run)
        chunks.append(run.advance())
        if thaw and len(chunks) < THAWS:
            run = start.run(SEED, run.checkpoint())
    time, arrays, events = joined(chunks)
    whole = hashlib.sha256(time.tobytes())
    for name in sorted(arrays):
        whole.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    for name, column in sorted(vars(events).items()):
        whole.update(name.encode() + np.ascontiguousarray(column).tobytes())
    whole.update(json.dumps(run.quality().invariants, sort_keys=True).encode())
    for mode in start.system.modes(start.spec, start.environment):
        whole.update(mode.model_dump_json().encode())
    return whole.hexdigest()


def shorten(run: Run) -> None:
    """Cut the run into ticks of a seventh, then a 49th, ... of the usual work."""
    for attribute in ("seconds_a_step",):
        if hasattr(run, attribute):
            setattr(run, attribute, getattr(run, attribute) * 7)
    for attribute in ("steps_a_call", "frame_buffer"):
        if hasattr(run, attribute):
            setattr(run, attribute, max(1, getattr(run, attribute) // 7))


def digests(start: Start[Any], threads: int, thaw: bool = False) -> set[str]:
    """The hashes that as many threads at once find, each for itself: there must be one."""
    with ThreadPoolExecutor(threads) as pool:
        return set(pool.map(lambda _: digest(start, thaw), range(threads)))


def main(arguments: list[str]) -> int:
    """Print {name: {"1 thread": hash, ..., "thawed": hash}}; several hashes in one place are all printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--threads", nargs="*", type=int, default=[1])
    parser.add_argument("--thaw", action="store_true")
    chosen = parser.parse_args(arguments)
    every = goldens()
    table: dict[str, dict[str, str]] = {}
    for name in chosen.names or every:
        row = {f"{n} threads at once": " ".join(sorted(digests(every[name], n))) for n in chosen.threads}
        if chosen.thaw:
            row["frozen and thawed"] = digest(every[name], thaw=True)
        table[name] = row
    sys.stdout.write(json.dumps(table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

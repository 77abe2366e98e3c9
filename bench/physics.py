"""The physics engine against REBOUND, heyoka, pymunk and scipy, and against the clock: processor time in one run.

Each part is a program of its own: `python -m bench.physics_orbits` and so on.
"""

from importlib import import_module

from bench.result import Measurement

PARTS = (
    "orbits", "galaxy", "particles", "oscillators", "string", "membrane", "molecules", "smooth", "dense", "first",
)  # fmt: skip


def measure() -> Measurement:
    """The figures of every part; what needs a peer that is not installed is left out, and a note says so."""
    parts: list[Measurement] = [import_module(f"bench.physics_{part}").measure() for part in PARTS]
    notes = ["Processor time on one core, the best of several, peers in turn with ours."]
    notes += [note for part in parts for note in part.notes]
    figures = [figure for part in parts for figure in part.figures]
    return Measurement("physics", "python -m bench physics", figures, list(dict.fromkeys(notes)))

"""Hard discs: 5,000 at an area fraction of 0.2, exact events against pymunk's steps of 1/60 s in the same run."""

from math import inf, pi, sqrt
from typing import Any

from bench import physics_peers as peers
from bench import report
from bench.clock import spent
from bench.result import Figure, Measurement

COUNT, RADIUS, FRACTION = 5000, 0.5, 0.2
ROUNDS = 15
SPEED_BAR, RATE_BAR = 8.0, 0.5e6


def measure() -> Measurement:
    """Slices of a second of each in turn; the fastest slice of each."""
    run, pymunk = _gas(), peers.found("pymunk")
    space = None if pymunk is None else _space(pymunk, run)
    ours, theirs, framed, rate = inf, inf, inf, 0.0
    for second in range(ROUNDS):
        before = int(run.state["count"][0])
        alone = spent(lambda second=second: run.march(float(second), 1.0, 1))  # type: ignore[misc]  # bound now
        rate = max(rate, (int(run.state["count"][0]) - before) / alone)
        ours = min(ours, alone)
        framed = min(framed, alone + spent(lambda: [run.observe() for _ in range(60)]))
        if space is not None:
            theirs = min(theirs, spent(lambda: [space.step(1 / 60) for _ in range(60)]))
    name = f"{COUNT:,} hard discs"
    figures = [
        Figure(f"{name}, collisions a second", rate, "1/s", RATE_BAR, True),
        Figure(f"{name}, ten seconds of motion, processor time", 10 * ours, "s"),
    ]
    if space is None:
        return Measurement("physics_particles", "python -m bench.physics_particles", figures, [peers.missing("pymunk")])
    figures += [
        Figure(f"{name}, pymunk over ours", theirs / ours, "", SPEED_BAR, True),
        Figure(f"{name}, pymunk over ours with 60 whole frames a second", theirs / framed, ""),
    ]
    note = (
        "Ours finds every collision of the discs at its exact time and never lets them overlap; pymunk takes 60 steps "
        "a second with its ten iterations, and its discs overlap by up to 6 % of a diameter."
    )
    return Measurement("physics_particles", "python -m bench.physics_particles", figures, [note])


def _gas() -> Any:
    from harmonic_physics.engine.checking import check

    side = sqrt(COUNT * pi * RADIUS**2 / FRACTION)
    swarm = {"count": COUNT, "radius_min": RADIUS, "radius_max": RADIUS, "mass": 1.0, "speed": sqrt(2)}
    spec = {"duration": 100.0, "frame_interval": 1.0, "size": [side, side], "random": [swarm], "event_threshold": 1e4}
    run: Any = check("particles", spec, {"gravity": 0.0, "viscosity": 0.0}).run(0)
    run.march(0.0, 1.0, 2)
    return run


def _space(pymunk: Any, run: Any) -> Any:
    """The same discs between the same walls, smooth and elastic, which need not turn."""
    space, side = pymunk.Space(), float(run.spec.size[0])
    corners = [(0, 0), (side, 0), (side, side), (0, side)]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        wall = pymunk.Segment(space.static_body, start, end, 0)
        wall.elasticity = 1.0
        space.add(wall)
    for place, speed in zip(run.placed.positions.tolist(), run.placed.velocities.tolist(), strict=True):
        body = pymunk.Body(1.0, inf)
        body.position, body.velocity = (place[0], place[1]), (speed[0], speed[1])
        disc = pymunk.Circle(body, RADIUS)
        disc.elasticity = 1.0
        space.add(body, disc)
    for _ in range(60):
        space.step(1 / 60)
    return space


if __name__ == "__main__":
    report.show(measure())

"""Molecules: atom-steps a second of the melt of LAMMPS's benchmark, lists and everything, on one core."""

from bench import report
from bench.clock import spent
from bench.result import Figure, Measurement

ATOMS, STEPS, TIMES = 32_000, 100, 3
BAR = 1.4e6


def measure() -> Measurement:
    """Best of three runs of a hundred steps from the crystal, the lists' rebuilding included."""
    from harmonic_physics.engine.molecules.run import MoleculesRun
    from harmonic_physics.engine.systems.molecules import Molecules, MoleculesSpec
    from harmonic_physics.engine.timeline import Timeline

    spec = MoleculesSpec.model_validate(
        {
            "duration": 0.005 * STEPS, "frame_interval": 0.005 * STEPS, "dimensions": 3, "count": ATOMS,
            "density": 0.8442, "time_step": 0.005, "thermostat": "none", "truncation": "truncated", "tagged": 1,
            "initial_temperature": 1.44 * 119.8,
        }
    )  # fmt: skip
    least = float("inf")
    for _ in range(TIMES):
        run = MoleculesRun(Molecules(), spec, {"temperature": 100.0, "time_scale": 1.0}, 1, None, Timeline())
        run.march(0.0, 0.005, 1)
        least = min(least, spent(lambda run=run: run.march(0.0, 0.005, STEPS)))  # type: ignore[misc]  # bound now
    return Measurement(
        "physics_molecules",
        "python -m bench.physics_molecules",
        [Figure(f"Lennard-Jones melt, {ATOMS:,} atoms, atom-steps a second", ATOMS * STEPS / least, "1/s", BAR, True)],
    )


if __name__ == "__main__":
    report.show(measure())

"""A simulation's work resumes from any checkpoint with the same file, byte for byte."""

import hashlib
from pathlib import Path

import pytest

from harmonic_chassis.jobs import Checkpoint, JobRefused
from harmonic_chassis.trajectory_file import TrajectoryFile
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import preset
from harmonic_physics.simulations.digest import digest_of
from harmonic_physics.simulations.work import SimulationWork


def finish(work: SimulationWork) -> str:
    """Run to the end; the file's hash."""
    while work.tick() < 1.0:
        pass
    return hashlib.sha256(work.finish()[0].read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["trappist-1", "brownian-cloud", "falling-rain"])
def test_killed_and_resumed_work_gives_the_same_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen after a tick, thawed over the spilled files cut to length, the file has the undisturbed hash."""
    system, found = preset(name)
    start = check(system.kind, found.spec, found.environment)
    whole = finish(SimulationWork(start, 3, tmp_path / "whole"))
    monkeypatch.setattr("harmonic_physics.engine.stepping.TICK_SECONDS", 0.002)
    work = SimulationWork(start, 3, tmp_path / "cut")
    assert work.checkpoint() is None
    for _ in range(2):
        assert work.tick() < 1.0
    saved = work.checkpoint()
    assert isinstance(saved, Checkpoint)
    work.tick()
    work._writer.close()  # type: ignore[union-attr]  # the process that held it is gone
    for path, length in saved.files.items():
        with (tmp_path / "cut" / path).open("r+b") as file:
            file.truncate(length)
    resumed = SimulationWork(start, 3, tmp_path / "cut", saved.state)
    assert finish(resumed) == whole
    assert TrajectoryFile.open(tmp_path / "cut" / "trajectory.npz").header.seed == 3


def test_the_digest_names_all_that_made_the_result() -> None:
    """Spec, environment and seed each change it; the order of fields does not."""
    system, found = preset("gas-in-a-box")
    start = check(system.kind, found.spec, found.environment)
    other_order = check(system.kind, dict(reversed(found.spec.items())), found.environment)
    longer = check(system.kind, found.spec | {"duration": 31.0}, found.environment)
    heavier = check(system.kind, found.spec, found.environment | {"gravity": 1.0})
    assert digest_of(other_order, 0) == digest_of(start, 0)
    assert len({digest_of(start, 0), digest_of(start, 1), digest_of(longer, 0), digest_of(heavier, 0)}) == 4


def test_no_free_place_is_a_refusal(tmp_path: Path) -> None:
    """Bodies that find no place at random refuse the job at once, with the field."""
    spec = {"duration": 1.0, "frame_interval": 0.1, "size": [4.2, 4.2]}
    spec |= {
        "bodies": [{"name": "big", "position": [2.1, 2.1], "radius": 1.0}],
        "random": [{"count": 1, "radius_min": 1.0, "radius_max": 1.0}],
    }
    work = SimulationWork(check("particles", spec, {}), 0, tmp_path)
    with pytest.raises(JobRefused) as refusal:
        work.tick()
    assert refusal.value.problem.errors[0].field == "body.spec.random"

"""A simulation as work in ticks: frames and events stream to the trajectory file, checkpoints are exact."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonic_chassis.jobs import Checkpoint, JobRefused
from harmonic_contracts.problems import INVALID, SIMULATION_STOPPED
from harmonic_contracts.trajectory import TrajectoryHeader
from harmonic_physics.engine.run import Run, Stopped
from harmonic_physics.engine.simulate import header
from harmonic_physics.engine.system import Refused, Start

if TYPE_CHECKING:
    from harmonic_chassis.trajectory_file import TrajectoryWriter

SPILL = "spill"
FILE = "trajectory.npz"


class SimulationWork:
    """One simulation under way. Everything heavy is imported and made by the first tick, in the worker's thread."""

    def __init__(self, start: Start[Any], seed: int, scratch: Path, checkpoint: bytes | None = None) -> None:
        self.start, self.seed, self.scratch = start, seed, scratch
        self._resume = checkpoint
        self._run: Run | None = None
        self._writer: TrajectoryWriter | None = None

    def tick(self) -> float:
        """About 50 ms of simulation. Raises JobRefused where the run leaves its domain of validity."""
        try:
            run, writer = self._opened()
            chunk = run.advance()
        except Stopped as stop:
            raise JobRefused(SIMULATION_STOPPED.document(f"The simulation {stop}")) from stop
        except Refused as refusal:
            raise JobRefused(INVALID.document(str(refusal), errors=refusal.errors)) from refusal
        from harmonic_chassis.trajectory_file import EventTable

        writer.extend(chunk.time, chunk.arrays)
        writer.extend_events(EventTable(**vars(chunk.events)))
        return 1.0 if run.done else min(run.progress, 0.999)

    def checkpoint(self) -> Checkpoint | None:
        """The run's exact state and how much of the spilled frames belongs to it."""
        if self._run is None or self._writer is None:
            return None
        written = self._writer.state()
        head = json.dumps({"writer": len(written)}).encode()
        state = len(head).to_bytes(4, "little") + head + written + self._run.checkpoint()
        return Checkpoint(state, self._writer.files(self.scratch))

    def finish(self) -> tuple[Path, TrajectoryHeader, int]:
        """The trajectory file, its header, and the number of events."""
        run, writer = self._opened()
        made = header(self.start, self.seed, run)
        return writer.finish(made), made, writer.events

    def _opened(self) -> "tuple[Run, TrajectoryWriter]":
        if self._run is None or self._writer is None:
            from harmonic_chassis.trajectory_file import TrajectoryWriter

            written, state = _split(self._resume) if self._resume else (None, None)
            observables = self.start.system.observables(self.start.spec)
            self._run = self.start.run(self.seed, state)
            self._writer = TrajectoryWriter(self.scratch / FILE, observables, spill=self.scratch / SPILL, state=written)
        return self._run, self._writer


def _split(state: bytes) -> tuple[bytes, bytes]:
    begin = 4 + int.from_bytes(state[:4], "little")
    end = begin + int(json.loads(state[4:begin])["writer"])
    return state[begin:end], state[end:]

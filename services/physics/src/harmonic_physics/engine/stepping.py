"""Runs on the frame grid: a subclass moves its state and looks at it; the rest of a run comes from here.

A *cell* spans `frames_a_step` frames (one, for most systems). Knots of the timeline cut a cell into *pieces* of
constant parameters, and a piece is walked in `substeps` equal steps. How the work is cut into ticks changes no bit.
Systems whose own step is longer than a frame (dense output, sound at audio rate) take several frames a cell: one step a
piece, and `interpolate` gives the frames inside it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine import book
from harmonic_physics.engine.packing import Array, pack, unpack
from harmonic_physics.engine.pieces import Piece, Pieces
from harmonic_physics.engine.run import TICK_SECONDS, Chunk, Quality, Stopped, events_of
from harmonic_physics.engine.system import MAX_EVENTS, Spec, System, result_bytes

if TYPE_CHECKING:
    from harmonic_physics.engine.timeline import Timeline, Values

Floats = NDArray[np.float64]
CHUNK_BYTES = 4 * 2**20
FRAME, PIECE, STEP, STEPS, FOUND = range(5)
"""Slots of the clock: frames handed out, piece in the cell, step in the piece, steps and events in all."""
EVENT_COLUMNS = 8  # time, kind, a, b, strength, position

S = TypeVar("S", bound=Spec)


class SteppedRun(ABC, Generic[S]):
    """One run. Subclasses keep everything that changes in `state`, as float64 and int64 arrays changed in place."""

    method: str
    """Named in the certificate; may be set by `prepare`."""
    order: int | None = None
    """Declared order of convergence in the step, where there is one."""
    seconds_a_step: float = 1e-6
    """Cost of one step, about: decides how many a tick takes."""
    stops_at: ClassVar[str] = "the state is no longer finite: take smaller speeds, or a shorter time_step"

    def __init__(
        self, system: System[S], spec: S, environment: Values, seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> None:
        self.system, self.spec, self.seed, self.timeline = system, spec, seed, timeline
        self.frames = spec.frames
        self.unit = system.units(spec)[0]
        self.base: Values = environment | {name: float(getattr(spec, name)) for name in system.tunable}
        self.parameters = timeline.values(self.base, 0.0)
        self.state: dict[str, Array] = {}
        self._clock = np.zeros(5, np.int64)
        self._pending = np.zeros((0, EVENT_COLUMNS))
        self._emitted: list[Floats] = []
        self._pieces = Pieces(spec.frame_interval)
        self._frame_bytes = result_bytes(1, system.observables(spec))
        self.setup()
        if checkpoint is None:
            self.prepare()
            self.begin()
            self.state["_book"] = book.opened(self.invariants(), self.scales())
        else:
            self._restore(checkpoint)
        self._frames_a_cell = self.frames_a_step()

    # What a subclass says.

    def setup(self) -> None:
        """Constants that no parameter and no state changes; called once, first."""

    @abstractmethod
    def prepare(self) -> None:
        """Constants from spec and `parameters`; called before `begin`, after a thaw, and after every change."""

    @abstractmethod
    def begin(self) -> None:
        """Fill `state` for the universe's time 0, from spec, parameters and seed."""

    def substeps(self, span: float) -> int:
        """Equal steps that a span of time is cut into; 1 for methods that adapt."""
        return 1

    @abstractmethod
    def march(self, time: float, h: float, count: int) -> None:
        """Take `count` steps of `h` from `time`, in place. Found events go to `emit`. Raises Stopped."""

    @abstractmethod
    def observe(self) -> dict[str, Floats]:
        """The declared observables now, each of its declared shape, in fresh arrays."""

    def frames_a_step(self) -> int:
        """Frames that one step covers; above 1 needs `interpolate`, and `substeps` is 1."""
        return 1

    def interpolate(self, start: float, h: float, times: Floats) -> dict[str, Floats]:
        """Observables (len(times), *shape) at times within the step of h just taken from `start`."""
        raise NotImplementedError(f"{type(self).__name__} takes several frames a step: it must define interpolate")

    def invariants(self) -> dict[str, float]:
        """Conserved quantities now; their drift is reported."""
        return {}

    def scales(self) -> dict[str, float]:
        """What each drift is measured against; by default the size of the quantity at the start."""
        return {name: abs(value) for name, value in self.invariants().items()}

    def notes(self) -> list[str]:
        """What else the certificate should say."""
        return []

    def drift(self) -> dict[str, float]:
        """Largest relative drift of each invariant so far."""
        return dict(zip(self.invariants(), self.state["_book"][book.WORST].tolist(), strict=True))

    # What callers use.

    @property
    def done(self) -> bool:
        """Whether every frame has been handed out."""
        return bool(self._clock[FRAME] >= self.frames)

    @property
    def time(self) -> float:
        """The universe's time that the state has reached."""
        frame, piece, step = (int(self._clock[k]) for k in (FRAME, PIECE, STEP))
        if frame == 0:
            return 0.0
        if piece == 0 and step == 0:
            return (frame - 1) * self.spec.frame_interval
        start, end = self._pieces_of(frame)[piece]
        return start + step * (end - start) / self.substeps(end - start)

    @property
    def progress(self) -> float:
        """Share of the universe's time that is behind, 0..1."""
        whole = (self.frames - 1) * self.spec.frame_interval
        return min(1.0, self.time / whole) if whole > 0 else float(self.done)

    def moment(self, k: int, h: float) -> float:
        """Time at which the k-th step of the present `march` begins: the same bits however steps are cut into calls.

        For events of runs with one frame a cell: `time + k * h` would be rounded otherwise after another cut.
        """
        start, _ = self._pieces_of(int(self._clock[FRAME]))[self._clock[PIECE]]
        return float(start + (int(self._clock[STEP]) + k) * h)

    def emit(
        self, time: float, kind: str, body_a: int = -1, body_b: int = -1, strength: float = 1.0,
        position: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:  # fmt: skip
        """Report one physical event of a declared kind."""
        row = np.array([[time, self.kinds[kind], body_a, body_b, strength, *position]])
        self.emit_rows(row)

    def emit_rows(self, rows: Floats) -> None:
        """Report events as rows (n, 8): time, index of the kind, body a, body b, strength, position."""
        if len(rows):
            self._emitted.append(np.array(rows, dtype=np.float64))
            self._clock[FOUND] += len(rows)
            if self._clock[FOUND] > MAX_EVENTS:
                reason = f"more than {MAX_EVENTS} events: report fewer, or run shorter"
                raise Stopped(float(rows[0, 0]), self.unit, reason)

    @property
    def kinds(self) -> dict[str, int]:
        """Index of each declared kind of event."""
        return {event.kind: index for index, event in enumerate(self.system.events)}

    def advance(self) -> Chunk:
        """About TICK_SECONDS of steps, as declared. Raises Stopped."""
        return self._onward(max(1, int(TICK_SECONDS / self.seconds_a_step)), self.frames)

    def next_cell(self) -> Chunk:
        """The next frame (or frames, where one step covers several), however long it takes. Raises Stopped."""
        return self._onward(2**62, 1)

    def _onward(self, budget: int, cells: int) -> Chunk:
        """Whole cells up to a number of steps, of cells, or of bytes."""
        first = int(self._clock[FRAME])
        taken: list[dict[str, Floats]] = []
        done: list[Floats] = []
        size = 0
        while not self.done and budget > 0 and len(taken) < cells and size < CHUNK_BYTES:
            if self._clock[FRAME] == 0:
                frames = {name: array[None] for name, array in self.observe().items()}
            else:
                budget, frames = self._work(budget)
            if frames:
                self._hand_out(frames, taken)
                done.append(self._settled())
                size += len(next(iter(frames.values()))) * self._frame_bytes
        return self._chunk(first, taken, done)

    def checkpoint(self) -> bytes:
        """The exact state, clock, book and events not yet handed out."""
        names = sorted(self.parameters)
        values = np.array([self.parameters[name] for name in names])
        return pack({"_clock": self._clock, "_pending": self._waiting(), "_parameters": values, **self.state})

    def quality(self) -> Quality:
        """Method, steps, drift and notes."""
        return Quality(self.method, int(self._clock[STEPS]), self.drift(), self.notes(), self.order)

    # The walk through cells, pieces and steps.

    def _work(self, budget: int) -> tuple[int, dict[str, Floats]]:
        """Up to `budget` steps within the cell; its frames once it is walked."""
        frame = int(self._clock[FRAME])
        pieces = self._pieces_of(frame)
        if self._frames_a_cell > 1:
            return budget - len(pieces), self._whole_cell(frame, pieces)
        while budget > 0:
            start, end = pieces[self._clock[PIECE]]
            self._retune(0.5 * (start + end))
            count = self.substeps(end - start)
            h, step = (end - start) / count, int(self._clock[STEP])
            todo = min(count - step, budget)
            self.march(start + step * h, h, todo)
            budget -= todo
            self._clock[STEP] += todo
            self._clock[STEPS] += todo
            if self._clock[STEP] == count:
                self._clock[STEP] = 0
                self._clock[PIECE] += 1
            if self._clock[PIECE] == len(pieces):
                self._clock[PIECE] = 0
                return budget, {name: array[None] for name, array in self.observe().items()}
        return 0, {}

    def _whole_cell(self, frame: int, pieces: list[Piece]) -> dict[str, Floats]:
        count = min(self._frames_a_cell, self.frames - frame)
        times = np.arange(frame, frame + count, dtype=np.float64) * self.spec.frame_interval
        parts: list[dict[str, Floats]] = []
        for start, end in pieces:
            self._retune(0.5 * (start + end))
            self.march(start, end - start, 1)
            self._clock[STEPS] += 1
            within = times[(times > start) & (times <= end)]
            if len(within):
                parts.append(self.interpolate(start, end - start, within))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _pieces_of(self, frame: int) -> list[Piece]:
        """Stretches of constant parameters in the cell that begins after frame - 1."""
        return self._pieces.of(self.timeline, frame, self._frames_a_cell)

    def _retune(self, time: float) -> None:
        if not self.timeline.moves:
            return
        values = self.timeline.values(self.base, time)
        if values != self.parameters:
            before = self.invariants()
            self.parameters = values
            self.prepare()
            book.rebased(cast(Floats, self.state["_book"]), before, self.invariants())

    # Frames, events and the book.

    def _hand_out(self, frames: dict[str, Floats], taken: list[dict[str, Floats]]) -> None:
        now = int(self._clock[FRAME])
        count = len(next(iter(frames.values())))
        for name, array in frames.items():
            if not np.isfinite(array).all():
                raise Stopped(now * self.spec.frame_interval, self.unit, f"{self.stops_at} ({name})")
        book.entered(cast(Floats, self.state["_book"]), self.invariants())
        self._clock[FRAME] += count
        taken.append(frames)

    def _settled(self) -> Floats:
        """Events up to the cell's end, in order of time, then of kind and bodies."""
        rows, self._pending, self._emitted = self._waiting(), np.zeros((0, EVENT_COLUMNS)), []
        return rows[np.lexsort((rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))]

    def _waiting(self) -> Floats:
        return np.concatenate([self._pending, *self._emitted])

    def _chunk(self, first: int, taken: list[dict[str, Floats]], done: list[Floats]) -> Chunk:
        time = np.arange(first, int(self._clock[FRAME]), dtype=np.float64) * self.spec.frame_interval
        observables = self.system.observables(self.spec)
        arrays = {
            o.name: np.concatenate([f[o.name] for f in taken]) if taken else np.zeros((0, *o.shape))
            for o in observables
        }
        rows = np.concatenate([np.zeros((0, EVENT_COLUMNS)), *done])
        return Chunk(time, arrays, events_of(rows))

    def _restore(self, checkpoint: bytes) -> None:
        arrays = unpack(checkpoint)
        self._clock = cast("NDArray[np.int64]", arrays.pop("_clock"))
        self._pending = cast(Floats, arrays.pop("_pending"))
        values = arrays.pop("_parameters").tolist()
        self.parameters = dict(zip(sorted(self.parameters), values, strict=True))
        self.state = arrays
        self.prepare()

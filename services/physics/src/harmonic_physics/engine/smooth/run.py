"""A run of a smooth system: Taylor steps that outlive frames, so that frames may be as dense as wanted."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from itertools import pairwise
from math import ceil
from typing import ClassVar, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.formulas.tape import Tape
from harmonic_physics.engine.integrators.taylor import TAYLOR_22, SeriesMethod
from harmonic_physics.engine.kernels import taylor as kernel
from harmonic_physics.engine.kernels.series import settle
from harmonic_physics.engine.run import Quality, Stopped
from harmonic_physics.engine.smooth.problem import Problem, Watch, step_seconds
from harmonic_physics.engine.stepping import Floats, SteppedRun
from harmonic_physics.engine.system import Spec

Ints = NDArray[np.int64]
FRAMES_A_CELL = 4
"""Few enough that a live session hears a change soon."""
STEPS_A_CALL = 500
MAX_STEPS_A_CALL = 20_000
MOST_CALLS = 100
"""Into which a span between two frames is cut."""
S = TypeVar("S", bound=Spec)


class SmoothRun(SteppedRun[S]):
    """Subclasses give the problem, the values of its parameters, and where it starts."""

    integrator: ClassVar[SeriesMethod] = TAYLOR_22
    method = TAYLOR_22.name

    @abstractmethod
    def problem(self) -> Problem:
        """The equations. Called once; nothing in it depends on what may be tuned."""

    @abstractmethod
    def constants(self) -> dict[str, float]:
        """The value of every parameter of the graph, from spec and `parameters`."""

    @abstractmethod
    def initial(self) -> list[float]:
        """The state at time 0, in the order of the graph's states."""

    def setup(self) -> None:
        self.equations = self.problem()
        self.moving, self.looking = self.equations.moving(), self.equations.looking()
        self.series = np.zeros((self.moving.registers, self.integrator.order + 1))
        self.table = np.zeros((self.looking.registers, 1))
        self.rates = np.array([self.moving.of(rate) for rate in self.equations.rates], np.int64)
        self.kinks = np.array(self.moving.kinks, np.int64)
        self.watched, self.least = self._watched(self.equations.watches)
        self.weights = np.array(self.equations.weights or [1.0] * len(self.rates))
        self._layout()
        self.hits = np.zeros((kernel.ROOM * max(1, len(self.watched)), 2))
        self.after = np.zeros(len(self.watched), np.int64)
        self.tangents = np.array(self.equations.tangents, np.int64)
        self.found = -1  # events of the step whose series are held; -1: none are held
        self.cost = step_seconds(self.moving, self.integrator.order)
        self.thawed = 0  # steps already counted whose series must be worked out again

    def prepare(self) -> None:
        if self.found >= 0:
            self._rebase()
        elif self.state:
            self.thawed = 1
        constants = self.constants()
        self.tapes = [_settled(t, table, constants) for t, table in self._tables()]

    def begin(self) -> None:
        start = np.array(self.initial(), dtype=np.float64)
        self.state["state"] = np.stack([start, np.zeros_like(start)], axis=1)
        self.state["clock"] = np.zeros(4)
        self.state["sides"] = np.zeros(len(self.watched), np.int64)
        self.state["steps"] = np.zeros(1, np.int64)
        self.state["sums"] = np.zeros(self.tangents[1])
        self._stride(0.0, 1)
        self.state["typical"] = np.array([self.state["clock"][kernel.LENGTH]])

    def frames_a_step(self) -> int:
        interval = self.spec.frame_interval
        self.typical = max(float(self.state["typical"][0]), 1e-9 * interval)
        cell = max(1, min(FRAMES_A_CELL, self.frames - 1))
        if cell * interval / self.typical > STEPS_A_CALL:
            cell = 1
        steps = min(cell * interval / self.typical, STEPS_A_CALL)
        self.seconds_a_step = steps * self.cost + 5e-5 + cell * (2e-6 + 2e-8 * len(self.looking.body))
        return cell

    def substeps(self, span: float) -> int:
        return 1 if self._frames_a_cell > 1 else max(1, min(MOST_CALLS, ceil(span / (self.typical * STEPS_A_CALL))))

    def march(self, time: float, h: float, count: int) -> None:
        for k in range(count):
            if self._frames_a_cell > 1:
                self._reach(time, time + h)
            else:  # the same moments however the steps are cut into calls
                self._reach(self.moment(k, h), self.moment(k + 1, h))

    def interpolate(self, start: float, h: float, times: Floats) -> dict[str, Floats]:
        rows = np.searchsorted(self._frame_times, times)
        return self._named(self._frames[rows])

    def observe(self) -> dict[str, Floats]:
        return {name: array[0].copy() for name, array in self._named(self._look(self.wanted)[None]).items()}

    def invariants(self) -> dict[str, float]:
        return dict(zip(self.equations.conserved, self._look(self.kept).tolist(), strict=True))

    def quality(self) -> Quality:
        """With the Taylor steps as steps."""
        return replace(super().quality(), steps=int(self.state["steps"][0]))

    # The steps.

    def _reach(self, start: float, end: float) -> None:
        """Let time pass to `end`, noting frames and events on the way."""
        interval = self.spec.frame_interval
        last = (self.frames - 1) * interval
        grid = np.arange(int(start / interval) - 1, int(end / interval) + 3, dtype=np.float64) * interval
        self._frame_times = grid[(grid > start) & (grid <= end) & (grid <= last)]
        self._frames = np.empty((len(self._frame_times), len(self.wanted)))
        clock = self.state["clock"]
        end = max(min(end, last), float(clock[kernel.NOW]))
        left = MAX_STEPS_A_CALL
        while left > 0:
            now = float(clock[kernel.NOW])
            coming = int(np.searchsorted(self._frame_times, now, side="right"))
            goal = float(self._frame_times[coming]) if coming < len(self._frame_times) else end
            left -= self._stride(min(goal, end), left)
            reach = float(clock[kernel.BEGIN] + clock[kernel.LENGTH])
            self._note(min(reach, end), reach >= end)
            if reach >= end:
                return
        raise Stopped(float(clock[kernel.NOW]), self.unit, TOO_MANY)

    def _stride(self, goal: float, most: int) -> int:
        """Hold the series of the step that reaches `goal` or has the next events. Returns the steps taken."""
        clock, state = self._floats("clock"), self._floats("state")
        sides, sums = cast(Ints, self.state["sides"]), self._floats("sums")
        longest = max(self.spec.duration, self.spec.frame_interval)
        self.found, taken = kernel.stride(
            self.found, goal, most, self.series, self.tapes[0], self.rates, self.kinks, self.watched, self.weights,
            self.parameters.get("time_scale", 1.0), longest, state, clock, sides, self.after, self.hits,
            self.tangents, sums, )  # fmt: skip
        if self.found < 0:
            raise Stopped(float(clock[kernel.BEGIN]), self.unit, REASONS[self.found])
        self.state["steps"][0] = self.state["steps"][0] + taken - self.thawed
        self.thawed = 0
        return int(taken)

    def _note(self, until: float, is_end: bool) -> None:
        """Frames and events up to `until`, all within the step."""
        clock, state = self._floats("clock"), self._floats("state")
        now = float(clock[kernel.NOW])
        # A frame at the very end of the march belongs to it, whatever the rounding of the step's end.
        times = self._frame_times
        first = int(np.searchsorted(times, now, side="right"))
        beyond = len(times) if is_end else int(np.searchsorted(times, until, side="right"))
        if beyond > first:
            kernel.read(
                self.series, state, clock[kernel.BEGIN], times[first:beyond], self.table, self.tapes[1], self.wanted,
                self._frames[first:beyond],
            )  # fmt: skip
        if self.found:
            rows = np.empty((self.found, 8))
            count = kernel.tell(
                self.series, state, clock, now, until, self.hits, self.found, self.watched, self.least, self.table,
                self.tapes[1], rows,
            )  # fmt: skip
            self.emit_rows(rows[:count])
        clock[kernel.NOW] = until

    def _rebase(self) -> None:
        """End the step now: what comes has other parameters."""
        clock = self._floats("clock")
        spent = float(clock[kernel.NOW] - clock[kernel.BEGIN])
        for k, row in enumerate(self.watched):
            p = self.series[row[kernel.REGISTER]]
            at = np.polynomial.polynomial.polyval(spent, np.arange(1, len(p)) * p[1:] if row[kernel.OF_SLOPE] else p)
            self.state["sides"][k] = np.sign(at) if at else self.state["sides"][k]
        clock[kernel.LENGTH] = spent
        kernel.move_on(self.series, self._floats("state"), clock)
        clock[kernel.BEGIN], clock[kernel.BEGIN_LOW] = clock[kernel.NOW], 0.0
        self.found = -1

    # Tables and names.

    def _floats(self, name: str) -> Floats:
        return cast(Floats, self.state[name])

    def _tables(self) -> list[tuple[Tape, Floats]]:
        return [(self.moving, self.series), (self.looking, self.table)]

    def _look(self, registers: Ints) -> Floats:
        """Values at the time now, with the parameters now."""
        state, clock = self._floats("state"), self._floats("clock")
        if self.found >= 0:
            out = np.empty((1, len(registers)))
            now = np.array([clock[kernel.NOW]])
            kernel.read(self.series, state, clock[kernel.BEGIN], now, self.table, self.tapes[1], registers, out)
            return cast(Floats, out[0])
        kernel.look(self.table, self.tapes[1], state)
        return cast(Floats, self.table[registers, 0])

    def _layout(self) -> None:
        looking, shown = self.looking, self.equations.shown
        self.wanted = np.array([looking.of(e) for each in shown.values() for e in each.expressions], np.int64)
        self.kept = np.array([looking.of(e) for e in self.equations.conserved.values()], np.int64)
        edges = np.cumsum([0, *(len(each.expressions) for each in shown.values())]).tolist()
        self._columns = dict(zip(shown, pairwise(edges), strict=True))

    def _named(self, rows: Floats) -> dict[str, Floats]:
        shapes = {name: each.shape for name, each in self.equations.shown.items()}
        return {name: rows[:, a:b].reshape(len(rows), *shapes[name]) for name, (a, b) in self._columns.items()}

    def _watched(self, watches: list[Watch]) -> tuple[Ints, Floats]:
        rows = [self._watch_row(watch) for watch in watches]
        return np.array(rows, np.int64).reshape(-1, kernel.Z + 1), np.array([watch.least for watch in watches])

    def _watch_row(self, watch: Watch) -> list[int]:
        told = [-1 if e is None else self.looking.of(e) for e in (watch.guard, watch.strength)]
        position = [self.looking.of(e) for e in watch.position] + [-1, -1, -1]
        head = [self.moving.of(watch.of), int(watch.slope), watch.direction, *told, self.kinds[watch.kind]]
        return [*head, watch.body_a, watch.body_b, *position[:3]]


TOO_MANY = "the motion is too fast or too stiff for frames so far apart, or a switching term chatters"
REASONS = {
    kernel.NO_ROOM: "too many events in one step: watch something slower",
    kernel.NOT_FINITE: "a value is no longer finite: the motion runs away, or meets a division by zero or the "
    "root of a negative number",
    kernel.TOO_SHORT: "the steps became too short: the motion runs away, or a switching term chatters",
}


def _settled(tape: Tape, table: Floats, constants: dict[str, float]) -> Ints:
    """The tape's body, its constants worked out in the table."""
    for register, value in tape.numbers:
        table[register, 0] = value
    for register, name in tape.parameters:
        table[register, 0] = constants[name]
    settle(table, np.array(tape.prologue, np.int64).reshape(-1, 5))
    return np.array(tape.body, np.int64).reshape(-1, 5)

"""A run of orbits: the method chosen and told, the compiled walk over cells of frames, cuts where parameters change."""

from __future__ import annotations

from math import ceil, floor
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.integrators.gauss_radau import GAUSS_RADAU_15
from harmonic_physics.engine.integrators.kahan_li import KAHAN_LI_8
from harmonic_physics.engine.kernels import flight as at
from harmonic_physics.engine.kernels import orbits as kernel
from harmonic_physics.engine.kernels.crossings import Watch
from harmonic_physics.engine.kernels.encounters import cut
from harmonic_physics.engine.kernels.flight import Flight, Settings
from harmonic_physics.engine.orbits import report
from harmonic_physics.engine.orbits.start import begin
from harmonic_physics.engine.orbits.steps import leapfrog_weights, on_the_grid
from harmonic_physics.engine.orbits.watching import detectors, watching
from harmonic_physics.engine.run import Quality
from harmonic_physics.engine.stepping import EVENT_COLUMNS, FRAME, SteppedRun
from harmonic_physics.engine.systems.orbits import OrbitsSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CALL_SECONDS = 0.005
"""Work of one call of the walk, about."""
CELL_FRAMES = 256
ROOM = 512


class OrbitsRun(SteppedRun[OrbitsSpec]):
    """One run of orbits."""

    def setup(self) -> None:
        self.initial = begin(self.spec, self.base)
        self.centre = 0 if self.spec.centre == "primary" else -1
        self.drift_weights, self.kick_weights = leapfrog_weights(KAHAN_LI_8)
        self.rows, self.limits = detectors(self.spec, self.initial, self.centre)
        self.watch: Watch = watching(self.spec, self.initial, self.rows, self.limits, self.centre)
        self.settings: Settings | None = None
        work = self.initial.step_seconds * self.initial.steps_a_time
        self.frame_work = work * self.spec.frame_interval + self.initial.frame_seconds
        self.seconds_a_step = self.frame_work * self.frames_a_step() / self.substeps(self.spec.frame_interval)
        self._frames: dict[str, Floats] = {}

    def begin(self) -> None:
        n, resonances = len(self.initial.masses), len(self.spec.resonances)
        self.state = {
            "now": np.zeros((4, n, 3)),
            "start": np.zeros((4, n, 3)),
            "radau": np.zeros((2, 7, 3 * n)),
            "pull": np.zeros(3 * n),
            "series": np.zeros((10, n, 3)),
            "time": np.zeros(8),
            "count": np.zeros(8, np.int64),
            "book": np.zeros(16),
            "masses": np.array(self.initial.masses),
            "radii": np.array([body.radius for body in self.spec.bodies]),
            "heirs": np.arange(n, dtype=np.int64),
            "rows": self.rows.copy(),
            "last": np.zeros(len(self.rows)),
            "approach": np.zeros(len(self.rows)),
            "angles": np.zeros((resonances, 5)),
            "held": np.zeros((0, EVENT_COLUMNS)),
        }
        self.state["now"][0], self.state["now"][1] = self.initial.positions, self.initial.velocities
        self._bind()
        adaptive = self.initial.choice.method == "adaptive"
        self.flight.count[at.METHOD] = at.ADAPTIVE if adaptive else at.SYMPLECTIC
        self.prepare()
        self._open_own_book()
        cut(self.flight, self._settings, self.watch, -1.0)

    def prepare(self) -> None:
        """New settings; where the state has moved already, the step under way ends now, and the book follows."""
        if not self.state:
            return
        if self.settings is None:
            self._bind()
            self.settings = self._made()
            return
        old, self.settings = self.settings, self._made()
        if self.state["time"][at.REACHED] > 0.0:
            self._cut(old)

    @property
    def _settings(self) -> Settings:
        assert self.settings is not None
        return self.settings

    def _bind(self) -> None:
        """Kernels see the arrays of the state, and no copies."""
        self.flight = Flight(**{name: self.state[name] for name in Flight._fields})  # type: ignore[arg-type]
        self.watch = self.watch._replace(rows=self.flight.rows)

    def _made(self) -> Settings:
        g = self.initial.g * self.parameters["gravity_factor"]
        scale, interval = self.parameters["time_scale"], self.spec.frame_interval
        step = on_the_grid(self.initial.shortest / self.spec.steps_per_period / scale, interval)
        symplectic = self.flight.count[at.METHOD] == at.SYMPLECTIC
        return Settings(
            g=g,
            gm=g * self.flight.masses,
            soft=self.parameters["softening"] ** 2,
            scale=scale,
            step=step,
            slack=1e-9 * step if symplectic else 1e-13 * interval,
            drift=self.drift_weights,
            kick=self.kick_weights,
            tolerance=self.spec.energy_tolerance,
            adapts=int(self.spec.method == "auto"),
            collision=("stop", "report", "merge", "bounce").index(self.spec.on_collision),
            escape=at.STOP if self.spec.on_escape == "stop" else at.REPORT,
            elasticity=self.parameters["elasticity"],
        )

    def _open_own_book(self) -> None:
        """The invariants at the start, and what their drift is measured against."""
        book, inv = self.flight.book, self._quantities(self._settings)
        book[at.E0] = inv[0] + inv[1]
        book[at.E_SCALE] = max(abs(book[at.E0]), 1e-3 * inv[0])
        book[at.L0 : at.L0 + 3], book[at.P0 : at.P0 + 3] = inv[2:5], inv[6:9]
        book[at.L_SCALE], book[at.P_SCALE] = inv[5] or 1.0, inv[9] or 1.0

    def _quantities(self, settings: Settings) -> Floats:
        now, out = self.flight.now, np.empty(10)
        kernel.quantities(now[0], now[1], self.flight.masses, settings.gm, settings.soft, out)
        return out

    def _cut(self, old: Settings) -> None:
        """End the step under way where the frames have come to, under the old settings; then live by the new."""
        time, count, new = self.flight.time, self.flight.count, self._settings
        if abs(time[at.READ] - time[at.REACHED]) > old.slack:
            cut(self.flight, old, self.watch, (time[at.READ] - time[at.BEGAN]) * old.scale)
        count[at.GRID], count[at.KNOWN], count[at.FRESH] = -1, 0, 0
        time[at.NEXT], time[at.SPAN] = 0.0, 0.0
        self.state["held"] = np.zeros((0, EVENT_COLUMNS))
        if (old.g, old.soft) != (new.g, new.soft):
            before, after = self._quantities(old), self._quantities(new)
            self.flight.book[at.E0] += (after[0] + after[1]) - (before[0] + before[1])
            if count[at.METHOD] == at.SYMPLECTIC and self.spec.method == "auto":
                count[at.METHOD], count[at.SWITCHED], time[at.SWITCH] = at.ADAPTIVE, 1, time[at.REACHED]
        cut(self.flight, new, self.watch, -1.0)

    def frames_a_step(self) -> int:
        """As many frames as a short call gives."""
        return max(1, min(CELL_FRAMES, int(CALL_SECONDS / self.frame_work)))

    def substeps(self, span: float) -> int:
        """Calls of the walk within one long frame; cells of several frames are walked in one."""
        if self.frames_a_step() > 1:
            return 1
        return max(1, ceil(self.frame_work * span / self.spec.frame_interval / CALL_SECONDS))

    def march(self, time: float, h: float, count: int) -> None:
        """Walk to the end of the span; frames inside it are kept for `interpolate`."""
        last = (self.frames - 1) * self.spec.frame_interval
        goal = min(time + h if self.frames_a_step() > 1 else self.moment(count, h), last)
        times: Floats = np.zeros(0, np.float64)
        if self.frames_a_step() > 1:
            slack = 1e-9 * self.spec.frame_interval
            grid = np.arange(floor(time / self.spec.frame_interval), self.frames)[: CELL_FRAMES + 2]
            times = grid.astype(np.float64) * self.spec.frame_interval
            times = times[(times > time + slack) & (times <= time + h + slack)]
        self._frames = self._fly(goal, times)

    def interpolate(self, start: float, h: float, times: Floats) -> dict[str, Floats]:
        """The frames of the walk just made."""
        return self._frames

    def observe(self) -> dict[str, Floats]:
        """The frame that is next; the walk has reached its time."""
        moment = np.array([int(self._clock[FRAME]) * self.spec.frame_interval])
        return {name: values[0] for name, values in self._fly(float(moment[0]), moment).items()}

    def _fly(self, goal: float, times: Floats) -> dict[str, Floats]:
        n = len(self.flight.masses)
        vectors = np.empty((len(times), 2, n, 3))
        scalars = np.empty((len(times), n + 2 + len(self.flight.angles)))
        rows = np.empty((ROOM + len(self.rows), EVENT_COLUMNS))
        written = np.zeros(2, np.int64)
        verdict = at.FULL
        while verdict == at.FULL:
            written[1] = 0
            verdict = kernel.walk(self.flight, self._settings, self.watch, goal, times, vectors, scalars, rows, written)
            self._tell(rows[: written[1]], goal)
        if verdict != at.BUSY:
            raise report.stopped(verdict, self.spec, self.flight, self._settings, rows[: written[1]], self.unit)
        return report.observables(n, vectors, scalars)

    def _tell(self, rows: Floats, goal: float) -> None:
        """Events up to the goal are told; later ones wait for the frames."""
        known = np.concatenate([cast(Floats, self.state["held"]), rows])
        due = known[:, 0] <= goal
        self.emit_rows(known[due])
        self.state["held"] = known[~due]

    def quality(self) -> Quality:
        """The base's, with the steps of the method in place of the calls."""
        return Quality(self.method, int(self.flight.count[at.STEPS]), self.drift(), self.notes())

    @property
    def method(self) -> str:  # type: ignore[override]
        """By name; both, where the run changed over."""
        count = self.flight.count
        now = GAUSS_RADAU_15.name if count[at.METHOD] == at.ADAPTIVE else KAHAN_LI_8.name
        return f"{KAHAN_LI_8.name}, then {now}" if count[at.SWITCHED] else now

    def drift(self) -> dict[str, float]:
        """Largest relative drift at any frame."""
        worst = self.flight.book[at.WORST : at.WORST + 3].tolist()
        return dict(zip(("energy", "angular_momentum", "momentum"), worst, strict=True))

    def notes(self) -> list[str]:
        """Why this method, what happened on the way, and where the resonant angles are."""
        return report.notes(self.spec, self.initial.choice, self.flight, self.unit)

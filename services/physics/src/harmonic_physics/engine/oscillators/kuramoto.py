"""A run of Kuramoto's phases: buffers around the compiled loop."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.integrators.runge_kutta import RUNGE_KUTTA_4
from harmonic_physics.engine.kernels import kuramoto as kernel
from harmonic_physics.engine.oscillators.cost import EDGE_SHARE, SECONDS_AN_EVALUATION, steps_a_second
from harmonic_physics.engine.oscillators.frequencies import natural
from harmonic_physics.engine.oscillators.networks import compressed
from harmonic_physics.engine.stepping import Floats, SteppedRun
from harmonic_physics.engine.systems.oscillators import OscillatorsSpec

TWO_PI = kernel.TWO_PI


class KuramotoRun(SteppedRun[OscillatorsSpec]):
    """The seed places the phases, shuffles the frequencies over a network and rewires a small world."""

    method = RUNGE_KUTTA_4.name
    stops_at = "a phase is no longer finite: take smaller frequencies or couplings"

    def setup(self) -> None:
        spec = self.spec
        self.chance = np.random.Generator(np.random.PCG64(self.seed))
        own = np.array(natural(spec, kernel.lorentz_quantile))
        self.natural = own if spec.network == "all" or spec.frequencies else self.chance.permutation(own)
        self.starts, self.others, self.weights = compressed(spec, self.chance)
        self.shown = np.array(spec.shown_indices(), np.int64)
        self.reported = self.shown if spec.beats else self.shown[:0]
        self.codes = np.array([self.kinds["wrap"], self.kinds["synchrony"], self.kinds["threshold"]], np.int64)
        self.seconds_a_step = 5e-6 + 4 * SECONDS_AN_EVALUATION * (spec.count + EDGE_SHARE * len(self.others))

    def prepare(self) -> None:
        self.speed = self.parameters["time_scale"]
        self.coupling = self.speed * self.parameters["coupling"] / TWO_PI
        self.own = self.natural * self.speed
        if self.state:
            self._settle()

    def begin(self) -> None:
        spread = self.spec.start_spread
        self.state["phase"] = np.mod(spread * self.chance.random(self.spec.count), 1.0)
        self.state["rate"] = np.zeros(self.spec.count)
        self.state["field"] = np.zeros(4)
        self._settle()

    def _settle(self) -> None:
        kernel.settle(
            self._floats("phase"), self.own, self.coupling, self.parameters["phase_lag"], self.starts, self.others,
            self.weights, self._floats("rate"), self._floats("field"),
        )  # fmt: skip

    def substeps(self, span: float) -> int:
        return max(1, int(np.ceil(span * self.speed * steps_a_second(self.spec) - 1e-9)))

    def march(self, time: float, h: float, count: int) -> None:
        rows = np.zeros((4 * len(self.reported) + 256, 8))
        start = self.moment(0, 0.0)
        first = round((self.moment(0, h) - start) / h)
        while count > 0:
            taken, found = kernel.march(
                self._floats("phase"), self._floats("rate"), self._floats("field"), self.own, self.coupling,
                self.parameters["phase_lag"], self.starts, self.others, self.weights, start, first, h, count,
                self.spec.synchrony_threshold, self.reported, self.codes, rows,
            )  # fmt: skip
            self.emit_rows(rows[:found])
            first, count = first + taken, count - taken

    def observe(self) -> dict[str, Floats]:
        phase, field = self._floats("phase")[self.shown], self._floats("field")
        sine, cosine = np.empty_like(phase), np.empty_like(phase)
        kernel.sincos_lanes(phase, sine, cosine)
        return {
            "phase": phase * TWO_PI,
            "frequency": self._floats("rate")[self.shown],
            "position": np.stack([cosine, sine, np.zeros_like(sine)], axis=1),
            "order": field[2].copy(),
            "order_angle": field[3].copy(),
        }

    def notes(self) -> list[str]:
        """Which beats were too fast to be told."""
        h = self.spec.frame_interval / self.substeps(self.spec.frame_interval)
        fast = int(np.count_nonzero(np.abs(self.natural[self.reported]) * self.speed * h > 3.0))
        return (
            [f"{fast} oscillators turn more than three times a step: not all of their beats are told"] if fast else []
        )

    def _floats(self, name: str) -> NDArray[np.float64]:
        return cast(Floats, self.state[name])

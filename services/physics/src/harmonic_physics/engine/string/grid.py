"""A run of strings on a grid: the explicit scheme of the stiff, lossy string, with the dispersion bound it keeps."""

from __future__ import annotations

from math import ceil, pi
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import strings as kernel
from harmonic_physics.engine.string.dispersion import Grid, bound, grid
from harmonic_physics.engine.string.modes import VibratingString
from harmonic_physics.engine.systems.string import StringSpec
from harmonic_physics.engine.vibration.plan import Moment, hammer
from harmonic_physics.engine.vibration.played import PlayedRun

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.string import Strings

Floats = NDArray[np.float64]
BOUND_TO = 8
"""The certificate prints how flat the scheme plays up to this partial."""


class GridRun(PlayedRun[StringSpec]):
    """Strings by finite differences in space and time."""

    method = "finite differences: explicit leapfrog of the stiff string, order 2"

    def setup(self) -> None:
        self.bank = cast("Strings", self.system).bank(self.spec, self.base)
        self.grids = [self._grid(k) for k in range(len(self.spec.strings))]
        super().setup()
        self.seconds_a_step = 1e-9 * len(self.grids) * max(g.points for g in self.grids) * 2 + 1e-8

    def prepare(self) -> None:
        self.tensions = [cast(VibratingString, v).stretched(self.parameters) for v in self.bank.vibrators]
        tuned = self.bank.tuned(self.parameters)
        self.losses = [self._losses(tuned, k) for k in range(len(self.grids))]

    def begin(self) -> None:
        for k, each in enumerate(self.grids):
            self.state[f"u{k}"], self.state[f"w{k}"] = np.zeros(each.points + 1), np.zeros(each.points + 1)
        self.state["last"] = np.zeros(len(self.grids))
        super().begin()

    def substeps(self, span: float) -> int:
        """So many that none is longer than the grid was made for; more where the strings are tuned above it."""
        held = zip(self.grids, self.tensions, self.losses, strict=True)
        tighter = max(each.tighter(max(1.0, tension), loss[1]) for each, tension, loss in held)
        return max(1, ceil(span * self.spec.sample_rate * tighter - 1e-9))

    def observe(self) -> dict[str, Floats]:
        heard = np.array([self._heard(k) for k in range(len(self.grids))])
        energy = np.array([self._energy(k) for k in range(len(self.grids))])
        return {"displacement": heard if heard.shape[1] > 1 else heard[:, 0].copy(), "energy": energy}

    def notes(self) -> list[str]:
        """The printed bound of dispersion of each string."""
        return [
            f"{string.name}: {each.points} points; partials up to {BOUND_TO} are flat by at most "
            f"{bound(string, each, self.spec.sample_rate, BOUND_TO):.3f} cent"
            for string, each in zip(self.spec.strings, self.grids, strict=True)
        ]

    def leap(self, h: float, count: int) -> None:
        for k, each in enumerate(self.grids):
            c2, k2 = each.c2 * self.tensions[k], each.k2
            s0, s1 = self.losses[k]
            u, w = self._string(k)
            last = float(self.state["last"][k])
            self.state["last"][k] = kernel.grid_walk(count, h, u, w, last, c2, k2, s0, s1, np.empty(len(u)))

    def strike(self, moment: Moment) -> None:
        """A stroke in the shape of its modes, as far as the grid has them: the same bodies as with the method modes."""
        assert moment.stroke is not None
        stroke = moment.stroke
        body, vibrator = stroke.body, self.bank.vibrators[stroke.body]
        points = self.grids[body].points
        shape = vibrator.shape(stroke.position)
        omega = vibrator.frequencies(self.parameters)
        if stroke.kind == "strike":
            amplitudes, target = stroke.amplitude * shape * hammer(omega / (2 * pi), stroke.contact_time), f"w{body}"
        else:
            soft = shape / (omega * omega)
            amplitudes, target = soft * (stroke.amplitude / _dot(shape, soft)), f"u{body}"
        for i in range(1, points):
            self.state[target][i] += _dot(amplitudes, vibrator.shape([i / points]))
        self.emit(moment.time, stroke.kind, body, strength=stroke.amplitude, position=vibrator.place(stroke.position))

    def _heard(self, body: int) -> list[float]:
        """Between grid points, by the straight line."""
        u, n = self.state[f"u{body}"], self.grids[body].points
        found = []
        for (share,) in self.spec.strings[body].pickups:
            i = min(n - 1, int(share * n))
            found.append(float(u[i] + (share * n - i) * (u[i + 1] - u[i])))
        return found

    def _energy(self, body: int) -> float:
        each, string = self.grids[body], self.spec.strings[body]
        mass = string.linear_density * string.length / each.points
        (u, w), last = self._string(body), float(self.state["last"][body])
        return max(0.0, kernel.grid_energy(u, w, last, each.c2 * self.tensions[body], each.k2, mass))

    def _string(self, body: int) -> tuple[Floats, Floats]:
        return cast(Floats, self.state[f"u{body}"]), cast(Floats, self.state[f"w{body}"])

    def _grid(self, body: int) -> Grid:
        return grid(self.spec.strings[body], self.spec.sample_rate)

    def _losses(self, tuned: Floats, body: int) -> tuple[float, float]:
        """s0 and s1 that give the decay rates of the first and of the last mode kept (air included)."""
        first, last = self.bank.offsets[body], self.bank.offsets[body + 1] - 1
        string, each = self.spec.strings[body], self.grids[body]
        low, high = float(tuned[first, 1]), float(tuned[last, 1])
        n2 = float(last - first + 1) ** 2
        wave2 = (pi / string.length) ** 2
        s1 = (high - low) / (wave2 * (n2 - 1.0)) if n2 > 1.0 else 0.0
        s0 = max(0.0, low - s1 * wave2)
        return s0, max(0.0, min(s1 * each.per_metre2, each.most_loss))


def _dot(a: Floats, b: Floats) -> float:
    total = 0.0
    for x, y in zip(a.tolist(), b.tolist(), strict=True):
        total += x * y
    return total

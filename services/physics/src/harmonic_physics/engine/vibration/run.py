"""A run of bodies that ring: the closed form of every mode, from one stroke to the next.

The state is kept at an anchor (the last stroke, edge of a drive, or change of a parameter) and read at any later time,
so nothing accumulates, a frame may be as early or as late as one likes, and ticks cannot change a bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import modal
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.vibration.look import View, frame, frames
from harmonic_physics.engine.vibration.plan import Moment, Player, Push, moments, push
from harmonic_physics.engine.vibration.spec import VibrationSpec
from harmonic_physics.engine.vibration.stretch import Stretch

if TYPE_CHECKING:
    from harmonic_physics.engine.vibration.declaration import VibratingSystem

Floats = NDArray[np.float64]
ANCHOR, NOW, LOST, GIVEN = range(4)
"""Slots of the book of a ringing body: times of the anchor and of now, energy lost to damping and given by strokes."""
FAINT = 1e-8
"""A slow mode with less than this share of the energy of the last stroke is silent."""
ZEROS_A_CALL = 256


class RingingRun(SteppedRun[VibrationSpec]):
    """Any number of bodies with modes."""

    method = "modes in closed form"

    def setup(self) -> None:
        system = cast("VibratingSystem[VibrationSpec]", self.system)
        self.bank = system.bank(self.spec, self.base)
        self.player = Player(self.bank)
        self.plan = moments(self.spec)
        self.body_of = self.bank.body_of
        self.bodies = len(self.bank.vibrators)
        self.modes = np.zeros((0, 2))
        edges = np.array(self.spec.band_edges)
        self.bands = np.searchsorted(edges, self.bank.tuned(self.base)[:, 0]).astype(np.int64)
        self.seconds_a_step = 1e-4 + 1e-6 * len(self.body_of) * (1 + 0.02 * self.frames_a_step())
        self.surfaces = system.surfaces(self.spec, self.bank)

    def prepare(self) -> None:
        if len(self.modes) and self.state:
            self._anchor(float(self.state["book"][NOW]))
        self.modes = self.bank.tuned(self.parameters)
        if self.state:
            self._open()

    def begin(self) -> None:
        count = len(self.body_of)
        self.state["q"], self.state["v"] = np.zeros(count), np.zeros(count)
        self.state["book"] = np.zeros(4)
        self.state["next"] = np.zeros(1, np.int64)
        self.state["loudest"] = np.zeros(self.bodies)
        self.state["fallen"] = np.zeros(self.bodies, np.int64)
        self._open()
        self._play_until(0.0)

    def frames_a_step(self) -> int:
        """One for slow frames; for sound, as many as fill a hundredth of a second."""
        return max(1, min(512, int(0.01 / self.spec.frame_interval)))

    def march(self, time: float, h: float, count: int) -> None:
        for k in range(count):
            self.stretches: list[Stretch] = []
            end = time + (k + 1) * h
            self._play_until(end)
            self._ring_until(end)

    def observe(self) -> dict[str, Floats]:
        now = float(self.state["book"][NOW])
        return {name: array[0] for name, array in self._frames(self.stretch, np.array([now])).items()}

    def interpolate(self, start: float, h: float, times: Floats) -> dict[str, Floats]:
        parts = []
        for index, stretch in enumerate(self.stretches):
            last = index == len(self.stretches) - 1
            inside = times[(times >= stretch.start) & ((times < stretch.end) | last)]
            inside = inside if index else times[(times < stretch.end) | last]
            if len(inside):
                parts.append(self._frames(stretch, inside))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def invariants(self) -> dict[str, float]:
        if self.spec.drives:
            return {}
        book, s = self.state["book"], self.stretch
        since = float(book[NOW]) - s.start
        stored = modal.energy_at(s.q, s.v, self.modes, 0, len(s.q), since)
        return {
            "energy": stored + float(book[LOST]) + modal.dissipated(s.q, s.v, self.modes, since) - float(book[GIVEN])
        }

    def scales(self) -> dict[str, float]:
        """Measured against the energy that the first stroke gives to bodies at rest."""
        return {name: self._first_energy() for name in self.invariants()}

    def _first_energy(self) -> float:
        q, v = np.zeros(len(self.body_of)), np.zeros(len(self.body_of))
        for moment in self.plan[:1]:
            if moment.stroke is not None:
                self.player.play(moment.stroke, self.modes, q, v)
        return modal.energies(q, v, self.modes, 0, len(q))

    def notes(self) -> list[str]:
        """What the energy means while somebody drives."""
        return ["drives feed energy in: no conserved quantity is watched"] if self.spec.drives else []

    # From moment to moment.

    def _play_until(self, end: float) -> None:
        while self.state["next"][0] < len(self.plan) and self.plan[self.state["next"][0]].time <= end:
            moment = self.plan[self.state["next"][0]]
            self._ring_until(moment.time)
            self._anchor(moment.time)
            self.state["next"][0] += 1
            if moment.stroke is not None:
                self._strike(moment)
            elif moment.edge == "begins":
                self._report_drive(moment)
            self._settle_levels(moment)
            self._open()

    def _strike(self, moment: Moment) -> None:
        assert moment.stroke is not None
        stroke, book = moment.stroke, self.state["book"]
        q, v = self._state()
        before = modal.energies(q, v, self.modes, 0, len(q))
        self.player.play(stroke, self.modes, q, v)
        book[GIVEN] += modal.energies(q, v, self.modes, 0, len(q)) - before
        where = self.bank.vibrators[stroke.body].place(stroke.position)
        self.emit(moment.time, stroke.kind, stroke.body, strength=stroke.amplitude, position=where)

    def _report_drive(self, moment: Moment) -> None:
        drive, body = self.spec.drives[moment.drive], self._driven(moment.drive)
        where = self.bank.vibrators[body].place(drive.position)
        self.emit(moment.time, "contact", body, strength=drive.force, position=where)

    def _settle_levels(self, moment: Moment) -> None:
        """After a stroke, or the end of a drive, the body's energy is what its falls are counted from."""
        body = moment.stroke.body if moment.stroke is not None else self._driven(moment.drive)
        first, last = self.bank.offsets[body : body + 2]
        q, v = self._state()
        self.state["loudest"][body] = modal.energies(q, v, self.modes, first, last)
        self.state["fallen"][body] = 0

    def _driven(self, index: int) -> int:
        return [body.name for body in self.spec.vibrating].index(self.spec.drives[index].body)

    def _anchor(self, time: float) -> None:
        """Move the anchor to a time: the state itself, not what is read from it."""
        book, s = self.state["book"], self.stretch
        book[LOST] += modal.dissipated(s.q, s.v, self.modes, time - s.start)
        self.state["q"][:], self.state["v"][:] = s.at(time, self.modes)
        book[ANCHOR] = book[NOW] = time

    def _open(self) -> None:
        """Begin a stretch at the anchor; only what the state and the parameters say goes into it."""
        start = float(self.state["book"][ANCHOR])
        pushes = [self._push(k) for k, d in enumerate(self.spec.drives) if d.start <= start < d.start + d.length]
        q, v = (array.copy() for array in self._state())
        for each in pushes:
            each.add(start, q, v, -1.0)
        self.stretch = Stretch(start, start, q, v, pushes)

    def _push(self, index: int) -> Push:
        drive, body = self.spec.drives[index], self._driven(index)
        return push(drive, self.bank.offsets[body], self.player.shape(body, drive.position), self.modes)

    def _state(self) -> tuple[Floats, Floats]:
        return cast(Floats, self.state["q"]), cast(Floats, self.state["v"])

    # Events on the way.

    def _ring_until(self, end: float) -> None:
        book, stretch = self.state["book"], self.stretch
        begun = float(book[NOW])
        if end > begun:
            if not stretch.pushes:
                self._report_falls(stretch, end)
                self._report_zeros(stretch, begun, end)
            book[NOW] = end
        stretch.end = end
        if not hasattr(self, "stretches"):
            self.stretches = []
        if not self.stretches or self.stretches[-1] is not stretch:
            self.stretches.append(stretch)

    def _report_falls(self, s: Stretch, end: float) -> None:
        for body in range(self.bodies):
            first, last = self.bank.offsets[body : body + 2]
            loudest = float(self.state["loudest"][body])
            while loudest > 0.0 and self.state["fallen"][body] < self.spec.falls:
                level = loudest / modal.ratio_of(self.spec.fall * (int(self.state["fallen"][body]) + 1))
                if modal.energy_at(s.q, s.v, self.modes, first, last, end - s.start) > level:
                    break
                after = modal.fall_time(s.q, s.v, self.modes, first, last, level, end - s.start)
                self.emit(s.start + after, "threshold", body, strength=level)
                self.state["fallen"][body] += 1

    def _report_zeros(self, s: Stretch, begun: float, end: float) -> None:
        times = np.empty(ZEROS_A_CALL)
        for k in self._slow:
            body = int(self.body_of[k])
            f, d = self.modes[k]
            size = modal.energies(s.q, s.v, self.modes, k, k + 1)
            if size <= FAINT * self.state["loudest"][body] or size == 0.0:
                continue
            q, v = np.empty(1), np.empty(1)
            count = modal.zeros(float(s.q[k]), float(s.v[k]), float(f), float(d), begun - s.start, end - s.start, times)
            for after in times[:count].tolist():
                modal.move(s.q[k : k + 1], s.v[k : k + 1], self.modes[k : k + 1], after, q, v)
                speed = abs(float(v[0] * self.bank.pickups[0, k]))
                where = self.bank.vibrators[body].antinode(int(k - self.bank.offsets[body]))
                self.emit(s.start + after, "zero_crossing", body, strength=speed, position=where)

    @property
    def _slow(self) -> list[int]:
        return [int(k) for k in np.flatnonzero(self.modes[:, 0] < self.spec.slow_below)]

    # What is seen.

    def _frames(self, stretch: Stretch, times: Floats) -> dict[str, Floats]:
        step = self.spec.frame_interval
        bank = View(
            self.modes, self.body_of, self.bands, self.bank.pickups, (self.bodies, len(self.spec.band_edges) + 1)
        )
        if not stretch.pushes:
            seen = frames(stretch.q, stretch.v, bank, float(times[0]) - stretch.start, step, len(times))
        else:
            each = [frame(*stretch.at(time, self.modes), bank) for time in times.tolist()]
            seen = {name: np.stack([one[name] for one in each]) for name in each[0]}
        return seen | self._surface(stretch, times)

    def _surface(self, stretch: Stretch, times: Floats) -> dict[str, Floats]:
        """Displacement over a grid of each body, where the spec asks for it."""
        if self.surfaces is None:
            return {}
        found = np.zeros((len(times), self.bodies, self.surfaces.shape[1]))
        for i, time in enumerate(times.tolist()):
            q, _ = stretch.at(time, self.modes)
            modal.spread(q, self.surfaces, self.body_of, found[i])
        side = self.spec.surface
        return {"surface": found.reshape(len(times), self.bodies, side, side)}

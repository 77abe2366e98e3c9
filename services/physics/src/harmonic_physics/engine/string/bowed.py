"""A run of strings with bows and tension modulation: each string for itself, by the splitting of `kernels.strings`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import ceil, pi, sqrt
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.instants import Instants
from harmonic_physics.engine.kernels import modal
from harmonic_physics.engine.kernels import strings as kernel
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.systems.string import StringSpec
from harmonic_physics.engine.vibration.look import View, frame
from harmonic_physics.engine.vibration.plan import Moment, Player, moments

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.string import Strings

Floats = NDArray[np.float64]


@dataclass
class Scratch:
    """Room for a step that is taken back: the state before it, a trial state, and a trial flow."""

    old: tuple[Floats, Floats, Floats]
    trial: tuple[Floats, Floats, Floats]
    flow: Floats


class NonlinearRun(SteppedRun[StringSpec]):
    """Strings that stretch, and are bowed."""

    method = "modes with energy-quadratised (SAV) stretching and bow, Strang splitting of order 2"

    def setup(self) -> None:
        self.bank = cast("Strings", self.system).bank(self.spec, self.base)
        self.player, self.body_of = Player(self.bank), self.bank.body_of
        self.parts = [slice(a, b) for a, b in zip(self.bank.offsets[:-1], self.bank.offsets[1:], strict=True)]
        plan = moments(self.spec)
        self.plans = [self._plan(body, plan) for body in range(len(self.parts))]
        self.pull = [self._pull(body) for body in range(len(self.parts))]
        edges = np.array(self.spec.band_edges)
        self.bands = np.searchsorted(edges, self.bank.tuned(self.base)[:, 0]).astype(np.int64)
        self.scratch = [self._room(part.stop - part.start) for part in self.parts]
        self.flows: dict[tuple[int, float], Floats] = {}
        self.seconds_a_step = 1e-7 * len(self.parts) + 8e-9 * len(self.body_of)

    def prepare(self) -> None:
        self.modes = self.bank.tuned(self.parameters)
        self.stiff = np.empty(len(self.modes))
        kernel.stiffnesses(self.modes, self.stiff)
        self.flows.clear()

    def begin(self) -> None:
        count, bodies = len(self.body_of), len(self.parts)
        self.state["q"], self.state["v"] = np.zeros(count), np.zeros(count)
        self.state["book"] = np.zeros((bodies, 4))
        self.state["given"] = np.zeros(bodies)
        self.state["loudest"] = np.zeros(bodies)
        self.state["fallen"] = np.zeros(bodies, np.int64)
        self.state["next"] = np.zeros(bodies, np.int64)
        for body in range(bodies):
            self._play(body, 0.0)

    def substeps(self, span: float) -> int:
        """So many that none is longer than the sample rate allows."""
        return max(1, ceil(span * self.spec.sample_rate - 1e-9))

    def march(self, time: float, h: float, count: int) -> None:
        at = Instants(self, h)
        for body in range(len(self.parts)):
            done = 0
            while done < count:
                free = done + self._free(body, at, done, count)
                if free > done:
                    done += self._ring(body, at.after(done), h, free - done)
                else:
                    self._through(body, at(done), at(done + 1))
                    done += 1

    def _free(self, body: int, at: Instants, done: int, count: int) -> int:
        """Steps before the one in which the next thing begins or ends."""
        ahead = self._next(body)
        if ahead is None or ahead.time > at(count):
            return count - done
        return bisect_left(range(done + 1, count), True, key=lambda k: at(k) >= ahead.time)

    def observe(self) -> dict[str, Floats]:
        size = (len(self.parts), len(self.spec.band_edges) + 1)
        q, v = self._state()
        seen = frame(q, v, View(self.modes, self.body_of, self.bands, self.bank.pickups, size))
        seen["energy"] += 0.5 * self.state["book"][:, kernel.PSI] ** 2
        return seen

    def invariants(self) -> dict[str, float]:
        total = 0.0
        for body in range(len(self.parts)):
            book = self.state["book"][body]
            total += self._energy(body) + float(book[kernel.LOST] - book[kernel.GIVEN] - self.state["given"][body])
        return {"energy": total}

    def scales(self) -> dict[str, float]:
        """Against a joule, or what the strokes at the start gave."""
        return {"energy": float(self.state["given"].max()) or 1.0}

    # One string from moment to moment.

    def _ring(self, body: int, at: Callable[[int], float], h: float, count: int) -> int:
        """Steps of the grid, up to `count`, or to the first event."""
        part, room = self.parts[body], self.scratch[body]
        q, v, book = *self._state(part), cast(Floats, self.state["book"][body])
        bow, hair = self._bow(body, at(0) + 0.5 * h)
        fixed = (self.stiff[part], self.pull[body], bow, hair)
        level = self._level(body)
        slips = bool(self.modes[part.start, 0] < self.spec.slow_below)
        taken, code = kernel.walk(count, h, q, v, self._flow(body, h), *fixed, book, level, slips, *room.old)
        if code != kernel.QUIET:
            after = kernel.moment_of(
                code, h, *room.old, self.modes[part], *fixed, level, *room.trial, room.flow
            )  # fmt: skip
            self._report(body, code, at(int(taken) - 1) + after, level, bow, hair)
        return int(taken)

    def _through(self, body: int, start: float, end: float) -> None:
        """A step of the grid in which something begins or ends, cut at its exact time."""
        while (ahead := self._next(body)) is not None and ahead.time <= end:
            if ahead.time > start:
                self._ring(body, partial(_fixed, start), ahead.time - start, 1)
            start = max(start, ahead.time)
            self._play(body, start)
        if end > start:
            self._ring(body, partial(_fixed, start), end - start, 1)

    def _play(self, body: int, until: float) -> None:
        """Everything that is due."""
        while (ahead := self._next(body)) is not None and ahead.time <= until:
            self.state["next"][body] += 1
            if ahead.stroke is not None:
                before = self._energy(body)
                self.player.play(ahead.stroke, self.modes, *self._state())
                self._settle_psi(body)
                self.state["given"][body] += self._energy(body) - before
                where = self.bank.vibrators[body].place(ahead.stroke.position)
                self.emit(ahead.time, ahead.stroke.kind, body, strength=ahead.stroke.amplitude, position=where)
            else:
                bow = self.spec.bows[ahead.drive]
                if ahead.edge == "begins":
                    where = self.bank.vibrators[body].place([bow.position])
                    self.emit(ahead.time, "contact", body, strength=self.parameters["bow_force"], position=where)
            self.state["loudest"][body], self.state["fallen"][body] = self._energy(body), 0

    def _settle_psi(self, body: int) -> None:
        """psi of the new shape: sqrt(E A / L) S / 2, S = sum s q^2 (a stroke puts the string elsewhere)."""
        part = self.parts[body]
        total = 0.0
        for a, q in zip(self.pull[body].tolist(), self.state["q"][part].tolist(), strict=True):
            total += 0.5 * a * q * q
        self.state["book"][body, kernel.PSI] = total

    def _report(self, body: int, code: int, time: float, level: float, bow: Floats, hair: Floats) -> None:
        vibrator = self.bank.vibrators[body]
        if code == kernel.FELL:
            self.state["fallen"][body] += 1
            self.emit(time, "threshold", body, strength=level)
            return
        part = self.parts[body]
        speed = 0.0
        for a, b in zip(bow.tolist(), self.state["v"][part].tolist(), strict=True):
            speed += a * b
        bows = [b for b in self.spec.bows if b.body == vibrator.body.name and b.start <= time < b.start + b.length]
        self.emit(time, "slip", body, strength=abs(speed - float(hair[0])), position=vibrator.place([bows[0].position]))

    # What a string knows.

    def _next(self, body: int) -> Moment | None:
        index = int(self.state["next"][body])
        return self.plans[body][index] if index < len(self.plans[body]) else None

    def _plan(self, body: int, plan: list[Moment]) -> list[Moment]:
        name = self.spec.strings[body].name
        found = [moment for moment in plan if moment.stroke is not None and moment.stroke.body == body]
        for index, bow in enumerate(self.spec.bows):
            if bow.body == name:
                found.append(Moment(bow.start, drive=index))
                found.append(Moment(bow.start + bow.length, drive=index, edge="ends"))
        return sorted(found, key=lambda moment: moment.time)

    def _pull(self, body: int) -> Floats:
        """grad psi = pull q: sqrt(E A / L) (n pi / L)^2 / mu."""
        string = self.spec.strings[body]
        n = np.arange(1.0, self.parts[body].stop - self.parts[body].start + 1)
        wave = n * (pi / string.length)
        return sqrt(string.axial_stiffness / string.length) * wave * wave / string.linear_density

    def _bow(self, body: int, time: float) -> tuple[Floats, Floats]:
        """Shapes under the bow, and the hair: speed, force, grip, |shape|^2; force 0 where no bow is on the string."""
        name = self.spec.strings[body].name
        for bow in self.spec.bows:
            if bow.body == name and bow.start <= time < bow.start + bow.length:
                shape = self.player.shape(body, [bow.position])
                square = 0.0
                for a in shape.tolist():
                    square += a * a
                speed = bow.direction * self.parameters["bow_speed"]
                return shape, np.array([speed, self.parameters["bow_force"], self.spec.bow_grip, max(square, 1e-300)])
        return np.zeros(self.parts[body].stop - self.parts[body].start), np.zeros(4)

    def _level(self, body: int) -> float:
        """Energy whose loss is the next event; none while a bow is on the string, or after enough of them."""
        fallen, loudest = int(self.state["fallen"][body]), float(self.state["loudest"][body])
        ahead = self._next(body)
        bowed = ahead is not None and ahead.stroke is None and ahead.edge == "ends"
        if bowed or fallen >= self.spec.falls:
            return -1.0
        return loudest / modal.ratio_of(self.spec.fall * (fallen + 1)) if loudest > 0.0 else -1.0

    def _flow(self, body: int, h: float) -> Floats:
        key = (body, h)
        if key not in self.flows:
            if len(self.flows) > 200:
                self.flows.clear()
            part = self.parts[body]
            self.flows[key] = np.empty((4, part.stop - part.start))
            kernel.flows(self.modes[part], h, self.flows[key])
        return self.flows[key]

    def _energy(self, body: int) -> float:
        part = self.parts[body]
        q, v = self._state(part)
        return modal.energies(q, v, self.modes[part], 0, len(q)) + 0.5 * float(
            self.state["book"][body, kernel.PSI] ** 2
        )

    def _state(self, part: slice = slice(None)) -> tuple[Floats, Floats]:
        return cast(Floats, self.state["q"][part]), cast(Floats, self.state["v"][part])

    @staticmethod
    def _room(count: int) -> Scratch:
        def state() -> tuple[Floats, Floats, Floats]:
            return np.empty(count), np.empty(count), np.empty(4)

        return Scratch(state(), state(), np.empty((4, count)))


def _later(at: Instants, done: int, k: int) -> float:
    """The instant k steps after `done`."""
    return at(done + k)


def _fixed(start: float, _: int) -> float:
    """The beginning of a step that is no step of the grid."""
    return start

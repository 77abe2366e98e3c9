"""What every system of vibrating bodies declares: its observables, events, modes and cost. Imports no arrays."""

from __future__ import annotations

from abc import abstractmethod
from math import fsum
from typing import TYPE_CHECKING, ClassVar, TypeVar

from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Mode, Observable
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, System, result_bytes
from harmonic_physics.engine.timeline import Timeline
from harmonic_physics.engine.vibration.spec import VibrationSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from harmonic_physics.engine.vibration.bank import Bank

V = TypeVar("V", bound=VibrationSpec)

RINGING_EVENTS = (
    EventDeclaration(kind="pluck", strength_unit="m", description="A body is pulled aside and let go; how far"),
    EventDeclaration(kind="strike", strength_unit="N.s", description="A hammer hits a body; its impulse"),
    EventDeclaration(kind="contact", strength_unit="N", description="A drive sets in; its force"),
    EventDeclaration(kind="threshold", strength_unit="J", description="A body's energy has fallen by another step"),
    EventDeclaration(kind="zero_crossing", strength_unit="m/s", description="A slow mode passes its rest; speed there"),
)
LOSSES = r"""
Each mode of unit modal mass obeys $\ddot q + 2\sigma\dot q + \omega^2 q = \phi(x_0) F(t)$ and is known in closed form:
$q(t) = e^{-\sigma t}\left(q_0\cos\omega_d t + \frac{v_0 + \sigma q_0}{\omega_d}\sin\omega_d t\right)$,
$\omega_d^2 = \omega^2 - \sigma^2$. Losses grow with frequency, $\sigma = \sigma_0 + \sigma_2\omega^2$, and the medium
adds its own.
A pluck adds the static shape under a point force, a strike the impulse with the spectrum of a half-sine push, a drive
the
steady answer to a harmonic force.
"""


class VibratingSystem(System[V]):
    """Bodies with modes."""

    accepts = ("temperature", "fluid_density", "viscosity")
    tunable: ClassVar[tuple[str, ...]] = ("damping", "stiffness")
    events: ClassVar[tuple[EventDeclaration, ...]] = RINGING_EVENTS

    @abstractmethod
    def bank(self, spec: V, parameters: dict[str, float]) -> Bank:
        """The modes of all bodies; which are kept is decided by these parameters."""

    def surfaces(self, spec: V, bank: Bank) -> NDArray[np.float64] | None:
        """Shapes over a grid of each body (modes, points), where the spec asks to see them."""
        return None

    def units(self, spec: V) -> tuple[TimeUnit, str]:
        """Seconds and metres."""
        return "s", "m"

    def observables(self, spec: V) -> list[Observable]:
        """Motion at the pickups and, of each body, energy in all, by band, and where it lies in frequency."""
        n, pickups = len(spec.vibrating), len(spec.vibrating[0].pickups)
        found = [
            Observable(
                name="displacement", unit="m", shape=[n, pickups] if pickups > 1 else [n], per_body=True,
                description="At the pickups, away from rest",
            ),
            Observable(name="energy", unit="J", shape=[n], per_body=True, description="Stored in all modes"),
            Observable(
                name="brightness", unit="Hz", shape=[n], per_body=True, description="Mean frequency of the "
"energy; 0 at rest"
            ),
            Observable(
                name="band_energy", unit="J", shape=[n, len(spec.band_edges) + 1], per_body=True,
                description="Stored in the modes of each band, from the lowest on",
            ),
        ]  # fmt: skip
        if spec.surface:
            shape = [n, spec.surface, spec.surface]
            over = "Displacement over the extent, rows from the bottom"
            found.append(Observable(name="surface", unit="m", shape=shape, per_body=True, description=over))
        return found

    def bodies(self, spec: V, environment: dict[str, float], seed: int) -> list[Body]:
        """By name."""
        return [Body(name=body.name) for body in spec.vibrating]

    def modes(self, spec: V, environment: dict[str, float]) -> list[Mode]:
        """Every mode under the universe's own parameters, seen from the body's first excitation (else its pickup)."""
        parameters = environment | {name: float(getattr(spec, name)) for name in self.tunable}
        bank = self.bank(spec, parameters)
        tuned, body_of = bank.tuned(parameters), bank.body_of
        played = [self._played(spec, bank, body) for body in range(len(bank.vibrators))]
        return [
            Mode(
                body=int(body_of[k]), frequency=float(tuned[k, 0]), decay_rate=float(tuned[k, 1]),
                excitation=float(played[body_of[k]][k - bank.offsets[body_of[k]]]),
                pickups=[float(shape) for shape in bank.pickups[:, k]],
            )
            for k in range(len(tuned))
        ]  # fmt: skip

    def _played(self, spec: V, bank: Bank, body: int) -> NDArray[np.float64]:
        vibrator = bank.vibrators[body]
        points = [e.position for e in spec.excitations if e.body == vibrator.body.name]
        points += [d.position for d in spec.drives if d.body == vibrator.body.name]
        return vibrator.shape(points[0] if points else vibrator.body.pickups[0])

    def estimate(self, spec: V, environment: dict[str, float]) -> Estimate:
        """Modes times frames, and more where something happens or drives last."""
        modes = int(fsum(body.modes for body in spec.vibrating))
        together = max(1, min(512, int(0.01 / spec.frame_interval)))
        cells = -(-spec.frames // together)
        pickups = len(spec.vibrating[0].pickups)
        driven = fsum(min(d.length, spec.duration) for d in spec.drives) / spec.frame_interval
        a_cell = 7.5e-5 + modes * (3e-7 + 2e-9 * together * (1.5 + 0.3 * pickups))
        cpu = 0.02 + cells * a_cell + spec.strokes * (1.5e-4 + 3e-7 * modes) + driven * (3e-5 + 4e-7 * modes)
        if spec.surface:
            cpu += spec.frames * (4e-5 + 1e-9 * modes * spec.surface**2)
        size = result_bytes(spec.frames, self.observables(spec))
        return Estimate(cpu_seconds=cpu, steps=cells, frames=spec.frames, result_bytes=size)

    def start(
        self, spec: V, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        """Nothing is random here: the seed changes nothing."""
        from harmonic_physics.engine.vibration.run import RingingRun

        return RingingRun(self, spec, environment, seed, checkpoint, timeline)  # type: ignore[arg-type]  # by the bank

"""The quantum particle against closed forms: spreading, coherent states, square barriers, Born's rule."""

from math import log2, pi, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.kernels.fourier import transform
from harmonic_physics.engine.quantum.space import Space
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.systems.quantum import QuantumSpec

Floats = NDArray[np.float64]
COHERENT: dict[str, Any] = {
    "duration": 2 * pi, "frame_interval": 2 * pi / 200, "size": 24.0, "points": 256, "time_step": 0.005,
    "packets": [{"centre": [3.0]}], "potentials": [{"kind": "harmonic"}],
}  # fmt: skip


def run(seed: int = 0, environment: dict[str, float] | None = None, **spec: Any) -> Result:
    """A finished run."""
    return simulate(check("quantum", {"duration": 10.0, "frame_interval": 0.1} | spec, environment or {}), seed)


def times(result: Result, kind: str) -> Floats:
    """When events of a kind happened."""
    found: Floats = result.events.time[result.events.kind == result.header.event_kinds.index(kind)]
    return found


@pytest.mark.parametrize(("dimensions", "points"), [(1, 512), (1, 64), (2, 32)])
def test_own_transform_agrees_with_numpys(dimensions: int, points: int) -> None:
    """Forward and back, to 1e-14 of the largest, in natural order on a line and transposed in the plane."""
    space = Space(QuantumSpec(duration=1, frame_interval=1, size=10, dimensions=dimensions, points=points))
    chance = np.random.default_rng(1)
    a, b = chance.normal(size=points**dimensions), chance.normal(size=points**dimensions)
    psi = (a + 1j * b).reshape((points,) * dimensions)
    room = np.empty_like(a), np.empty_like(a)
    transform(a, b, *room, space.n1, space.n2, space.line, space.table, False)
    expected = np.fft.fftn(psi).T.ravel()
    assert np.abs(a + 1j * b - expected).max() < 1e-13 * np.abs(expected).max()
    transform(a, b, *room, space.n1, space.n2, space.line, space.table, True)
    assert np.abs((a + 1j * b) / len(a) - psi.ravel()).max() < 1e-14 * np.abs(psi).max()


def test_a_coherent_state_swings_as_a_classical_ball() -> None:
    """<x> = 3 cos t and <p> = -3 sin t to 1e-4 at a step of 0.005, width and norm kept, turnings at whole half
    periods."""
    result = run(**COHERENT | {"duration": 12.0})
    assert np.abs(result.arrays["position"][:, 0] - 3 * np.cos(result.time)).max() < 1e-4
    assert np.abs(result.arrays["momentum"][:, 0] + 3 * np.sin(result.time)).max() < 1e-4
    assert result.arrays["spread"] == pytest.approx(np.full(len(result.time), sqrt(0.5)), abs=1e-5)
    assert times(result, "turning_point") == pytest.approx([pi, 2 * pi, 3 * pi], abs=1e-4)
    assert times(result, "zero_crossing") == pytest.approx([pi / 2, 3 * pi / 2, 5 * pi / 2, 7 * pi / 2], abs=1e-4)


def test_the_norm_is_kept_to_rounding() -> None:
    """Ten thousand steps through a rough landscape: norm to 1e-12."""
    wells = [{"kind": "double_well", "width": 2.0, "height": 3.0}, {"kind": "block", "width": 0.5, "height": 20.0}]
    result = run(
        duration=100.0,
        frame_interval=1.0,
        time_step=0.01,
        size=16.0,
        points=256,
        packets=[{"centre": [-2.0]}],
        potentials=wells,
    )
    assert result.header.certificate.steps == 10_000
    assert result.header.certificate.invariants["norm"] < 1e-12


@pytest.mark.parametrize("order", [2, 4])
def test_the_order_is_as_declared(order: int) -> None:
    """Halving the step divides the error of the mean place by 2^order."""
    errors = []
    for divisions in (32, 64, 128):
        step = 2 * pi / 200 * 4 / divisions * 8
        spec = COHERENT | {"time_step": step, "frame_interval": step * 4, "duration": 2.0, "order": order}
        result = run(**spec)
        errors.append(np.abs(result.arrays["position"][:, 0] - 3 * np.cos(result.time)).max())
    assert log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)
    assert log2(errors[1] / errors[2]) == pytest.approx(order, abs=0.15)


def test_a_free_packet_spreads_by_its_law() -> None:
    """sigma sqrt(1 + (t / 2 sigma^2)^2), and <x> = p t, exact for any step, on a line and in the plane."""
    line = run(size=120.0, points=1024, packets=[{"momentum": [1.5], "width": 1.0}], time_step=0.1, duration=8.0)
    assert line.arrays["position"][:, 0] == pytest.approx(1.5 * line.time, abs=1e-9)
    assert line.arrays["spread"] == pytest.approx(np.sqrt(1 + (line.time / 2) ** 2), abs=1e-9)
    plane = run(
        dimensions=2,
        size=40.0,
        points=64,
        packets=[{"centre": [0.0, 1.0], "momentum": [1.0, -0.5], "width": 1.2}],
        duration=3.0,
    )
    assert plane.arrays["position"] == pytest.approx(np.stack([plane.time, 1 - 0.5 * plane.time], 1), abs=1e-8)
    assert plane.arrays["momentum"] == pytest.approx(np.tile([1.0, -0.5], (len(plane.time), 1)), abs=1e-9)


def transmission(energy: float, height: float, width: float) -> float:
    """Through a square barrier (any textbook): 1 / (1 + V^2 sinh^2(kappa a) / 4 E (V - E)), sine above it."""
    k = np.sqrt(2 * complex(height - energy))
    return float(1 / (1 + height**2 * (np.sinh(k * width) ** 2).real / (4 * energy * (height - energy))))


@pytest.mark.parametrize(("height", "momentum"), [(2.0, 1.6), (1.5, 1.6), (1.0, 1.6)])
def test_tunnelling_is_as_the_textbook_says(height: float, momentum: float) -> None:
    """What gets through a square barrier, against the law averaged over the packet's momenta: within one per cent."""
    width, sigma = 1.0, 6.0
    p = np.linspace(momentum - 6 / (2 * sigma), momentum + 6 / (2 * sigma), 4001)
    weights = np.exp(-2 * sigma**2 * (p - momentum) ** 2)
    law = np.array([transmission(value**2 / 2, height + 1e-9, width) for value in p])
    expected = (weights * law).sum() / weights.sum()
    result = run(
        size=320.0, points=4096, time_step=0.02, duration=70.0, frame_interval=5.0, picture=0,
        packets=[{"centre": [-50.0], "momentum": [momentum], "width": sigma}],
        potentials=[{"kind": "block", "width": width, "height": height}],
        detectors=[{"name": "through", "low": [2.0], "high": [150.0]}],
    )  # fmt: skip
    assert result.arrays["probability"][-1, 0] == pytest.approx(expected, rel=0.01)
    assert 0.02 < expected < 0.98


def test_absorbing_borders_swallow() -> None:
    """A packet that runs into the border does not come back: a hundredth of a per cent is left."""
    result = run(size=60.0, packets=[{"momentum": [4.0], "width": 1.5}], absorb=0.25, duration=20.0)
    assert result.arrays["norm"][-1] < 1e-4
    assert (np.diff(result.arrays["norm"]) < 1e-13).all()
    assert "absorb" in result.header.certificate.notes[0]


def test_measurements_follow_borns_rule_and_the_seed() -> None:
    """Outcomes scatter by the density blurred by the apparatus; the same seed finds the same, another one other
    places."""
    spec: dict[str, Any] = {
        "measurement": {"start": 0.5, "interval": 5.0, "resolution": 1.5},
        "duration": 0.6,
        "points": 128,
    }
    spec |= {"packets": [{"width": 2.0}], "size": 40.0, "picture": 0, "frame_interval": 0.2, "time_step": 0.1}
    found = [run(seed, **spec).events.position[0, 0] for seed in range(300)]
    sigma = sqrt(4.0 * (1 + (0.5 / 8.0) ** 2) + 1.5**2)
    assert np.mean(found) == pytest.approx(0.0, abs=4 * sigma / sqrt(300))
    assert np.std(found) == pytest.approx(sigma, rel=0.15)
    assert run(7, **spec).events.position[0, 0] == found[7]
    assert len(set(found)) == 300


def test_a_measured_packet_is_where_it_was_found() -> None:
    """Right after the look, place and width are those of the product of the two bells (Gauss times Gauss)."""
    result = run(
        3, packets=[{"width": 2.0}], size=40.0, points=256, duration=0.6, frame_interval=0.25, time_step=0.05,
        measurement={"start": 0.5, "interval": 9.0, "resolution": 1.0},
    )  # fmt: skip
    before, after = result.arrays["spread"][1], result.arrays["spread"][2]
    outcome = result.events.position[0, 0]
    share = 1.0 / (1.0 + 1.0 / (4.0 * (1 + (0.5 / 8.0) ** 2)))
    assert result.arrays["position"][2, 0] == pytest.approx(outcome * share, rel=2e-2)
    assert after == pytest.approx(sqrt(share), rel=1e-2)
    assert after < 0.6 * before


def test_two_slits_interfere() -> None:
    """What counters behind two slits hold is not the sum of what they hold behind each: more here, less there."""
    spec: dict[str, Any] = {
        "dimensions": 2, "size": 32.0, "points": 128, "time_step": 0.02, "duration": 4.4, "frame_interval": 0.4,
        "absorb": 0.1,
        "packets": [{"centre": [-8.0, 0.0], "momentum": [5.0, 0.0], "width": 1.6}], "picture": 0,
        "detectors": [
            {"name": f"d{k}", "low": [5.0, -8.925 + 0.85 * k], "high": [9.0, -8.075 + 0.85 * k]} for k in range(21)
        ],
    }  # fmt: skip
    gaps = [[(-2.1, -1.1), (1.1, 2.1)], [(1.1, 2.1)]]
    wall: dict[str, Any] = {"kind": "block", "centre": [-2.0, 0.0], "width": 0.6, "height": 80.0}
    two, one = (run(**spec, potentials=[wall | {"gaps": gap}]).arrays["probability"][-1] for gap in gaps)
    assert np.abs(two - two[::-1]).max() < 1e-9 * two.max() + 1e-12

    ratio = two / (one + one[::-1])  # 1 if the particle went through one slit or the other
    assert ratio.min() < 0.6 < 1.4 < ratio.max()


def test_time_scale_runs_the_particles_own_time() -> None:
    """Twice the speed of time: the packet is at t where it was at 2 t."""
    fast = run(environment={"time_scale": 2.0}, **COHERENT)
    assert np.abs(fast.arrays["position"][:, 0] - 3 * np.cos(2 * fast.time)).max() < 2e-4


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"points": 100}, "power of two"),
        ({"dimensions": 2, "points": 512}, "are too many"),
        ({"packets": [{"momentum": [100.0]}]}, "faster than the grid"),
        ({"packets": [{"centre": [19.0]}]}, "over the border"),
        ({"order": 4, "absorb": 0.1}, "take order 2"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(spec: dict[str, Any], reason: str) -> None:
    """Grids that are no power of two or too large, packets too fast or too far out."""
    with pytest.raises(Refused, match=reason):
        run(**spec)

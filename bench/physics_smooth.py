"""Smooth systems by Taylor series against scipy's DOP853 and heyoka on the same equations: accuracy and time."""

from collections.abc import Callable
from typing import Any

from bench import physics_peers as peers
from bench import report
from bench.clock import in_turn
from bench.result import Figure, Measurement

SPAN, TIMES = 200.0, 3
START = [1.0, 0.0]
Solver = Callable[[], Any]


def measure() -> Measurement:
    """Duffing's oscillator, undamped, 2,001 frames: the error of the energy and the time, all at their finest."""
    import numpy as np

    from harmonic_physics.engine.checking import check
    from harmonic_physics.engine.simulate import simulate

    rows = [{"name": "x", "rate": "v", "start": 1.0}, {"name": "v", "rate": "-x - x^3", "start": 0.0}]
    spec = {"model": "custom", "variables": rows, "duration": SPAN, "frame_interval": 0.1}
    start = check("attractor", spec, {})
    times = simulate(start).time
    works: dict[str, Solver] = {"Taylor": lambda: simulate(start).arrays["position"][:, 0, :2].T}
    if (integrate := peers.found("scipy.integrate")) is not None:
        works["DOP853"] = _dop853(integrate, times)
    if (heyoka := peers.found("heyoka")) is not None:
        works["heyoka"] = _heyoka(heyoka, times)

    def error(motion: Any) -> float:
        x, v = motion
        energy = 0.5 * v**2 + 0.5 * x**2 + 0.25 * x**4
        return float(np.abs(energy / energy[0] - 1.0).max())

    spent = dict(zip(works, in_turn(TIMES, *works.values()), strict=True))
    ours = spent.pop("Taylor")
    figures = [
        Figure("Duffing, 200 s, energy error", error(works["Taylor"]()), "", 1e-13),
        Figure("Duffing, 200 s, processor time", ours, "s"),
    ]
    for peer, theirs in spent.items():
        figures.append(Figure(f"Duffing, {peer}, energy error", error(works[peer]()), ""))
        bar = 1.0 if peer == "DOP853" else None
        figures.append(Figure(f"Duffing, {peer} over ours", theirs / ours, "", bar, True))
    absent = [name for name, key in (("scipy", "DOP853"), ("heyoka", "heyoka")) if key not in works]
    notes = [peers.missing(name) for name in absent]
    return Measurement("physics_smooth", "python -m bench.physics_smooth", figures, notes)


def _dop853(integrate: Any, times: Any) -> Solver:
    def rates(_: float, y: Any) -> list[float]:
        return [y[1], -y[0] - y[0] ** 3]

    return lambda: integrate.solve_ivp(rates, (0, SPAN), START, "DOP853", times, rtol=3e-14, atol=1e-14).y


def _heyoka(heyoka: Any, times: Any) -> Solver:
    x, v = heyoka.make_vars("x", "v")
    integrator = heyoka.taylor_adaptive([(x, v), (v, -x - x**3)], START)

    def run() -> Any:
        integrator.time = 0.0
        integrator.state[:] = START
        return integrator.propagate_grid(times)[-1].T

    return run


if __name__ == "__main__":
    report.show(measure())

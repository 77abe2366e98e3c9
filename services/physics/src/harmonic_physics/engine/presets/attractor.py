"""Ready-made attractors: each with a rhythm of its own."""

from pydantic import JsonValue

from harmonic_physics.engine.system import Preset


def _flow(
    name: str, title: str, description: str, model: str, duration: float, interval: float, **spec: JsonValue
) -> Preset:
    head: dict[str, JsonValue] = {"model": model, "duration": duration, "frame_interval": interval}
    return Preset(name=name, title=title, description=description, spec=head | spec)


PRESETS = (
    _flow(
        "lorenz",
        "Lorenz's butterfly",
        "The weather of 1963: turns round one wing, a change of mind, turns round the other. A note a maximum of z.",
        "lorenz",
        60.0,
        0.02,
        lyapunov=True,
    ),
    _flow(
        "butterfly-effect",
        "Butterfly effect",
        "Six Lorenz flows from starts a millionth apart: a unison for a while, then a crowd.",
        "lorenz",
        40.0,
        0.02,
        copies=6,
        spread=1e-6,
    ),
    _flow(
        "roessler",
        "Roessler's band",
        "A calm spiral with a sudden leap: the period doubles for ever.",
        "roessler",
        300.0,
        0.1,
    ),
    _flow(
        "thomas-labyrinth",
        "Thomas's labyrinth",
        "A slow walk through a lattice of sines, the same in all three directions.",
        "thomas",
        400.0,
        0.1,
        copies=3,
        spread=0.5,
    ),
    _flow(
        "aizawa",
        "Aizawa's apple",
        "A spiral up the core of an apple and down over its skin.",
        "aizawa",
        100.0,
        0.05,
    ),
    _flow(
        "halvorsen",
        "Halvorsen's rose",
        "Three voices that take the same part in turn.",
        "halvorsen",
        40.0,
        0.01,
    ),
    _flow(
        "double-scroll",
        "Chua's double scroll",
        "The first circuit built to be chaotic: two scrolls, joined where a diode bends.",
        "chua",
        100.0,
        0.02,
    ),
    _flow(
        "predator-and-prey",
        "Predator and prey",
        "Hares and lynxes after Lotka and Volterra: one crest follows the other for ever.",
        "lotka_volterra",
        200.0,
        0.1,
    ),
    _flow(
        "forced-clockwork",
        "Your own equations: a forced clockwork",
        "Ueda's oscillator written as formulas, the way any equations may be: x'' + a x' + x^3 = b cos t.",
        "custom",
        250.0,
        0.05,
        a=0.05,
        b=7.5,
        variables=[
            {"name": "x", "rate": "y", "start": 2.5},
            {"name": "y", "rate": "b*cos(t) - a*y - x^3", "start": 0.0},
        ],
        sections=[{"formula": "sin(t/2)", "direction": "both"}],
        extrema=[{"formula": "x", "which": "both"}],
        lobe="x",
    ),
    _flow(
        "bouncing-memory",
        "Your own equations: Nose and Hoover's thermostat",
        "A spring in a heat bath that remembers: the energy wanders and its logbook is exact.",
        "custom",
        200.0,
        0.05,
        variables=[
            {"name": "x", "rate": "v", "start": 0.0},
            {"name": "v", "rate": "-x - s*v", "start": 5.0},
            {"name": "s", "rate": "v^2 - 1", "start": 0.0},
            {"name": "heat", "rate": "s", "start": 0.0},
        ],
        conserved="(x^2 + v^2 + s^2)/2 + heat",
        sections=[{"formula": "x"}],
        extrema=[{"formula": "x"}],
    ),
)

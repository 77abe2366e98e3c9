"""The famous flows as formulas: they take the way of a user's own equations. Sources beside each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """Rates by variable, the start, the standard values of a..f, and what is worth an event."""

    rates: dict[str, str]
    start: tuple[float, ...]
    letters: dict[str, float]
    lobe: str = ""
    """Its sign tells the lobe."""
    sections: tuple[str, ...] = ()
    maxima: tuple[str, ...] = ()
    conserved: str = ""
    source: str = ""


MODELS: dict[str, Model] = {
    "lorenz": Model(
        {"x": "a*(y - x)", "y": "x*(b - z) - y", "z": "x*y - c*z"},
        (1.0, 1.0, 20.0),
        {"a": 10.0, "b": 28.0, "c": 8.0 / 3.0},
        lobe="x",
        maxima=("z",),
        source="E. N. Lorenz, Deterministic nonperiodic flow, J. Atmos. Sci. 20 (1963) 130-141. a sigma, b rho, "
        "c beta.",
    ),
    "roessler": Model(
        {"x": "-y - z", "y": "x + a*y", "z": "b + z*(x - c)"},
        (-5.0, -5.0, 0.05),
        {"a": 0.2, "b": 0.2, "c": 5.7},
        sections=("y",),
        maxima=("z",),
        source="O. E. Roessler, An equation for continuous chaos, Physics Letters A 57 (1976) 397-398.",
    ),
    "thomas": Model(
        {"x": "sin(y) - a*x", "y": "sin(z) - a*y", "z": "sin(x) - a*z"},
        (1.1, 1.1, -0.01),
        {"a": 0.208186},
        sections=("x", "y", "z"),
        maxima=("x",),
        source="R. Thomas, Deterministic chaos seen in terms of feedback circuits, Int. J. Bif. Chaos 9 (1999) "
        "1889-1905.",
    ),
    "aizawa": Model(
        {
            "x": "(z - b)*x - d*y",
            "y": "d*x + (z - b)*y",
            "z": "c + a*z - z^3/3 - (x^2 + y^2)*(1 + e*z) + f*z*x^3",
        },
        (0.1, 0.0, 0.0),
        {"a": 0.95, "b": 0.7, "c": 0.6, "d": 3.5, "e": 0.25, "f": 0.1},
        sections=("x",),
        maxima=("z",),
        source="W. F. Langford, Numerical studies of torus bifurcations, ISNM 70 (1984) 285-295; known as Aizawa's.",
    ),
    "halvorsen": Model(
        {"x": "-a*x - 4*y - 4*z - y^2", "y": "-a*y - 4*z - 4*x - z^2", "z": "-a*z - 4*x - 4*y - x^2"},
        (-5.0, 0.0, 0.0),
        {"a": 1.4},
        maxima=("x", "y", "z"),
        source="J. C. Sprott, Chaos and Time-Series Analysis (Oxford 2003), Halvorsen's cyclically symmetric "
        "attractor.",
    ),
    "chua": Model(
        {"x": "a*(y - x - d*x - 0.5*(c - d)*(abs(x + 1) - abs(x - 1)))", "y": "x - y + z", "z": "-b*y"},
        (0.7, 0.0, 0.0),
        {"a": 15.6, "b": 28.0, "c": -1.143, "d": -0.714},
        lobe="x",
        maxima=("y",),
        source="T. Matsumoto, A chaotic attractor from Chua's circuit, IEEE Trans. Circuits Syst. 31 (1984) 1055-1058.",
    ),
    "lotka_volterra": Model(
        {"x": "a*x - b*x*y", "y": "d*x*y - c*y"},
        (0.9, 0.3),
        {"a": 2.0 / 3.0, "b": 4.0 / 3.0, "c": 1.0, "d": 1.0},
        maxima=("x", "y"),
        conserved="d*x - c*log(x) + b*y - a*log(y)",
        source="A. J. Lotka, Elements of Physical Biology (1925); V. Volterra, Nature 118 (1926) 558-560. x "
        "prey, y hunters.",
    ),
}
LETTERS = ("a", "b", "c", "d", "e", "f")

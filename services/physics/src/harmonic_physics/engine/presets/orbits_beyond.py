"""More ready-made orbits: a circumbinary planet, a comet, a resonant chain to listen into, and bodies that touch."""

from math import cos, pi, sin, sqrt

from pydantic import JsonValue

from harmonic_physics.engine.presets.orbits import AU_IN_SOLAR_RADII, GIANTS, TRAPPIST_BODIES
from harmonic_physics.engine.system import Preset

# Doyle et al. 2011, Science 333, 1602, table 1: osculating Jacobi elements at BJD 2,455,212.12316; masses [Msun], radii
# [Rsun], period [d], e, w [deg], mean longitude [deg], inclination [deg]; the planet 0.333 Jupiters, 0.7538 R_Jupiter.
_KEPLER_16 = Preset(
    name="kepler-16",
    title="Kepler-16",
    description="A planet with two suns: eclipses of the pair every 41 days, and its transits across both. Doyle "
    "et al. 2011; time 0 is BJD 2,455,212.12316.",
    spec={
        "duration": 1600.0,
        "frame_interval": 0.5,
        "line_of_sight": [0.0, 0.0, 1.0],
        "events": ["perihelion", "conjunction", "eclipse"],
        "bodies": [
            {"name": "A", "mass": 0.6897, "radius": 0.6489 / AU_IN_SOLAR_RADII},
            {
                "name": "B",
                "mass": 0.20255,
                "radius": 0.22623 / AU_IN_SOLAR_RADII,
                "elements": {
                    "semi_major_axis": 0.22431,
                    "eccentricity": 0.15944,
                    "inclination": 90.30401,
                    "argument_of_periapsis": 263.464,
                    "mean_anomaly": 92.3520 - 263.464,
                },
            },
            {
                "name": "planet",
                "mass": 0.333 / 1047.3486,
                "radius": 0.7538 * 0.10045 / AU_IN_SOLAR_RADII,
                "elements": {
                    "semi_major_axis": 0.7048,
                    "eccentricity": 0.0069,
                    "inclination": 90.0322,
                    "ascending_node": 0.003,
                    "argument_of_periapsis": 318.0,
                    "mean_anomaly": 106.51 - 318.0,
                },
            },
        ],
    },
)

# JPL Small-Body Database, 1P/Halley, osculating at 1968-Feb-21 (JD 2,439,907.5): e, q [AU], i, node, w [deg], time of
# perihelion 1986-Feb-05.9 (JD 2,446,467.4).
_HALLEY = Preset(
    name="halley",
    title="Halley's comet",
    description="Two returns of the comet among the giant planets: a long silence, then a dive past the Sun. "
    "JPL's osculating elements of 1968; the planets by Standish's elements of J2000, read at the same moment.",
    spec={
        "duration": 60000.0,
        "frame_interval": 20.0,
        "events": ["perihelion", "conjunction"],
        "bodies": [
            {"name": "Sun", "mass": 1.0},
            {
                "name": "Halley",
                "mass": 1e-16,
                "elements": {
                    "semi_major_axis": 0.58597811 / (1 - 0.96714291),
                    "eccentricity": 0.96714291,
                    "inclination": 162.26269,
                    "ascending_node": 58.42008,
                    "argument_of_periapsis": 111.33249,
                    "mean_anomaly": (-360.0 * 6559.9 / 27509.0) % 360.0,
                },
            },
            *GIANTS,
        ],
    },
)

# Luger et al. 2017 (Nature Astronomy 1, 0129), table 1: p L1 - (p + q) L2 + q L3 of neighbouring triples.
_TRIPLES = (("bcd", (2, -5, 3)), ("cde", (1, -3, 2)), ("def", (2, -5, 3)), ("efg", (1, -3, 2)), ("fgh", (1, -2, 1)))
_AIMS = (177.0, 49.0, 212.0, 284.0, 177.0)

_CHAIN = Preset(
    name="trappist-1-chain",
    title="TRAPPIST-1: the chain",
    description="Sixteen hundred days of the seven planets with their five Laplace angles: slow swings about fixed "
    "values, heard as glides under the transits of the outer planets.",
    spec={
        "duration": 1600.0,
        "frame_interval": 1.0,
        "line_of_sight": [0.0, 1.0, 0.0],
        "events": ["transit"],
        "resonances": [
            {"name": "-".join(names), "longitudes": dict(zip(names, factors, strict=True)), "aim": aim}
            for (names, factors), aim in zip(_TRIPLES, _AIMS, strict=True)
        ],
        "bodies": TRAPPIST_BODIES,
    },
)


def _ring(count: int, radius: float, mass: float, size: float, wobble: float) -> list[JsonValue]:
    """Bodies round a unit mass on slightly different ellipses, so that neighbours meet."""
    ring: list[JsonValue] = []
    for k in range(count):
        angle, r = 2 * pi * k / count, radius * (1 + wobble * (k % 3 - 1))
        speed = sqrt(1.0 / r) * (1 + 0.4 * wobble * (k % 2))
        position: JsonValue = [r * cos(angle), r * sin(angle), 0.0]
        velocity: JsonValue = [-speed * sin(angle), speed * cos(angle), 0.0]
        body: dict[str, JsonValue] = {"name": f"moonlet {k + 1}", "mass": mass, "radius": size}
        ring.append(body | {"position": position, "velocity": velocity})
    return ring


def _touching(name: str, title: str, description: str, what: str, count: int, environment: dict[str, float]) -> Preset:
    planet: JsonValue = {"name": "planet", "mass": 1.0, "radius": 0.1, "position": [0, 0, 0], "velocity": [0, 0, 0]}
    spec: dict[str, JsonValue] = {
        "duration": 60.0,
        "frame_interval": 0.1,
        "units": "natural",
        "events": ["perihelion"],
        "on_collision": what,
        "bodies": [planet, *_ring(count, 1.0, 1e-4, 0.04, 0.04)],
    }
    return Preset(name=name, title=title, description=description, spec=spec, environment=environment)


BEYOND = (
    _KEPLER_16,
    _HALLEY,
    _CHAIN,
    _touching(
        "ring-of-marbles",
        "Ring of marbles",
        "Nine moonlets on crossing orbits round one planet, bouncing off each other ever more softly.",
        "bounce",
        9,
        {"elasticity": 0.9},
    ),
    _touching(
        "growing-planets",
        "Growing planets",
        "Twelve moonlets on crossing orbits meet and merge, until few are left, on quieter paths.",
        "merge",
        12,
        {},
    ),
)

"""Ready-made orbits, from published values. Sources beside each."""

from math import atan2, degrees, hypot

from pydantic import JsonValue

from harmonic_physics.engine.system import Preset

EARTH_IN_SUNS = 3.0034896e-6


def _planet(name: str, mass: float, radius: float = 0.0, **elements: float) -> JsonValue:
    return {"name": name, "mass": mass, "radius": radius, "elements": dict(elements)}


# Agol et al. 2021 (arXiv 2010.01074), table of the osculating Jacobi elements at BJD_TDB 2,457,257.93115525, planets
# b to h: period [d], time of transit [BJD_TDB - 2,450,000], e cos w, e sin w, mass [Earths x (M* / 0.09 Msun)].
AGOL_EPOCH = 7257.93115525
AGOL_STAR = 0.0898
AGOL = (
    ("b", 1.510826, 7257.55044, -0.00215, 0.00217, 1.3771),
    ("c", 2.421937, 7258.58728, 0.00055, 0.00001, 1.3105),
    ("d", 4.049219, 7257.06768, -0.00496, 0.00267, 0.3885),
    ("e", 6.101013, 7257.82771, 0.00433, -0.00461, 0.6932),
    ("f", 9.207540, 7257.07426, -0.00840, -0.00051, 1.0411),
    ("g", 12.352446, 7257.71462, 0.00380, 0.00128, 1.3238),
    ("h", 18.772866, 7249.60676, -0.00365, -0.00002, 0.3261),
)


AU_IN_SOLAR_RADII = 149597870.7 / 695700.0


def _trappist_bodies() -> list[JsonValue]:
    planets = [
        _planet(
            name,
            mass * EARTH_IN_SUNS * AGOL_STAR / 0.09,
            period=period,
            eccentricity=hypot(cosine, sine),
            argument_of_periapsis=degrees(atan2(sine, cosine)),
            transit_time=transit - AGOL_EPOCH,
        )
        for name, period, transit, cosine, sine, mass in AGOL
    ]
    return [{"name": "TRAPPIST-1", "mass": AGOL_STAR}, *planets]


TRAPPIST_BODIES = _trappist_bodies()


def _trappist() -> Preset:
    return Preset(
        name="trappist-1",
        title="TRAPPIST-1",
        description="Seven planets in the longest known chain of resonances: 8:5, 5:3, 3:2, 3:2, 4:3, 3:2. "
        "Agol et al. 2021; time 0 is BJD_TDB 2,457,257.93115525; a planet transits at the true anomaly pi/2 - w.",
        spec={
            "duration": 340.0,
            "frame_interval": 0.1,
            "line_of_sight": [0.0, 1.0, 0.0],
            "bodies": TRAPPIST_BODIES,
        },
    )


# E. M. Standish, Keplerian elements for approximate positions of the major planets (JPL), J2000, valid 1800-2050:
# a [AU], e, I, mean longitude, longitude of perihelion, longitude of the node [deg]; and Msun / mass (IAU).
STANDISH = (
    ("Mercury", 0.38709927, 0.20563593, 7.00497902, 252.25032350, 77.45779628, 48.33076593, 6023600.0),
    ("Venus", 0.72333566, 0.00677672, 3.39467605, 181.97909950, 131.60246718, 76.67984255, 408523.71),
    ("Earth", 1.00000261, 0.01671123, -0.00001531, 100.46457166, 102.93768193, 0.0, 328900.56),
    ("Mars", 1.52371034, 0.09339410, 1.84969142, -4.55343205, -23.94362959, 49.55953891, 3098708.0),
    ("Jupiter", 5.20288700, 0.04838624, 1.30439695, 34.39644051, 14.72847983, 100.47390909, 1047.3486),
    ("Saturn", 9.53667594, 0.05386179, 2.48599187, 49.95424423, 92.59887831, 113.66242448, 3497.898),
    ("Uranus", 19.18916464, 0.04725744, 0.77263783, 313.23810451, 170.95427630, 74.01692503, 22902.98),
    ("Neptune", 30.06992276, 0.00859048, 1.77004347, -55.12002969, 44.96476227, 131.78422574, 19412.24),
)


def _solar(names: tuple[str, ...]) -> list[JsonValue]:
    return [
        _planet(
            name,
            1.0 / inverse,
            semi_major_axis=axis,
            eccentricity=e,
            inclination=inclination,
            ascending_node=node,
            argument_of_periapsis=(perihelion - node) % 360,
            mean_anomaly=(longitude - perihelion) % 360,
        )
        for name, axis, e, inclination, longitude, perihelion, node, inverse in STANDISH
        if name in names
    ]


GIANTS = _solar(("Jupiter", "Saturn", "Uranus", "Neptune"))

_SOLAR_SYSTEM = Preset(
    name="solar-system",
    title="The Solar System",
    description="The eight planets for thirty years from J2000, from Standish's approximate elements (read as Jacobi; "
    "Earth with the Moon).",
    spec={
        "duration": 10957.5,
        "frame_interval": 5.0,
        "events": ["transit", "perihelion"],
        "bodies": [{"name": "Sun", "mass": 1.0}, *_solar(tuple(row[0] for row in STANDISH))],
    },
)

_OUTER = Preset(
    name="outer-planets",
    title="The outer planets",
    description="Jupiter, Saturn, Uranus and Neptune for a thousand years: slow beats of the great inequality.",
    spec={
        "duration": 365250.0,
        "frame_interval": 200.0,
        "bodies": [{"name": "Sun", "mass": 1.0}, *GIANTS],
    },
)

# JPL Solar System Dynamics, planetary satellite mean elements, epoch 1997-01-16, local Laplace planes: a [km], e, w, M,
# i, node [deg]; masses [kg] over the Sun's 1.98841e30.
GALILEAN = (
    ("Io", 421800.0, 0.0041, 84.129, 342.021, 0.036, 43.977, 8.9319e22),
    ("Europa", 671100.0, 0.0094, 88.970, 171.016, 0.466, 219.106, 4.7998e22),
    ("Ganymede", 1070400.0, 0.0013, 192.417, 317.540, 0.177, 63.552, 1.4819e23),
    ("Callisto", 1882700.0, 0.0074, 52.643, 181.408, 0.192, 298.848, 1.07594e23),
)
KM_PER_AU = 149597870.7

_GALILEAN = Preset(
    name="galilean-moons",
    title="The Galilean moons",
    description="Io, Europa, Ganymede (1:2:4, Laplace's resonance) and Callisto around a round Jupiter, for a hundred "
    "days. JPL mean elements of 1997-01-16.",
    spec={
        "duration": 100.0,
        "frame_interval": 0.04,
        "bodies": [
            {"name": "Jupiter", "mass": 1 / 1047.3486},
            *(
                _planet(
                    name,
                    mass / 1.98841e30,
                    semi_major_axis=axis / KM_PER_AU,
                    eccentricity=e,
                    argument_of_periapsis=argument,
                    mean_anomaly=mean,
                    inclination=inclination,
                    ascending_node=node,
                )
                for name, axis, e, argument, mean, inclination, node, mass in GALILEAN
            ),
        ],
    },
)

# Chenciner and Montgomery 2000, refined to 6e-19 in extended precision; period 6.3259139829262116769, G = m = 1.
_X, _Y = 0.9700043566973334399, -0.2430875315358488617
_U, _V = -0.9324073714410523015, -0.8647314609210059563

_FIGURE_EIGHT = Preset(
    name="figure-eight",
    title="Figure eight",
    description="Three equal bodies chase each other on one figure eight: a canon in three voices.",
    spec={
        "duration": 63.25913982926212,
        "frame_interval": 0.02,
        "units": "natural",
        "centre": "barycentre",
        "bodies": [
            {"name": "one", "mass": 1.0, "position": [_X, _Y, 0.0], "velocity": [-_U / 2, -_V / 2, 0.0]},
            {"name": "two", "mass": 1.0, "position": [-_X, -_Y, 0.0], "velocity": [-_U / 2, -_V / 2, 0.0]},
            {"name": "three", "mass": 1.0, "position": [0.0, 0.0, 0.0], "velocity": [_U, _V, 0.0]},
        ],
    },
)

PRESETS = (_trappist(), _SOLAR_SYSTEM, _OUTER, _GALILEAN, _FIGURE_EIGHT)

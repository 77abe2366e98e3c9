"""Ready-made strings: a chord, a harp, ropes slow enough to count, a bow on a cable, a slack string that glides."""

from typing import Any

from harmonic_physics.engine.system import Preset

_GUITAR = (82.406889, 110.0, 146.832384, 195.997718, 246.941651, 329.627557)
_CHORDS = (0, 3, 5, 3, 0, 5, 7, 3)


def _strum() -> list[dict[str, Any]]:
    """Down- and up-strokes over six strings, eight bars of 3.2 s."""
    strokes: list[dict[str, Any]] = []
    for bar in range(8):
        for beat, (offset, order) in enumerate(((0.0, range(6)), (1.2, range(5, 1, -1)), (2.0, range(1, 6)))):
            for place, string in enumerate(order):
                strokes.append(
                    {
                        "body": f"string {string + 1}",
                        "time": round(3.2 * bar + offset + 0.035 * place, 6),
                        "position": [0.18 + 0.02 * beat],
                        "amplitude": 0.003 if beat == 0 else 0.0018,
                    }
                )
    return strokes


_CHORD = Preset(
    name="plucked-chord",
    title="Plucked chord",
    description="Six steel strings strummed eight times, down, up and down: every stroke wakes forty partials of each "
    "string, and the high ones leave first.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.02,
        "strings": [
            {"name": f"string {k + 1}", "frequency": f, "linear_density": round(8.5e-3 * 0.6**k, 8),
             "radius": round(6e-4 * 0.78**k, 8), "decay_time": 8.0, "decay_time_1khz": 3.0, "axial_stiffness": 2e4}
            for k, f in enumerate(_GUITAR)
        ],
        "excitations": _strum(),
        "falls": 1,
    },
)  # fmt: skip

_HARP = Preset(
    name="wind-harp",
    title="Wind harp",
    description="Twenty-four strings in a whole-tone sweep; gusts run over them up and down, each a little faster.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.04,
        "strings": [
            {"name": f"string {k + 1}", "frequency": round(110.0 * 2 ** (k / 6), 6), "modes": 16, "length": 1.2,
             "decay_time": 7.0, "decay_time_1khz": 4.0, "inharmonicity": 2e-5}
            for k in range(24)
        ],
        "excitations": [
            {"body": f"string {(k % 24 if (k // 24) % 2 == 0 else 23 - k % 24) + 1}",
             "time": round(0.3 * k * (1 - k / 700.0), 6), "position": [0.3], "amplitude": 0.002}
            for k in range(120)
        ],
        "falls": 0,
    },
)  # fmt: skip

_ROPE = Preset(
    name="polyrhythm-rope",
    title="Polyrhythm of a rope",
    description="A rope of 12 m swings at 0.11 Hz, its overtones at twice, three times, ... eight times that: each "
    "passing of its rest is a beat, and together they are the harmonic series as a rhythm.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.05,
        "strings": [
            {"name": "rope", "frequency": 0.11, "length": 12.0, "linear_density": 0.3, "radius": 0.01, "modes": 8,
             "inharmonicity": 0.0, "decay_time": 400.0, "decay_time_1khz": 400.0, "axial_stiffness": 10.0,
             "pickups": [[0.07]]}
        ],
        "excitations": [{"body": "rope", "position": [0.09], "amplitude": 0.6}],
        "band_edges": [0.3, 0.6],
        "falls": 0,
    },
)  # fmt: skip

_BOWED = Preset(
    name="bowed-cable",
    title="Bowed cable",
    description="A cable of 40 m under a giant bow: it sticks and slips a little more than once a second, now "
"this way, "
    "now that way, and rings on when the bow is lifted.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.05,
        "method": "nonlinear",
        "sample_rate": 600.0,
        "strings": [
            {"name": "low cable", "frequency": 1.2, "length": 40.0, "linear_density": 0.8, "radius": 0.006, "modes": 24,
             "inharmonicity": 1e-5, "decay_time": 30.0, "decay_time_1khz": 30.0, "axial_stiffness": 2e6},
            {"name": "high cable", "frequency": 1.8, "length": 40.0, "linear_density": 0.6, "radius": 0.005,
             "modes": 24, "inharmonicity": 1e-5, "decay_time": 30.0, "decay_time_1khz": 30.0, "axial_stiffness": 2e6},
        ],
        "bows": [
            {"body": "low cable", "position": 0.12, "start": 0.5, "length": 20.0},
            {"body": "high cable", "position": 0.15, "start": 12.0, "length": 18.0, "direction": -1},
            {"body": "low cable", "position": 0.12, "start": 28.0, "length": 22.0, "direction": -1},
        ],
        "bow_speed": 0.25,
        "bow_force": 12.0,
        "bow_grip": 30.0,
        "band_edges": [1.5, 4.0, 10.0],
        "fall": 3.0,
        "falls": 6,
    },
)  # fmt: skip

_TWANG = Preset(
    name="slack-twang",
    title="Slack twang",
    description="Three slack strings plucked so hard that stretching sharpens them: each note glides down to its pitch "
    "while energy wanders between the partials.",
    spec={
        "duration": 24.0,
        "frame_interval": 0.02,
        "method": "nonlinear",
        "sample_rate": 16_000.0,
        "strings": [
            {"name": f"string {k + 1}", "frequency": f, "length": 0.9, "modes": 16, "decay_time": 5.0,
             "decay_time_1khz": 2.0, "axial_stiffness": 3e4, "inharmonicity": 5e-5}
            for k, f in enumerate((55.0, 73.42, 97.99))
        ],
        "excitations": [
            {"body": f"string {k + 1}", "time": 0.25 * k, "position": [0.31], "amplitude": 0.02 - 0.003 * k,
             "count": 8, "interval": 3.0 - 0.5 * k}
            for k in range(3)
        ],
        "fall": 9.0,
        "falls": 2,
    },
)  # fmt: skip

PRESETS = (_CHORD, _HARP, _ROPE, _BOWED, _TWANG)

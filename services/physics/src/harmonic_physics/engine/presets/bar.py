"""Ready-made bars: a marimba, falling chimes, a music box, and girders slow enough to count."""

from typing import Any

from harmonic_physics.engine.system import Preset

_PENTATONIC = (0, 2, 4, 7, 9, 12, 14, 16, 19, 21, 24)


def _hits(bars: int, beats: int, beat: float, step: int, amplitude: float, contact: float) -> list[dict[str, Any]]:
    """One hit a beat, walking over the bars by a step that visits them all."""
    return [
        {
            "body": f"bar {k * step % bars + 1}",
            "kind": "strike",
            "time": round(k * beat, 6),
            "position": [0.5 if k % 3 else 0.35],
            "amplitude": amplitude * (1.0 if k % 4 == 0 else 0.6),
            "contact_time": contact,
        }
        for k in range(beats)
    ]


_MARIMBA = Preset(
    name="struck-marimba",
    title="Struck marimba",
    description="Eleven undercut rosewood bars, tuned 1 : 4 : 10 over a pentatonic scale, played in a pattern "
    "that comes "
    "round after eleven notes while the accents come round after four.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.02,
        "bars": [
            {
                "name": f"bar {k + 1}",
                "frequency": round(130.8127826502993 * 2 ** (step / 12), 6),
                "youngs_modulus": 1.6e10,
                "density": 900.0,
                "width": 0.05,
                "thickness": 0.02,
                "partials": [1.0, 4.0, 10.0],
                "modes": 5,
                "decay_time": 2.5,
                "decay_time_1khz": 0.6,
                "pickups": [[0.5]],
            }
            for k, step in enumerate(_PENTATONIC)
        ],
        "excitations": _hits(11, 116, 0.25, 4, 0.02, 1.5e-3),
        "falls": 1,
    },
)

_CHIMES = Preset(
    name="wind-chimes",
    title="Wind chimes",
    description="Seven steel rods in the wind: each is touched by a clapper that bounces ever faster, and rings on for "
    "many seconds; their overtones are those of free bars, in no scale at all.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.04,
        "bars": [
            {
                "name": f"rod {k + 1}",
                "length": length,
                "width": 0.012,
                "thickness": 0.012,
                "modes": 8,
                "decay_time": 18.0,
                "decay_time_1khz": 9.0,
                "pickups": [[0.0]],
            }
            for k, length in enumerate((0.62, 0.55, 0.49, 0.44, 0.4, 0.36, 0.33))
        ],
        "excitations": [
            {
                "body": f"rod {k % 7 + 1}",
                "kind": "strike",
                "time": round(0.4 + 3.1 * k, 6),
                "position": [0.93],
                "amplitude": 0.03,
                "contact_time": 2e-4,
                "count": 9,
                "interval": 0.9,
                "ratio": 0.78,
                "fade": 0.75,
            }
            for k in range(12)
        ],
        "falls": 1,
        "fall": 20.0,
    },
)

_MUSIC_BOX = Preset(
    name="music-box",
    title="Music box",
    description="Fifteen steel tines, each clamped at one end and plucked at the other, 6.27 times their note "
    "above it.",
    spec={
        "duration": 32.0,
        "frame_interval": 0.04,
        "bars": [
            {
                "name": f"tine {k + 1}",
                "ends": "clamped_free",
                "frequency": round(523.2511306011972 * 2 ** (step / 12), 6),
                "width": 0.003,
                "thickness": 0.0008,
                "modes": 4,
                "decay_time": 3.0,
                "decay_time_1khz": 1.5,
                "pickups": [[1.0]],
            }
            for k, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21, 23, 24))
        ],
        "excitations": [
            {
                "body": f"tine {(k * k + 3 * (k // 8)) % 15 + 1}",
                "time": round(k * 0.4 + (0.2 if k % 5 == 4 else 0.0), 6),
                "position": [1.0],
                "amplitude": 2e-4,
            }
            for k in range(78)
        ],
        "falls": 0,
    },
)

_GIRDERS = Preset(
    name="swaying-girders",
    title="Swaying girders",
    description="Three masts of 30 to 45 m sway after one gust, at a fraction of a hertz and at 6.27 and 17.5 times "
    "that: every passing of their rest is a beat, and the rhythms never meet.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.05,
        "bars": [
            {
                "name": f"mast {k + 1}",
                "ends": "clamped_free",
                "length": length,
                "width": 0.5,
                "thickness": 0.35,
                "modes": 3,
                "decay_time": 300.0,
                "decay_time_1khz": 300.0,
                "pickups": [[1.0]],
            }
            for k, length in enumerate((30.0, 36.0, 45.0))
        ],
        "excitations": [
            {"body": f"mast {k + 1}", "kind": "strike", "time": 2.0 * k, "position": [0.8], "amplitude": 4000.0,
             "contact_time": 0.2}
            for k in range(3)
        ],
        "slow_below": 2.0,
        "band_edges": [1.0],
        "falls": 2,
        "fall": 6.0,
    },
)  # fmt: skip

PRESETS = (_MARIMBA, _CHIMES, _MUSIC_BOX, _GIRDERS)

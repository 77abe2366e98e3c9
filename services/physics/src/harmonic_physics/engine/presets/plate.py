"""Ready-made plates: Chladni's, struck and driven, a thunder sheet, gongs of four alloys."""

from harmonic_physics.engine.system import Preset

_STRUCK = Preset(
    name="struck-chladni-plate",
    title="Struck Chladni plate",
    description="A free square brass plate struck at a corner, on an edge, off its middle: each place leaves out the "
    "figures whose lines run through it, and the ringing shows what is left.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.05,
        "plates": [{"name": "plate", "modes": 30}],
        "excitations": [
            {"body": "plate", "kind": "strike", "time": round(0.5 * k + 0.125 * (k % 3), 6),
             "amplitude": 0.01 + 0.01 * (k % 4 == 0), "contact_time": 4e-4,
             "position": ([0.98, 0.98], [0.5, 0.98], [0.3, 0.4], [0.02, 0.5], [0.25, 0.98])[k % 5]}
            for k in range(60)
        ],
        "falls": 1,
        "fall": 6.0,
        "surface": 12,
    },
)  # fmt: skip

_DRIVEN = Preset(
    name="driven-chladni-figures",
    title="Driven Chladni figures",
    description="The plate on a shaker that climbs through its figures: each of twelve tones meets a resonance "
"or misses "
    "it, and the sand would gather along the lines of the surface shown.",
    spec={
        "duration": 36.0,
        "frame_interval": 0.05,
        "plates": [{"name": "plate", "modes": 24, "decay_time": 1.5, "decay_time_1khz": 0.8, "width": 0.24,
                    "height": 0.24}],
        "drives": [
            {"body": "plate", "position": [0.95, 0.93], "frequency": f, "force": 0.05,
             "start": 3.0 * k, "length": 2.4}
            for k, f in enumerate((39.2, 48.0, 57.1, 70.8, 86.0, 101.7, 178.7, 186.3, 202.7, 225.9, 308.9, 343.1))
        ],
        "fall": 6.0,
        "falls": 5,
        "surface": 16,
    },
)  # fmt: skip

_THUNDER = Preset(
    name="thunder-sheet",
    title="Thunder sheet",
    description="A steel sheet of a metre by two, hung from its upper edge and shaken: modes from a hertz upwards, so "
    "close that they make weather.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.05,
        "plates": [
            {"name": "sheet", "width": 1.0, "height": 2.0, "thickness": 7e-4, "youngs_modulus": 2e11, "density": 7850.0,
             "edges": ["free", "free", "free", "clamped"], "modes": 60, "decay_time": 14.0, "decay_time_1khz": 3.0,
             "pickups": [[0.8, 0.1]]}
        ],
        "excitations": [
            {"body": "sheet", "kind": "strike", "time": 7.0 * k, "position": [0.3 + 0.08 * k, 0.05], "amplitude": 0.4,
             "contact_time": 0.02, "count": 14, "interval": 0.5, "ratio": 0.9, "fade": 0.93}
            for k in range(5)
        ],
        "slow_below": 2.2,
        "band_edges": [5.0, 20.0, 80.0],
        "falls": 1,
    },
)  # fmt: skip

_GONGS = Preset(
    name="four-gongs",
    title="Four gongs",
    description="Four clamped plates of unlike sides, struck in a canon of five against four.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.04,
        "plates": [
            {"name": f"gong {k + 1}", "edges": [edge] * 4, "width": w, "height": h, "frequency": f, "modes": 16,
             "decay_time": 9.0, "decay_time_1khz": 5.0, "pickups": [[0.37, 0.41]]}
            for k, (edge, w, h, f) in enumerate(
                (("clamped", 0.5, 0.4, 65.4), ("supported", 0.4, 0.3, 98.0), ("clamped", 0.35, 0.35, 155.6),
                 ("supported", 0.3, 0.25, 220.0))
            )
        ],
        "excitations": [
            {"body": f"gong {k + 1}", "kind": "strike", "time": 0.8 * k, "position": [0.45, 0.3 + 0.1 * k],
             "amplitude": 0.05, "contact_time": 2e-3, "count": 28 - 4 * k, "interval": 1.25 + 0.25 * k}
            for k in range(4)
        ],
        "falls": 1,
    },
)  # fmt: skip

PRESETS = (_STRUCK, _DRIVEN, _THUNDER, _GONGS)

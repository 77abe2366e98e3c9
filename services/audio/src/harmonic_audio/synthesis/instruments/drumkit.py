"""The drum kit, by synthesis, under the names of General MIDI's percussion."""

from typing import Any, Final

from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.percussion import Burst, Percussion, Ring

# Of a thin plate clamped nowhere: many partials, none in a simple ratio; the same six squares' worth as drum machines.
_METAL: Final = (2.0, 3.0, 4.16, 5.43, 6.79, 8.21)

_LEVEL_DB: Final = {
    "kick": 4.0,
    "snare": 1.0,
    "closed_hat": 12.5,
    "open_hat": 6.0,
    "tom": 1.5,
    "low_tom": 1.0,
    "mid_tom": 1.5,
    "high_tom": 2.0,
    "clap": 4.5,
    "rim": 7.0,
    "ride": 4.0,
    "crash": -1.0,
    "shaker": 16.5,
    "wood_block": 5.5,
}
"""What makes them as loud as the others: measured, by the integrated loudness of one hit."""


def _drum(name: str, text: str, ring_s: float, send: float, **model: Any) -> Instrument:
    return Instrument(
        name=name,
        description=text,
        model=Percussion(ring_s=ring_s, level_db=_LEVEL_DB[name], **model),
        program=118,
        reverb_send=send,
    )


def _head(hz: float, t60_s: float, level: float = 1.0) -> tuple[Ring, ...]:
    """The first modes of a round membrane, the higher the shorter."""
    ratios = ((1.0, 1.0), (1.593341, 0.5), (2.135549, 0.3), (2.295417, 0.25), (2.917295, 0.15))
    return tuple(Ring(hz=hz * r, level=level * a, t60_s=t60_s / r**1.2) for r, a in ratios)


def _metal(hz: float, t60_s: float, level: float) -> tuple[Ring, ...]:
    """Inharmonic partials of a cymbal, the higher the shorter."""
    return tuple(Ring(hz=hz * r, level=level / (1.0 + i), t60_s=t60_s / (1.0 + 0.25 * i)) for i, r in enumerate(_METAL))


DRUMKIT: Final = (
    _drum(
        "kick",
        "Bass drum: its pitch falls as it is struck",
        0.5,
        0.2,
        rings=(Ring(hz=52.0, level=1.0, t60_s=0.5),),
        bursts=(Burst(middle_hz=3500.0, width_hz=4000.0, level=0.12, t60_s=0.03),),
        sweep_cents=2400.0,
        sweep_s=0.035,
        attack_s=0.002,
    ),
    _drum(
        "snare",
        "Snare drum: head and wires",
        0.3,
        0.4,
        rings=(Ring(hz=185.0, level=0.9, t60_s=0.25), Ring(hz=330.0, level=0.5, t60_s=0.15)),
        bursts=(Burst(middle_hz=4500.0, width_hz=7000.0, level=0.8, t60_s=0.28),),
        sweep_cents=300.0,
        sweep_s=0.02,
    ),
    _drum(
        "closed_hat",
        "Hi-hat, closed",
        0.09,
        0.2,
        rings=_metal(1300.0, 0.07, 0.25),
        bursts=(Burst(colour="violet", middle_hz=9500.0, width_hz=6000.0, level=1.0, t60_s=0.09),),
    ),
    _drum(
        "open_hat",
        "Hi-hat, open",
        0.7,
        0.3,
        rings=_metal(1300.0, 0.6, 0.25),
        bursts=(Burst(colour="violet", middle_hz=9000.0, width_hz=6500.0, level=0.8, t60_s=0.65),),
    ),
    _drum(
        "tom", "Tom, tuned by the note", 0.6, 0.4, rings=_head(150.0, 0.6), sweep_cents=350.0, sweep_s=0.05, tuned=True
    ),
    _drum("low_tom", "Low floor tom", 0.8, 0.4, rings=_head(82.0, 0.8), sweep_cents=350.0, sweep_s=0.06),
    _drum("mid_tom", "Low-mid tom", 0.6, 0.4, rings=_head(120.0, 0.6), sweep_cents=350.0, sweep_s=0.05),
    _drum("high_tom", "High tom", 0.5, 0.4, rings=_head(175.0, 0.5), sweep_cents=350.0, sweep_s=0.04),
    _drum(
        "clap",
        "Hand clap: four hands, then the room",
        0.3,
        0.6,
        bursts=(Burst(middle_hz=1400.0, width_hz=1500.0, level=1.4, t60_s=0.25, times_s=(0.0, 0.011, 0.022, 0.034)),),
    ),
    _drum(
        "rim",
        "Side stick",
        0.06,
        0.3,
        rings=(Ring(hz=480.0, level=0.7, t60_s=0.05), Ring(hz=1720.0, level=1.0, t60_s=0.04)),
        bursts=(Burst(middle_hz=3000.0, width_hz=3000.0, level=0.3, t60_s=0.02),),
        attack_s=0.0006,
    ),
    _drum(
        "ride",
        "Ride cymbal: a stick on its bow, long",
        2.4,
        0.4,
        rings=_metal(690.0, 2.2, 0.35),
        bursts=(Burst(colour="blue", middle_hz=7500.0, width_hz=6000.0, level=0.35, t60_s=1.6),),
    ),
    _drum(
        "crash",
        "Crash cymbal",
        2.8,
        0.5,
        rings=_metal(520.0, 2.0, 0.2),
        bursts=(
            Burst(middle_hz=5000.0, width_hz=7000.0, level=0.8, attack_s=0.004, t60_s=2.4),
            Burst(colour="violet", middle_hz=10_000.0, width_hz=6000.0, level=0.5, t60_s=1.2),
        ),
    ),
    _drum(
        "shaker",
        "Shaker: grains that rush forward",
        0.12,
        0.3,
        bursts=(Burst(colour="blue", middle_hz=7000.0, width_hz=4500.0, level=1.0, attack_s=0.03, t60_s=0.14),),
    ),
    _drum(
        "wood_block",
        "Wood block, tuned by the note",
        0.14,
        0.5,
        rings=(Ring(hz=880.0, level=1.0, t60_s=0.13), Ring(hz=2190.0, level=0.5, t60_s=0.07)),
        bursts=(Burst(middle_hz=2500.0, width_hz=2500.0, level=0.15, t60_s=0.015),),
        tuned=True,
    ),
)

GM_PERCUSSION: Final = {
    35: "kick", 36: "kick", 37: "rim", 38: "snare", 39: "clap", 40: "snare", 41: "low_tom", 42: "closed_hat",
    43: "low_tom", 44: "closed_hat", 45: "mid_tom", 46: "open_hat", 47: "mid_tom", 48: "high_tom", 49: "crash",
    50: "high_tom", 51: "ride", 52: "crash", 53: "ride", 55: "crash", 57: "crash", 59: "ride", 69: "shaker",
    70: "shaker", 76: "wood_block", 77: "wood_block", 82: "shaker",
}  # fmt: skip
"""General MIDI 1 percussion keys of channel 10 that the kit plays, and GM 2's shaker (82)."""

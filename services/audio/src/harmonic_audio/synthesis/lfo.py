"""Low-frequency oscillators: a slow motion in closed form, so that any moment can be asked alone."""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_contracts.base import Contract

Floats = NDArray[np.float64]
EDGE: Final = 0.08
"""Part of a cycle that a square wave or a held sample takes to change: no jump, so no click."""
LfoTarget = Literal["pitch", "loudness", "cutoff", "pan", "waveform_mix"]


class Lfo(Contract):
    """A periodic motion of one target; in -1..1 times its depth."""

    target: LfoTarget
    shape: Literal["sine", "triangle", "square", "sample_and_hold"] = Field(
        default="sine", description="square and sample_and_hold change over 8 % of a cycle, smoothly"
    )
    rate_hz: float = Field(default=5.0, ge=0.0, le=50.0, description="Cycles a second")
    depth: float = Field(
        default=0.0,
        ge=0.0,
        le=4800.0,
        description="pitch and cutoff: cents to each side; loudness: part taken away at the deepest, 0..1; "
        "pan and waveform_mix: to each side",
    )
    phase: float = Field(default=0.0, ge=0.0, lt=1.0, description="Where the cycle begins, in cycles")
    delay_s: float = Field(default=0.0, ge=0.0, le=60.0, description="From the onset until it begins")
    fade_s: float = Field(default=0.0, ge=0.0, le=60.0, description="Then the time in which it reaches its depth")


def grown(delay_s: float, fade_s: float, since: Floats) -> Floats:
    """0 before the delay, 1 after the fade, a raised cosine between; ``since`` in seconds after the onset."""
    if fade_s <= 0.0:
        return np.where(since >= delay_s, 1.0, 0.0)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip((since - delay_s) / fade_s, 0.0, 1.0)))


def motion(lfo: Lfo, since: Floats, seed: int) -> Floats:
    """-1..1, not yet times the depth, at seconds after the onset; the delay and the fade are in it."""
    cycles = lfo.rate_hz * np.maximum(since - lfo.delay_s, 0.0) + lfo.phase
    return wave(lfo.shape, cycles, seed) * grown(lfo.delay_s, lfo.fade_s, since)


def wave(shape: str, cycles: Floats, seed: int = 0) -> Floats:
    """A shape at a phase in cycles, in -1..1. ``seed`` is for sample_and_hold alone."""
    if shape == "sine":
        return np.asarray(np.sin(2.0 * np.pi * cycles))
    whole = np.floor(cycles)
    part = cycles - whole
    if shape == "triangle":
        # 0 at phase 0, 1 at a quarter, as the sine.
        return np.asarray(4.0 * np.abs((part + 0.75) % 1.0 - 0.5) - 1.0)
    if shape == "square":
        # The sine's sign, its edges raised cosines that begin at the crossings.
        rising = _edge(part / EDGE)
        falling = _edge((part - 0.5) / EDGE)
        return np.asarray(2.0 * (rising - falling) - 1.0)
    before, now = held_sample(whole - 1.0, seed), held_sample(whole, seed)
    return np.asarray(before + (now - before) * _edge(part / EDGE))


def held_sample(index: Floats, seed: int) -> Floats:
    """A number in -1..1 for each whole number, evenly spread (SplitMix64 of index and seed)."""
    with np.errstate(over="ignore"):
        state = index.astype(np.int64).astype(np.uint64) + np.uint64(seed) * np.uint64(0xBF58476D1CE4E5B9)
        state = state * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
    return np.asarray((state >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0)


def _edge(u: Floats) -> Floats:
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(u, 0.0, 1.0)))

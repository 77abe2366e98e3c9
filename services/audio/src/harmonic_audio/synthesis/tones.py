"""Partials that move: the running tones of held and additive notes whose controls change at every sample."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.partials import Partials
from harmonic_audio.synthesis.performing import Controls, Moment
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
CLANGOUR: Final = 0.02
"""B of a stiff string, r sqrt(1 + B r^2), to whose partials a harmonicity of 0 leads."""
MOVING: Final = (
    "frequency_hz",
    "detune_cents",
    "brightness",
    "harmonicity",
    "vibrato_rate_hz",
    "vibrato_depth_cents",
    "tremolo_rate_hz",
    "tremolo_depth",
)
"""The curves that need a running tone."""


def moves(controls: Controls, *, vibrato: bool = True) -> bool:
    """Whether anything but the envelope changes in the course of the note; a steady vibrato counts if so told."""
    return (
        any(controls.evolves(name) for name in MOVING)
        or bool(controls.model.lfos)
        or (vibrato and controls.steady("vibrato_depth_cents", controls.model.vibrato_depth_cents) > 0.0)
        or controls.steady("tremolo_depth", controls.model.tremolo_depth) > 0.0
        or controls.steady("harmonicity", 1.0) < 1.0
    )


def detuned(note: Note) -> float:
    """The frequency of a note with its own detune, in hertz."""
    cents = note.sound.detune_cents if note.sound else None
    return float(note.frequency_hz * 2.0 ** ((cents or 0.0) / 1200.0))


class MovingPartials:
    """A tone of partials of any ratios: exact phases, and harmonicity by a second one."""

    latency = 0

    def __init__(self, partials: Partials, controls: Controls) -> None:
        """``partials`` before the band's limit, which is kept sample by sample."""
        self._partials, self._controls = partials, controls
        self._bends = partials.ratio * (np.sqrt(1.0 + CLANGOUR * partials.ratio**2) - 1.0)
        self._bent = 0.0

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono, its level laid on; shape (samples,)."""
        from harmonic_audio.kernels.additive import partials

        bent, share = self._leaving(moment), moment.hertz / self._controls.rate
        turns = self._partials.phase / (2.0 * np.pi)

        def voiced(amplitudes: Floats) -> Floats:
            out = np.empty(len(share))
            partials(moment.cycles, bent, share, self._partials.ratio, self._bends, amplitudes, turns, out)
            return out

        return moment.level * shaded(self._partials, self._controls, moment, voiced)

    def _leaving(self, moment: Moment) -> Floats:
        """The integral of (1 - harmonicity) times the frequency, since the onset."""
        gone = np.clip(1.0 - self._controls.value("harmonicity", 1.0, moment), 0.0, 1.0)
        if not gone.any():
            return np.full(len(gone), self._bent)
        steps = gone * moment.hertz / self._controls.rate
        bent = self._bent + np.cumsum(steps)
        self._bent = float(bent[-1])
        return bent


def shaded(partials: Partials, controls: Controls, moment: Moment, voiced: Callable[[Floats], Floats]) -> Floats:
    """A stretch at its brightness: from that of its first sample to that of its last, by cross-fading."""
    bright = controls.brightness(moment)
    first = voiced(_tilted(partials, bright[0]))
    if bright[0] == bright[-1]:
        return first
    way = np.linspace(0.0, 1.0, len(bright))
    return first + way * (voiced(_tilted(partials, bright[-1])) - first)


def _tilted(partials: Partials, brightness: float) -> Floats:
    return np.asarray(partials.share * partials.ratio ** (2.0 * brightness - 1.0) / np.sqrt(np.sum(partials.share**2)))

"""The echoes of a rectangular room by image sources (Allen and Berkley, J. Acoust. Soc. Am. 65, 1979, equation 10).

Each wall mirrors the source, and mirrors its images. An image at a distance d sounds d / c later, 1 / d as loud, times
the reflection of every wall on its way. Delays are fractions of samples, exactly: a windowed sinc at each. The sound
that comes straight is left out: the dry mix is that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.absorption import SPEED_OF_SOUND
from harmonic_audio.mix.effect import Floats
from harmonic_audio.mix.fractional import BEFORE, PHASES, TAPS, table
from harmonic_audio.mix.layouts.layout import Layout
from harmonic_audio.soundscape.effects import Reverb, Shoebox


@dataclass(frozen=True)
class Images:
    """Image sources as the listener hears them, the source itself first; each field of shape (n,) or (n, 3)."""

    offset_m: Floats
    """From the listener: ahead, left, up."""
    amplitude: Floats
    """Product of the reflections on the way, over the distance in metres."""
    reflections: NDArray[np.int64]

    @property
    def distance_m(self) -> Floats:
        """From the listener."""
        return np.asarray(np.linalg.norm(self.offset_m, axis=1))


def images_of(room: Shoebox) -> Images:
    """All images of up to ``room.order`` reflections, fewest reflections first."""
    axes = [_along(room, axis) for axis in range(3)]
    x, y, z = np.meshgrid(*(np.arange(len(offsets)) for offsets, _, _ in axes), indexing="ij")
    picks = [grid.ravel() for grid in (x, y, z)]
    count = np.sum([axes[axis][2][pick] for axis, pick in enumerate(picks)], axis=0)
    kept = np.flatnonzero(count <= room.order)
    kept = kept[np.argsort(count[kept], kind="stable")]
    offset = np.stack([axes[axis][0][pick[kept]] for axis, pick in enumerate(picks)], axis=1)
    walls = np.prod([axes[axis][1][pick[kept]] for axis, pick in enumerate(picks)], axis=0)
    return Images(offset, walls / np.linalg.norm(offset, axis=1), count[kept])


def _along(room: Shoebox, axis: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Along one axis: offsets of the images from the listener, their reflections' product, and how many they are.

    Image (n, q) is at 2 n L + s - 2 q s: |n - q| reflections on the wall at 0 and |n| on that at L.
    """
    reach = room.order // 2 + 1
    turn, flipped = (grid.ravel() for grid in np.meshgrid(np.arange(-reach, reach + 1), (0, 1), indexing="ij"))
    length, source, listener = room.size_m[axis], room.source()[axis], room.listener()[axis]
    near, far = np.abs(turn - flipped), np.abs(turn)
    offset = 2.0 * turn * length + (1 - 2 * flipped) * source - listener
    low, high = room.reflection[2 * axis], room.reflection[2 * axis + 1]
    return offset, np.power(low, near) * np.power(high, far), near + far


def echoes(settings: Reverb, layout: Layout, sample_rate: int) -> Floats:
    """The response of the room's echoes in a bus, shape (bus_channels, n): the time is that since the straight sound.

    The echoes' powers sum to two, as the other reverbs' do, times the level; without any (order 0) it is silent.
    """
    images = images_of(settings.shoebox)
    delays = (images.distance_m - images.distance_m[0]) / SPEED_OF_SOUND + settings.predelay_s
    places = delays[1:] * sample_rate
    ahead, left, up = images.offset_m[1:].T
    gains = layout.gains(np.degrees(np.arctan2(left, ahead)), np.degrees(np.arctan2(up, np.hypot(ahead, left))))
    amplitude = images.amplitude[1:]
    total = float(np.sum(amplitude * amplitude))
    level = 10.0 ** (settings.level_db / 20.0) * (2.0 / total) ** 0.5 if total > 0.0 else 0.0
    return impulses(places, level * amplitude[:, None] * gains)


def impulses(places: Floats, heights: Floats) -> Floats:
    """Band-limited impulses at places in samples (k,), of heights (k, channels); shape (channels, n).

    What of a sinc would lie before the first sample is left out.
    """
    whole = np.floor(places).astype(np.int64)
    phase = (places - whole) * PHASES
    row = np.minimum(phase.astype(np.int64), PHASES - 1)
    part = (phase - row)[:, None]
    taps = table()[row] * (1.0 - part) + table()[row + 1] * part
    at = whole[:, None] - BEFORE + np.arange(TAPS)
    out = np.zeros((heights.shape[1], int(whole.max(initial=0)) + TAPS))
    inside = at >= 0
    for channel in range(heights.shape[1]):
        np.add.at(out[channel], at[inside], (taps * heights[:, channel, None])[inside])
    return out

"""Any layout heard on two loudspeakers: for previews."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.layouts import Layout, azimuth_of_pan, layout_named
from harmonic_audio.mix.layouts.surround import Surround

Floats = NDArray[np.float64]


def to_stereo(layout: Layout) -> Floats:
    """Gains of shape (2, channels): loudspeakers by constant power, ambisonics by two cardioids to the sides."""
    if layout.channels == 2:
        return np.eye(2)
    gains = np.zeros((2, layout.channels))
    if isinstance(layout, Surround):
        stereo = layout_named("stereo")
        for channel, azimuth in enumerate(layout.azimuths_deg):
            if azimuth is not None:
                gains[:, channel] = stereo.gains(azimuth)[0]
        return gains
    # A cardioid is half the pressure and half the velocity: W and, in SN3D, Y = sin(azimuth) cos(elevation).
    left, right = layout.gains(azimuth_of_pan([-1.0, 1.0]))
    gains[:, 0] = 0.5
    gains[:, 1] = 0.5 * left[1], 0.5 * right[1]
    return gains

"""Where the notes of a voice are heard: gains to the channels of the bus and to the sends, static or moving.

A note's columns are its gains in the bus (or, where the voice moves, its level alone: the moving gains come after it),
then its level in each send. A send is heard alike from everywhere: it does not depend on the direction.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonic_audio.mix.layouts import Layout, azimuth_of_pan
from harmonic_audio.mix.layouts.surround import LFE
from harmonic_audio.synthesis.curves import Curve
from harmonic_contracts.score import ControlCurve, Note, Sound

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
REVERB: Final = "reverb"
NEAREST_M: Final = 0.1
"""Nearer than this nothing gets louder."""
PLAIN: Final = Sound()


class Places:
    """The places of one voice."""

    def __init__(
        self,
        layout: Layout,
        sends: Mapping[str, float],
        gain: float,
        width: float | Curve,
        curves: Mapping[str, ControlCurve],
        lfe: float = 0.0,
    ) -> None:
        """``sends``: level in each send by name; ``gain``: the voice's own, linear; ``width``: factor of all pans."""
        self.layout, self._sends, self._gain, self._width = layout, sends, gain, width
        self._lfe = (layout.names.index(LFE), lfe) if lfe and LFE in layout.names else None
        named = ("pan", "azimuth_deg", "elevation_deg", "distance_m", "reverb_send")
        self._curves = {name: Curve.of(curves[name]) for name in named if name in curves}
        self._moves = bool(self._curves.keys() - {"reverb_send"})
        self._swells = "reverb_send" in self._curves and REVERB in sends

    @property
    def columns(self) -> int:
        """How many gains a note has."""
        return (1 if self._moves else self.layout.bus_channels) + len(self._sends)

    @property
    def evolves(self) -> bool:
        """Whether gains change with time."""
        return self._moves or self._swells

    def of(self, note: Note) -> Floats:
        """The gains of a note; shape (columns,)."""
        sound = note.sound or PLAIN
        near = 1.0 if self._moves else _nearness(np.array([sound.distance_m or 1.0]))[0]
        if self._moves:
            bus = np.ones(1)
        else:
            azimuth = sound.azimuth_deg
            if azimuth is None:
                azimuth = float(azimuth_of_pan(note.pan * self._width_at(np.array([note.onset_s]))[0]))
            bus = self._directed(azimuth, sound.elevation_deg or 0.0)[0]
        sends = [self._send(name, sound) for name in self._sends]
        return self._gain * np.concatenate([near * bus, near**0.5 * np.array(sends)])

    def common(self, notes: Sequence[Note]) -> Floats | None:
        """The gains of all notes where they are the same; else None."""
        seen: dict[tuple[object, ...], Floats] = {}
        for note in notes:
            sound = note.sound or PLAIN
            width_matters = note.onset_s if isinstance(self._width, Curve) else None
            key = (note.pan, width_matters, sound.azimuth_deg, sound.elevation_deg, sound.distance_m, sound.reverb_send)
            if key not in seen:
                seen[key] = self.of(note)
        places = list(seen.values())
        same = all(np.array_equal(place, places[0]) for place in places[1:])
        return places[0] if places and same else None

    def gains(self, place: Floats, times: Floats) -> Floats:
        """Gains of every row of the bus and the sends at times, from the columns of a place; shape (rows, n)."""
        split = self.columns - len(self._sends)
        moving = self._moving(times) if self._moves else np.ones((1, len(times)))
        return np.concatenate([place[:split, None] * moving, place[split:, None] * self._sent(times)])

    def laid(self, out: Samples, times: Floats) -> Samples:
        """The columns of a chunk, every note with its own gains, on the rows of the bus; shape (rows, n)."""
        split = self.columns - len(self._sends)
        bus = out[:split] * self._moving(times).astype(np.float32) if self._moves else out[:split]
        return np.concatenate([bus, out[split:] * self._sent(times).astype(np.float32)])

    def _send(self, name: str, sound: Sound) -> float:
        if name != REVERB:
            return self._sends[name]
        if self._swells:
            return 1.0
        return self._sends[name] if sound.reverb_send is None else sound.reverb_send

    def _sent(self, times: Floats) -> Floats:
        """Factor of each send at times; shape (sends, n)."""
        factors = np.ones((len(self._sends), len(times)))
        if self._swells:
            factors[list(self._sends).index(REVERB)] = np.clip(self._curves["reverb_send"].at(times), 0.0, 1.0)
        if "distance_m" in self._curves:
            # What is far away is drier by less than it is quieter: the room hears it from everywhere.
            factors *= np.sqrt(_nearness(self._curves["distance_m"].at(times)))
        return factors

    def _moving(self, times: Floats) -> Floats:
        """Gains of the bus at times; shape (bus channels, n)."""
        curves = self._curves
        if "azimuth_deg" in curves:
            azimuth = curves["azimuth_deg"].at(times)
        else:
            pan = curves["pan"].at(times) if "pan" in curves else np.zeros(len(times))
            azimuth = azimuth_of_pan(np.clip(pan, -1.0, 1.0) * self._width_at(times))
        elevation = curves["elevation_deg"].at(times) if "elevation_deg" in curves else np.zeros(len(times))
        gains = self._directed(azimuth, elevation).T
        return gains * _nearness(curves["distance_m"].at(times)) if "distance_m" in curves else gains

    def _directed(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> Floats:
        gains = self.layout.gains(azimuth_deg, elevation_deg)
        if self._lfe is not None:
            gains[:, self._lfe[0]] = self._lfe[1]
        return gains

    def _width_at(self, times: Floats) -> Floats:
        if isinstance(self._width, Curve):
            return np.clip(self._width.at(times), 0.0, 1.0)
        return np.full(len(times), self._width)


def _nearness(distance_m: Floats) -> Floats:
    """Level of a distance: 1 at a metre, as its inverse."""
    return np.asarray(1.0 / np.maximum(distance_m, NEAREST_M))

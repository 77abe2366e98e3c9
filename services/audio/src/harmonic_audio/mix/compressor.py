"""The compressor: feed-forward, with a soft knee; steered by its own input or by a key."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.effect import Floats, Samples, Stateful
from harmonic_audio.soundscape.effects import Compressor


def static_curve(settings: Compressor, level_db: NDArray[np.float64]) -> Floats:
    """Level out in dB at levels in dB, when nothing changes (Giannoulis et al. 2012, equation 4), make-up included."""
    over = np.asarray(level_db, dtype=np.float64) - settings.threshold_db
    slope, knee = 1.0 / settings.ratio - 1.0, settings.knee_db
    bend = np.clip(over + 0.5 * knee, 0.0, knee)
    gain = np.where(over >= 0.5 * knee, slope * over, slope * bend * bend / max(2.0 * knee, 1e-12))
    return np.asarray(level_db + gain + settings.makeup_db)


class CompressorEffect(Stateful):
    """A compressor of some channels, all under one gain: the loudest of them steers it."""

    _carried = ("_gain_db",)

    def __init__(self, settings: Compressor, channels: int, sample_rate: int) -> None:
        self.inputs = self.outputs = channels
        attack, release = (_pole(seconds, sample_rate) for seconds in (settings.attack_s, settings.release_s))
        slope = 1.0 / settings.ratio - 1.0
        self._settings = (settings.threshold_db, slope, settings.knee_db, attack, release, settings.makeup_db)
        self._gain_db = np.zeros(1)

    def _process(self, run: Floats) -> Floats:
        return self._under(run, run)

    def keyed(self, run: Samples, key: Samples) -> Samples:
        """The next run (channels, n), steered by the level of a key (any channels, n)."""
        if run.shape[1] != key.shape[1]:
            raise ValueError(f"the key has {key.shape[1]} samples and the sound {run.shape[1]}: give both the same run")
        both = (np.ascontiguousarray(part, dtype=np.float64) for part in (run, key))
        return np.asarray(self._under(*both), dtype=run.dtype)

    def _under(self, run: Floats, key: Floats) -> Floats:
        from harmonic_audio.kernels.compressor import compressed

        out = np.empty_like(run)
        compressed(run, key, self._settings, self._gain_db, out)
        return out


def _pole(seconds: float, sample_rate: int) -> float:
    """Pole of a one-pole smoother that gets 1 - 1/e of the way in a time; 0 for no time at all."""
    return float(np.exp(-1.0 / (seconds * sample_rate))) if seconds > 0.0 else 0.0

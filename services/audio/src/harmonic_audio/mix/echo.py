"""The delay: echoes in tempo, each darker, left and right in turn or together."""

import numpy as np

from harmonic_audio.mix.effect import Floats, Stateful
from harmonic_audio.soundscape.effects import Delay


def delay_seconds(settings: Delay, tempo_bpm: float) -> float:
    """Time between two echoes: as set in seconds, or so many beats of a tempo."""
    if settings.time_s is not None:
        return settings.time_s
    assert settings.beats is not None, "the document has one or the other"
    return settings.beats * 60.0 / tempo_bpm


class EchoEffect(Stateful):
    """One channel in, the echoes left and right out. The delay is rounded to a whole sample."""

    _carried = ("_lines", "_at", "_filters")

    def __init__(self, settings: Delay, tempo_bpm: float, sample_rate: int) -> None:
        self.inputs, self.outputs = 1, 2
        self.delay = max(1, round(delay_seconds(settings, tempo_bpm) * sample_rate))
        self._level = 10.0 ** (settings.level_db / 20.0)
        self._feedback, self._crossed = settings.feedback, settings.ping_pong
        self._low, self._high = (
            float(np.exp(-2.0 * np.pi * hertz / sample_rate)) for hertz in (settings.high_cut_hz, settings.low_cut_hz)
        )
        self._lines, self._at = np.zeros((2, self.delay)), np.zeros(1, dtype=np.int64)
        self._filters = np.zeros((2, 2))

    def _process(self, run: Floats) -> Floats:
        from harmonic_audio.kernels.echo import echoed

        out = np.empty((2, run.shape[1]))
        echoed(run[0], self._lines, self._at, self._filters, self._feedback, self._low, self._high, self._crossed, out)
        out *= self._level
        return out

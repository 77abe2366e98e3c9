"""One effect for each row of a run, side by side: for voices whose notes are heard from several places."""

from collections.abc import Callable

import numpy as np

from harmonic_audio.mix.effect import Effect, Samples


class Beside:
    """As many effects of one channel as there are rows."""

    latency = 0

    def __init__(self, made: Callable[[], Effect], rows: int) -> None:
        self.inputs = self.outputs = rows
        self._effects = [made() for _ in range(rows)]

    def __call__(self, run: Samples) -> Samples:
        """The next run, each row through its own."""
        return np.concatenate([effect(row[np.newaxis]) for effect, row in zip(self._effects, run, strict=True)])

    def state(self) -> bytes:
        """All states, which are of one length."""
        return b"".join(effect.state() for effect in self._effects)

    def restore(self, state: bytes) -> None:
        """Give each effect its own."""
        size = len(state) // len(self._effects)
        for number, effect in enumerate(self._effects):
            effect.restore(state[number * size : (number + 1) * size])

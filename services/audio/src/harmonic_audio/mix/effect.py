"""What an effect is: a stream of samples in, a stream out, with a state that can be put away and taken up again.

However the stream is cut into runs, the output has the same bytes. An effect that lags says by how much (``latency``).
"""

from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Samples = TypeVar("Samples", NDArray[np.float32], NDArray[np.float64])


class Effect(Protocol):
    """A stream processor of ``inputs`` to ``outputs`` channels."""

    @property
    def inputs(self) -> int:
        """Channels of the runs it is given."""

    @property
    def outputs(self) -> int:
        """Channels of the runs it returns."""

    @property
    def latency(self) -> int:
        """Samples by which its output lags."""

    def __call__(self, run: Samples) -> Samples:
        """The next run: (inputs, n) to (outputs, n), in the precision that came in; computed in double precision."""

    def state(self) -> bytes:
        """All that it carries from one run to the next."""

    def restore(self, state: bytes) -> None:
        """Take up a state that an effect of the same settings put away."""


class Stateful:
    """The common part of effects: precision at the door, and a state that is a few arrays, named in ``_carried``."""

    _carried: tuple[str, ...] = ()
    inputs: int
    outputs: int
    latency: int = 0

    def _process(self, run: Floats) -> Floats:
        """The next run in double precision; never changes what it is given."""
        raise NotImplementedError

    def __call__(self, run: Samples) -> Samples:
        """The next run: (inputs, n) to (outputs, n)."""
        if run.ndim != 2 or len(run) != self.inputs:
            raise ValueError(f"this effect takes runs of shape ({self.inputs}, n), not {run.shape}")
        done = self._process(np.ascontiguousarray(run, dtype=np.float64))
        return np.asarray(done, dtype=run.dtype)

    def state(self) -> bytes:
        """The carried arrays, one after the other."""
        return b"".join(getattr(self, name).tobytes() for name in self._carried)

    def restore(self, state: bytes) -> None:
        """Fill the carried arrays. Raises ValueError where the length does not fit."""
        arrays = [getattr(self, name) for name in self._carried]
        if len(state) != sum(array.nbytes for array in arrays):
            raise ValueError(f"this state has {len(state)} bytes: it is of an effect with other settings")
        at = 0
        for array in arrays:
            array[...] = np.frombuffer(state, array.dtype, array.size, at).reshape(array.shape)
            at += array.nbytes


class Through(Stateful):
    """Leaves everything as it is."""

    def __init__(self, channels: int) -> None:
        self.inputs = self.outputs = channels

    def _process(self, run: Floats) -> Floats:
        return run


class Chain(Stateful):
    """Effects one after the other."""

    def __init__(self, effects: list[Effect], channels: int) -> None:
        self._effects = effects
        self.inputs = effects[0].inputs if effects else channels
        self.outputs = effects[-1].outputs if effects else channels
        self.latency = sum(effect.latency for effect in effects)

    def _process(self, run: Floats) -> Floats:
        for effect in self._effects:
            run = effect(run)
        return run

    def state(self) -> bytes:
        """Each effect's state after its length (eight bytes)."""
        states = [effect.state() for effect in self._effects]
        return b"".join(len(state).to_bytes(8, "little") + state for state in states)

    def restore(self, state: bytes) -> None:
        """Give each effect its own."""
        for effect in self._effects:
            size = int.from_bytes(state[:8], "little")
            effect.restore(state[8 : 8 + size])
            state = state[8 + size :]

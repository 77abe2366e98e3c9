"""A vibrating body on a grid that is struck and plucked at exact times."""

from __future__ import annotations

from typing import TypeVar

from harmonic_physics.engine import played
from harmonic_physics.engine.vibration.plan import Moment, moments
from harmonic_physics.engine.vibration.spec import VibrationSpec

V = TypeVar("V", bound=VibrationSpec)


class PlayedRun(played.PlayedRun[V, Moment]):
    """The plan is that of the spec's excitations."""

    def setup(self) -> None:
        self.plan = moments(self.spec)

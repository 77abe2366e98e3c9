"""A run on a grid in space to which something happens at exact times: steps are cut there, and nowhere else."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np

from harmonic_physics.engine.instants import Instants
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.system import Spec


class Timed(Protocol):
    """Something that happens at a time."""

    @property
    def time(self) -> float:
        """When."""


S = TypeVar("S", bound=Spec)
M = TypeVar("M", bound=Timed)


class PlayedRun(SteppedRun[S], Generic[S, M]):
    """Steps of equal length, and shorter ones to and from a moment of the plan (rising in time; set it in `setup`)."""

    plan: Sequence[M]
    instant: Callable[[int], float]
    """While `leap` works: the time after so many of its steps, whatever the cut of the work."""

    def begin(self) -> None:
        self.state["next"] = np.zeros(1, np.int64)
        self._play(0.0)

    @abstractmethod
    def leap(self, h: float, count: int) -> None:
        """`count` steps of h of everything."""

    @abstractmethod
    def strike(self, moment: M) -> None:
        """Let the moment happen to the state, and tell it."""

    def march(self, time: float, h: float, count: int) -> None:
        at, done = Instants(self, h), 0
        while done < count:
            ahead = self.plan[self.state["next"][0]].time if self.state["next"][0] < len(self.plan) else np.inf
            free = count - done
            if ahead <= at(count):
                free = bisect_left(range(done + 1, count), True, key=lambda k: at(k) >= ahead)
            if free > 0:
                self.instant = at.after(done)
                self.leap(h, free)
                done += free
                continue
            self._through(at(done), at(done + 1))
            done += 1

    def _through(self, start: float, end: float) -> None:
        """A step of the grid in which something happens, cut at its exact time."""
        while self.state["next"][0] < len(self.plan) and self.plan[self.state["next"][0]].time <= end:
            at = max(start, self.plan[self.state["next"][0]].time)
            self._part(start, at)
            start = at
            self._play(at)
        self._part(start, end)

    def _part(self, start: float, end: float) -> None:
        if end > start:
            self.instant = (start, end).__getitem__
            self.leap(end - start, 1)

    def _play(self, until: float) -> None:
        while self.state["next"][0] < len(self.plan) and self.plan[self.state["next"][0]].time <= until:
            moment = self.plan[self.state["next"][0]]
            self.state["next"][0] += 1
            self.strike(moment)

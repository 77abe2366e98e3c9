"""The stretches of a piece with scenes: when each begins, how one takes over from the one before."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harmonic_audio.mapping.lines import LEAST_MOVE_S, Line, Span, straight
from harmonic_audio.mapping.motion import Floats


@dataclass(frozen=True)
class Stages:
    """Scene 0 begins at 0; the others in order, each with the length of its cross-fade, which ends before the next."""

    starts: Floats
    fades: Floats

    @classmethod
    def of(cls, starts: list[float], fades: list[float], length_s: float) -> "Stages":
        """Cross-fades are cut where the next scene, or the end, comes sooner."""
        begin = np.array(starts)
        room = np.diff(np.append(begin, length_s))
        return cls(begin, np.minimum(np.array(fades), np.maximum(room, 0.0)))

    def turn(self, seconds: float) -> tuple[int, float]:
        """The scene that a time belongs to, and how far it has taken over, 0..1."""
        now = bisect_right(self._starts, seconds) - 1
        fade = self._fades[now]
        return now, 1.0 if now == 0 or fade == 0.0 else min((seconds - self._starts[now]) / fade, 1.0)

    @cached_property
    def _starts(self) -> list[float]:
        return [float(start) for start in self.starts]

    @cached_property
    def _fades(self) -> list[float]:
        return [float(fade) for fade in self.fades]

    def progress(self, stage: int, seconds: Floats) -> Floats:
        """How far a scene has taken over, 0..1; a step where it has no cross-fade."""
        since = np.asarray(seconds, dtype=np.float64) - self.starts[stage]
        if stage == 0:
            return np.ones_like(since)
        if self.fades[stage] == 0.0:
            return np.asarray(since >= 0.0, dtype=np.float64)
        return np.asarray(np.clip(since / self.fades[stage], 0.0, 1.0))

    def weights(self, seconds: Floats) -> Floats:
        """How much each scene's continuous values count, smooth, of sum 1; shape (scenes, *seconds.shape)."""
        come = [(lambda u: u * u * (3.0 - 2.0 * u))(self.progress(k, seconds)) for k in range(len(self.starts))]
        gone = [*come[1:], np.zeros_like(come[0])]
        return np.stack([a * (1.0 - b) for a, b in zip(come, gone, strict=True)])

    @property
    def spans(self) -> list[Span]:
        """The cross-fades."""
        return [(float(s), float(s + f)) for s, f in zip(self.starts[1:], self.fades[1:], strict=True)]

    def moving(self, values: list[float]) -> Line:
        """From each scene's value to the next's in a straight line over the cross-fade, never faster than without a
        click."""
        points = [(0.0, values[0])]
        for number, (begin, until) in enumerate(self.spans, start=1):
            last = points[-1]
            if begin <= last[0]:
                begin = last[0] + 1e-9
            points += [(begin, last[1]), (max(until, begin + LEAST_MOVE_S), values[number])]
        return straight(points)

    def presence(self, present: list[bool]) -> Line | None:
        """The level of a layer that sounds in some scenes alone: in equal power through the cross-fades, so that the
        squares of what goes and what comes sum to 1. None where it never fades.

        Without a cross-fade nothing is cut: what is sounding rings out.
        """
        if all(present[k] == present[k - 1] or self.fades[k] == 0.0 for k in range(1, len(present))):
            return None

        def level(seconds: Floats) -> Floats:
            seconds = np.asarray(seconds, dtype=np.float64)
            found = np.full_like(seconds, float(present[0]))
            for k in range(1, len(present)):
                turn = 0.5 * np.pi * self.progress(k, seconds)
                if present[k]:
                    moved = np.maximum(found, np.sin(turn))
                else:
                    moved = found * np.cos(turn) if self.fades[k] > 0.0 else found
                found = np.where(seconds >= self.starts[k], moved, found)
            return found

        return Line(np.array([t for span in self.spans for t in span]), level, self.spans)

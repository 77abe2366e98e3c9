"""Pieces: the stretches of constant parameters that a timeline cuts a cell of frames into."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise

from harmonic_physics.engine.timeline import Timeline

Piece = tuple[float, float]


class Pieces:
    """The pieces of any cell, the last one asked for at hand. A timeline may gain moves on the way."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._at: tuple[int, int, list[Piece]] = (-1, -1, [])
        self._knots: tuple[int, list[float]] = (-1, [])

    def of(self, timeline: Timeline, frame: int, frames: int) -> list[Piece]:
        """Those of the cell that begins after frame - 1 and spans `frames`."""
        moves = len([move for moves in timeline.moves.values() for move in moves])
        if self._at[:2] != (frame, moves):
            if self._knots[0] != moves:
                self._knots = (moves, timeline.knots(self._interval))
            knots = self._knots[1]
            start, end = (frame - 1) * self._interval, (frame - 1 + frames) * self._interval
            edges = [start, *knots[bisect_right(knots, start) : bisect_left(knots, end)], end]
            self._at = (frame, moves, list(pairwise(edges)))
        return self._at[2]

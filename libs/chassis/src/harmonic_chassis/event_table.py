"""The physical events of a trajectory as numpy columns: compact, mappable, and convertible to the contract's events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonic_contracts.trajectory import PhysicalEvent, TrajectoryHeader

NO_BODY = -1


@dataclass(frozen=True, eq=False)
class EventTable:
    """Columns of one length n. ``kind`` indexes the header's ``event_kinds``; a body its ``bodies`` (-1: none)."""

    time: NDArray[np.float64]
    kind: NDArray[np.int32]
    body_a: NDArray[np.int32]
    body_b: NDArray[np.int32]
    strength: NDArray[np.float64]
    position: NDArray[np.float64]
    """Shape (n, 3), in the header's length unit; NaN where an event has no place."""

    def __post_init__(self) -> None:
        if self.position.shape != (len(self.time), 3):
            raise ValueError(f"position has shape {self.position.shape}; ({len(self.time)}, 3) is needed")
        for name in ("kind", "body_a", "body_b", "strength"):
            if getattr(self, name).shape != self.time.shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}; {self.time.shape} is needed")

    @classmethod
    def of(
        cls,
        time: ArrayLike,
        kind: ArrayLike,
        body_a: ArrayLike | None = None,
        body_b: ArrayLike | None = None,
        strength: ArrayLike | None = None,
        position: ArrayLike | None = None,
    ) -> "EventTable":
        """A table from anything array-like. Left out: no bodies, strength 1, no position."""
        times = np.asarray(time, np.float64).reshape(-1)
        count = len(times)
        return cls(
            times,
            np.broadcast_to(np.asarray(kind, np.int32), (count,)),
            np.full(count, NO_BODY, np.int32) if body_a is None else np.asarray(body_a, np.int32),
            np.full(count, NO_BODY, np.int32) if body_b is None else np.asarray(body_b, np.int32),
            np.ones(count) if strength is None else np.asarray(strength, np.float64),
            np.full((count, 3), np.nan) if position is None else np.asarray(position, np.float64).reshape(count, 3),
        )

    @classmethod
    def empty(cls) -> "EventTable":
        """A table without events."""
        return cls.of([], np.zeros(0, np.int32))

    @classmethod
    def concatenate(cls, tables: Sequence["EventTable"]) -> "EventTable":
        """The events of the tables, one table after the other."""
        if not tables:
            return cls.empty()
        return cls(*(np.concatenate([getattr(table, f.name) for table in tables]) for f in fields(cls)))

    def __len__(self) -> int:
        return len(self.time)

    def select(self, which: NDArray[np.bool_] | NDArray[np.integer] | slice) -> "EventTable":
        """The events chosen by a mask, by indices or by a slice."""
        return EventTable(*(getattr(self, f.name)[which] for f in fields(self)))

    def in_order(self) -> "EventTable":
        """The same events by time; those of one instant keep their order."""
        return self.select(np.argsort(self.time, kind="stable"))

    def columns(self) -> dict[str, NDArray[np.float64] | NDArray[np.int32]]:
        """The columns by name, in the types of the file."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def events(self, header: TrajectoryHeader) -> Iterator[PhysicalEvent]:
        """Each event as the contract has it, with the names of kinds and bodies."""
        for index in range(len(self)):
            place = self.position[index]
            yield PhysicalEvent(
                time=float(self.time[index]),
                kind=header.event_kinds[self.kind[index]],
                bodies=[header.bodies[b].name for b in (self.body_a[index], self.body_b[index]) if b != NO_BODY],
                strength=float(self.strength[index]),
                position=None if np.isnan(place).any() else (float(place[0]), float(place[1]), float(place[2])),
            )

"""One live session: frames in real time, parameters changed on the way, and a recording that replays identically.

A change is a scene that begins at the next frame. So what was played is a list of scenes, and an ordinary simulation of
the universe with these scenes, from the same seed, gives the same bits.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.problems import FieldError
from harmonic_physics.engine.checking_timeline import allowed_change
from harmonic_physics.engine.run import Chunk, Stopped
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.system import Refused, Start
from harmonic_physics.engine.timeline import MAX_SCENES, Curve, Scene, Values, compiled
from harmonic_physics.live.ring import Ring

FRAME_RATE = 60.0
"""Frames a second of real time."""
RING_FRAMES = 240
"""What an observer may lag behind before frames are lost to it."""
LATE_S = 0.25
"""A session that falls back by more than this starts counting anew instead of hurrying."""


@dataclass(frozen=True)
class LiveFrame:
    """One frame (n = 1) or one step's frames, with the events in them."""

    frame: int
    chunk: Chunk


@dataclass
class Session:
    """A universe being played by its maker."""

    live_id: str
    universe_id: str
    organization_id: str
    user_id: str
    start: Start[Any]
    seed: int
    rate: float = 1.0
    """Frames a sixtieth of a second."""
    ring: Ring[LiveFrame] = field(default_factory=lambda: Ring(RING_FRAMES))
    scenes: list[Scene] = field(default_factory=list)
    ended: str | None = None
    """Why it is over."""
    watched_at: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        self._base = self.start.environment | {
            name: float(getattr(self.start.spec, name)) for name in self.start.system.tunable
        }
        self._hashes: dict[str, hashlib._Hash] = {}
        self._waiting: Values = {}
        self._manner: tuple[float, Curve] = (0.0, "step")
        self._task: asyncio.Task[None] | None = None
        self._run: SteppedRun[Any] | None = None

    def begin(self) -> None:
        """Start stepping."""
        self._task = asyncio.create_task(self._play())

    async def end(self, why: str) -> None:
        """Stop stepping. What was recorded stays until the session is forgotten."""
        self.ended = self.ended or why
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        self.ring.close()

    @property
    def time(self) -> float:
        """The universe's time reached."""
        return self._run.time if self._run is not None else 0.0

    @property
    def parameters(self) -> Values:
        """What holds now, what was just asked for included."""
        held = self._run.parameters if self._run is not None else self._base
        return dict(held) | self._waiting

    @property
    def digest(self) -> str:
        """SHA-256 over the SHA-256 of each column so far, in their order: what a replay must reproduce."""
        return hashlib.sha256(b"".join(each.digest() for each in self._hashes.values())).hexdigest()

    def change(self, parameters: Values, transition: float, curve: Curve) -> None:
        """Let parameters travel to new values, from the next frame on. Raises Refused by field."""
        for name, value in parameters.items():
            allowed_change(self.start.system, self.start.spec, name, value, f"body.parameters.{name}")
        if len(self.scenes) >= MAX_SCENES:
            reason = "the session has as many changes as a universe may have scenes: record it and open another"
            raise Refused([FieldError(field="body.parameters", reason=reason, allowed=f"at most {MAX_SCENES} changes")])
        self._waiting |= parameters
        self._manner = (transition, curve)

    def recorded(self) -> tuple[float, list[Scene]]:
        """How long it lasted, and the scenes that it was."""
        return max(self.time, self.start.spec.frame_interval), list(self.scenes)

    async def _play(self) -> None:
        due = monotonic()
        try:
            self._run = await asyncio.to_thread(self._opened)
            while not self._run.done and self.ended is None:
                self._apply()
                self._tell(await asyncio.to_thread(self._run.next_cell))
                due = max(due + self._pace(), monotonic() - LATE_S)
                await asyncio.sleep(max(0.0, due - monotonic()))
            self.ended = self.ended or "the universe's duration is over"
        except (Stopped, Refused) as stop:
            self.ended = str(stop)
        finally:
            self.ring.close()

    def _opened(self) -> SteppedRun[Any]:
        run = self.start.run(self.seed)
        if not isinstance(run, SteppedRun):
            reason = f"{self.start.system.kind} cannot be played live"
            raise Refused([FieldError(field="body.universe_id", reason=reason)])
        return run

    def _pace(self) -> float:
        """Seconds of real time that the last cell lasts."""
        frames = len(self.ring.after(self.ring.last - 1)[0][1].chunk.time)
        return frames / (FRAME_RATE * self.rate)

    def _apply(self) -> None:
        """Turn what was asked for into a scene that begins where the universe stands."""
        run = self._run
        assert run is not None
        if not self._waiting or run.time <= 0.0:
            return
        held = (self.scenes[-1].parameters if self.scenes else {}) | self._waiting
        transition, curve = self._manner
        name = f"change {len(self.scenes) + 1}"
        scene = Scene(name=name, start=run.time, parameters=held, transition=transition, curve=curve)
        self.scenes.append(scene)
        self._waiting = {}
        run.timeline = compiled(self._base, self.scenes, [])

    def _tell(self, chunk: Chunk) -> None:
        for name, column in columns_of(chunk).items():
            self._hashes.setdefault(name, hashlib.sha256()).update(np.ascontiguousarray(column).tobytes())
        frame = round(chunk.time[0] / self.start.spec.frame_interval)
        self.ring.put(LiveFrame(frame, chunk))


def columns_of(chunk: Chunk) -> dict[str, NDArray[Any]]:
    """Frame times, observables and event columns, in a fixed order."""
    events = {f"events/{name}": column for name, column in vars(chunk.events).items()}
    return {"time": chunk.time, **chunk.arrays, **events}

"""Which process is to die where: a seeded plan that gives every marked point its share. Pure."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harmonic_chassis.points import POINTS

BUSINESS = ("business.before_commit", "business.committed")
RELAY = ("relay.before_publish", "relay.published", "relay.confirmed", "relay.logged")
INBOX = ("inbox.before_commit", "inbox.committed", "inbox.before_ack", "inbox.acknowledged")
HANDLER = ("handler.before_commit", "handler.committed")
CHECKPOINT = ("checkpoint.before_write", "checkpoint.stored", "checkpoint.committed")
LEASE = ("lease.before_renewal", "lease.renewed")
JOB = ("job.before_commit", "job.committed")
LEADERSHIP = ("leadership.before_beat", "leadership.beaten")

REACHABLE: Mapping[str, tuple[str, ...]] = {
    "physics": BUSINESS + RELAY,
    "physics-worker": RELAY + CHECKPOINT + LEASE + JOB,
    "audio": BUSINESS + RELAY + INBOX + HANDLER,
    "audio-worker": RELAY + INBOX + HANDLER,
    "ai": INBOX + HANDLER + LEADERSHIP,
    "ai-worker": INBOX + HANDLER + LEADERSHIP,
    "export": INBOX + HANDLER + LEADERSHIP,
    "export-worker": INBOX + HANDLER + LEADERSHIP,
    "gateway": INBOX + HANDLER + LEADERSHIP,
    "gateway-worker": INBOX + HANDLER + LEADERSHIP,
    "organization": LEADERSHIP,
    "organization-worker": LEADERSHIP,
}
"""The points that each process passes under the load of edits and simulations."""
assert set(POINTS) == {point for points in REACHABLE.values() for point in points}

ARMED_AT_ONCE = 3
CALM_S = (1.0, 6.0)
SKIPS, RARE_SKIPS = 12, 3
"""A point is passed up to so often before it kills; one that is passed seldom, less."""
RARE = frozenset(CHECKPOINT + LEASE + JOB + LEADERSHIP)


@dataclass(frozen=True)
class Arms:
    """What a process is given: after so many seconds, die at the nth passing of any of these points."""

    after_s: float
    at: Mapping[str, int]


@dataclass
class Plan:
    """How often each point is still to kill. ``calm_s``: how long a process lives at least with its arms."""

    seed: int
    wanted: Counter[str]
    calm_s: tuple[float, float] = CALM_S
    killed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(f"plan {self.seed}")

    @classmethod
    def even(cls, seed: int, each: int, points: Iterable[str] = POINTS, calm_s: tuple[float, float] = CALM_S) -> "Plan":
        """Every point so often."""
        return cls(seed, Counter(dict.fromkeys(points, each)), calm_s)

    @classmethod
    def sample(cls, seed: int, count: int, calm_s: tuple[float, float] = CALM_S) -> "Plan":
        """So many points, chosen by the seed, once each."""
        chosen = random.Random(f"sample {seed}").sample(sorted(POINTS), count)
        return cls(seed, Counter(chosen), calm_s)

    def arm(self, program: str) -> Arms | None:
        """Arms for a program; None when there is nothing left that it could die of."""
        open_ = [point for point in REACHABLE[program] if self.wanted[point] > 0]
        if not open_:
            return None
        chosen = self._chance.sample(open_, min(ARMED_AT_ONCE, len(open_)))
        after_s = self._chance.uniform(*self.calm_s)
        return Arms(
            after_s, {point: self._chance.randint(1, RARE_SKIPS if point in RARE else SKIPS) for point in chosen}
        )

    def note(self, point: str) -> None:
        """A process has died there."""
        self.killed[point] += 1
        self.wanted[point] -= 1

    @property
    def fulfilled(self) -> bool:
        """Whether every point has killed as often as wanted."""
        return not any(count > 0 for count in self.wanted.values())

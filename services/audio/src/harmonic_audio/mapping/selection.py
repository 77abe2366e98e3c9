"""Which events a rule takes, and what it knows of their bodies: rates, ranks and fields."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mapping.motion import EventColumns, Floats, Ints, MappingError, Motion, SoundClock
from harmonic_audio.soundscape.rules import EventRule, EventSource


@dataclass(frozen=True)
class Selection:
    """The events of one rule in order of time, and the bodies that they belong to."""

    motion: Motion
    clock: SoundClock
    events: EventColumns
    bodies: Ints
    """The bodies with events of the rule's kinds, from the fastest to the slowest."""
    rates: dict[int, float]
    """Mean event rate of each, per time unit: (n - 1) / (last - first), over all its events of these kinds."""

    @cached_property
    def onset_s(self) -> Floats:
        """Exact onset of each event in seconds of sound."""
        return self.clock.seconds(self.events.time)

    @cached_property
    def rank(self) -> Ints:
        """For each event, its body's place from the fastest (0) to the slowest."""
        place = np.zeros(len(self.motion.header.bodies), dtype=np.int64)
        place[self.bodies] = np.arange(len(self.bodies))
        return place[self.events.body_a]

    def notes_per_s(self, body: int) -> float:
        """A body's mean rate in the sound."""
        return self.rates[body] * (self.clock.end - self.clock.start) / self.clock.length_s

    def per_body(self, values: dict[int, float]) -> Floats:
        """For each event, the value of its body."""
        table = np.full(len(self.motion.header.bodies), np.nan)
        for body, value in values.items():
            table[body] = value
        return table[self.events.body_a]

    def field(self, source: EventSource) -> Floats:
        """For each event, the number that a rule's source names."""
        if source == "strength":
            return self.events.strength
        if source == "time":
            return self.events.time
        if source.startswith("position_"):
            return self.events.position[:, "xyz".index(source[-1])]
        if source == "body_rate":
            return self.per_body(self.rates)
        if source == "body_index":
            return self.events.body_a.astype(np.float64)
        bodies = self.motion.header.bodies
        facts = [body.mass if source == "body_mass" else body.radius for body in bodies]
        return np.array([np.nan if fact is None else fact for fact in facts])[self.events.body_a]


def select(rule: EventRule, motion: Motion, clock: SoundClock) -> Selection:
    """The events that the rule takes. Kinds that the trajectory does not know give no events, which is no error."""
    kinds = [motion.header.event_kinds.index(kind) for kind in rule.kinds if kind in motion.header.event_kinds]
    rows = np.flatnonzero(np.isin(motion.events.kind, kinds) & (motion.events.body_a >= 0))
    events = motion.events.take(rows)
    rates = _rates(events, clock)
    bodies = np.array(sorted(rates, key=lambda body: (-rates[body], body)), dtype=np.int64)
    chosen = _chosen(rule, motion, bodies)
    keep = np.flatnonzero(np.isin(events.body_a, chosen) & _each_nth(events.body_a, rule.every))
    return Selection(motion, clock, events.take(keep), chosen, {int(b): rates[int(b)] for b in chosen})


def _rates(events: EventColumns, clock: SoundClock) -> dict[int, float]:
    rates: dict[int, float] = {}
    for body in np.unique(events.body_a):
        times = events.time[events.body_a == body]
        elapsed = float(times[-1] - times[0])
        rates[int(body)] = (len(times) - 1) / elapsed if elapsed > 0.0 else 1.0 / (clock.end - clock.start)
    return rates


def _chosen(rule: EventRule, motion: Motion, bodies: Ints) -> Ints:
    if rule.bodies == "all" or not len(bodies):
        return bodies
    if rule.bodies == "fastest":
        return bodies[:1]
    if rule.bodies == "slowest":
        return bodies[-1:]
    names = [body.name for body in motion.header.bodies]
    unknown = [name for name in rule.bodies if name not in names]
    if unknown:
        raise MappingError(f"rule {rule.name!r} names {unknown[0]!r}, but the bodies are {', '.join(names[:20])}")
    wanted = [names.index(name) for name in rule.bodies]
    return bodies[np.isin(bodies, wanted)]


def _each_nth(body: Ints, every: int) -> NDArray[np.bool_]:
    """True for the first, (n+1)-th, (2n+1)-th ... event of each body."""
    if every == 1:
        return np.ones(len(body), dtype=bool)
    order = np.argsort(body, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(body[order]) != 0]) if len(body) else np.zeros(0, dtype=np.intp)
    lengths = np.diff(np.r_[starts, len(body)])
    count = np.empty(len(body), dtype=np.int64)
    count[order] = np.arange(len(body)) - np.repeat(starts, lengths)
    return np.asarray(count % every == 0)

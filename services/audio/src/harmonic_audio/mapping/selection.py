"""Which events a rule takes, and what it knows of their bodies: rates, ranks and fields."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mapping.motion import EventColumns, Floats, Ints, MappingError, Motion, SoundClock
from harmonic_audio.mapping.sources import reading_of
from harmonic_audio.mapping.values import value_of
from harmonic_audio.soundscape.rules import EventRule
from harmonic_audio.soundscape.scaling import EventField, Observed, Scaling, ValueRule

Source = EventField | Observed


class Rows(Protocol):
    """Notes to be, one a row: each belongs to a time of the universe and to a body, or to none (-1)."""

    @property
    def body(self) -> Ints:
        """(rows,) index of each row's body."""

    def field(self, source: Source, period: float | None = None) -> Floats:
        """For each row, the number that a rule's source names; NaN where it is unknown."""

    def universe(self, source: Source) -> Floats:
        """All that the trajectory has of it."""

    def __len__(self) -> int: ...


def scaled_data(rule: Scaling, source: Source, rows: Rows) -> tuple[Floats, Ints, Floats | None]:
    """What `fraction` needs of the rows: data, series, and the universe's data where the rule asks for them."""
    whole = rows.universe(source) if rule.within == "universe" else None
    return rows.field(source, rule.period), rows.body, whole


def followed(rule: float | ValueRule, rows: Rows) -> Floats:
    """A fixed number for every row, or what the rule makes of its source."""
    if isinstance(rule, ValueRule):
        return value_of(rule, *scaled_data(rule, rule.source, rows))
    return np.full(len(rows), float(rule))


@dataclass(frozen=True)
class Selection:
    """The events of one rule in order of onset, and the bodies that they belong to."""

    motion: Motion
    clock: SoundClock
    events: EventColumns
    bodies: Ints
    """The bodies with events of the rule's kinds, from the fastest to the slowest."""
    rates: dict[int, float]
    """Mean event rate of each, per time unit: (n - 1) / (last - first), over all its events of these kinds."""

    onsets: Floats | None = None
    """Onsets that a rule has set, ascending; None: the events' own times."""

    def __len__(self) -> int:
        return len(self.events)

    @property
    def body(self) -> Ints:
        """For each event, its first body."""
        return self.events.body_a

    @cached_property
    def onset_s(self) -> Floats:
        """Exact onset of each event in seconds of sound."""
        return self.clock.seconds(self.events.time) if self.onsets is None else self.onsets

    def take(self, rows: NDArray[np.intp]) -> "Selection":
        """The events of the rows named, in that order, and the bodies that are left."""
        events = self.events.take(rows)
        bodies = self.bodies[np.isin(self.bodies, events.body_a)]
        onsets = None if self.onsets is None else self.onsets[rows]
        rates = {int(body): self.rates[int(body)] for body in bodies}
        return replace(self, events=events, bodies=bodies, rates=rates, onsets=onsets)

    def at_onsets(self, onset_s: Floats) -> "Selection":
        """The same events at other onsets, in their order."""
        order = np.argsort(onset_s, kind="stable")
        return replace(self, events=self.events.take(order), onsets=onset_s[order])

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

    def field(self, source: Source, period: float | None = None) -> Floats:
        """For each event, the number that a rule's source names; NaN where it is unknown."""
        if isinstance(source, Observed):
            reading = reading_of(source, self.motion, self.clock, period, most=None)
            return reading.of_body(self.events.time, self.events.body_a)
        if source == "body_rate":
            return self.per_body(self.rates)
        if source == "gap":
            return _gaps(self.onset_s, self.events.body_a)
        return event_field(source, self.events, self.motion)

    def universe(self, source: Source) -> Floats:
        """All that the trajectory has of it: all frames of an observable, or all events."""
        if isinstance(source, Observed):
            return reading_of(source, self.motion, self.clock, most=None).everything()
        if source in ("body_rate", "gap"):
            return self.field(source)
        events = self.motion.events
        return event_field(source, events.take(np.flatnonzero(events.body_a >= 0)), self.motion)


def event_field(source: EventField, events: EventColumns, motion: Motion) -> Floats:
    """A field that an event has by itself, or by its first body; NaN where it is unknown. (rates and gaps: not here)"""
    if source == "strength":
        return events.strength
    if source == "time":
        return events.time
    if source.startswith("position_"):
        return events.position[:, "xyz".index(source[-1])]
    if source == "body_index":
        return events.body_a.astype(np.float64)
    if source == "other_index":
        return np.where(events.body_b >= 0, events.body_b.astype(np.float64), np.nan)
    return body_fact(source, motion)[events.body_a]


def body_fact(source: EventField, motion: Motion) -> Floats:
    """Mass or radius of every body, NaN where it has none; shape (bodies,)."""
    facts = [body.mass if source == "body_mass" else body.radius for body in motion.header.bodies]
    return np.array([np.nan if fact is None else fact for fact in facts])


def _gaps(onset_s: Floats, body: Ints) -> Floats:
    """Seconds since the same body's event before; NaN for its first."""
    order = np.lexsort((onset_s, body))
    gaps = np.full(len(body), np.nan)
    same = np.diff(body[order]) == 0
    gaps[order[1:][same]] = np.diff(onset_s[order])[same]
    return gaps


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

"""A field of events as a number that evolves: held from each event of a body to its next."""

import numpy as np

from harmonic_audio.mapping.motion import Floats, MappingError, Motion

FIELDS = ("strength", "position_x", "position_y", "position_z", "time", "other_index")
MOST_NUMBERS = 8_000_000


def event_series(field: str, kinds: list[str], bodies: list[int], motion: Motion) -> tuple[Floats, Floats]:
    """Times of the events of these kinds and bodies, ascending, and the field of each body's latest: (events, bodies).

    Before a body's first event its first value holds. Bodies without such events have the mean of the others.
    Raises MappingError for no events, a field that is unknown, or values that are.
    """
    if field not in FIELDS:
        raise MappingError(f"events have no field {field!r} that evolves; they have {', '.join(FIELDS)}")
    known = [motion.header.event_kinds.index(kind) for kind in kinds if kind in motion.header.event_kinds]
    rows = np.flatnonzero(np.isin(motion.events.kind, known) & np.isin(motion.events.body_a, bodies))
    if not len(rows):
        there = ", ".join(motion.header.event_kinds) or "none"
        raise MappingError(f"there are no {' or '.join(kinds)} events of these bodies; the kinds are {there}")
    if len(rows) * len(bodies) > MOST_NUMBERS:
        raise MappingError(f"{len(rows)} events of {len(bodies)} bodies are too many to follow: name fewer bodies")
    events = motion.events.take(rows)
    columns = {"strength": events.strength, "time": events.time, "other_index": events.body_b.astype(np.float64)}
    values = columns[field] if field in columns else events.position[:, "xyz".index(field[-1])]
    if not np.isfinite(values).all():
        raise MappingError(f"the field {field!r} of {' or '.join(kinds)} events is unknown")
    out = np.empty((len(rows), len(bodies)))
    number = np.arange(len(rows))
    for line, body in enumerate(bodies):
        own = events.body_a == body
        if not own.any():
            out[:, line] = values.mean()
            continue
        last = np.maximum.accumulate(np.where(own, number, -1))
        out[:, line] = values[np.where(last < 0, int(np.argmax(own)), last)]
    # Of events at one time the last counts, so that times increase.
    lasting = np.append(np.diff(events.time) > 0.0, True)
    return events.time[lasting], out[lasting]

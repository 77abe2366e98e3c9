"""The shape over time: who enters when, what falls together, and what comes too soon."""

import numpy as np

from harmonic_audio.mapping.motion import Floats, Ints
from harmonic_audio.mapping.selection import Selection
from harmonic_audio.soundscape.rules import Coincidence, Entries


def entry_level(entries: Entries, selection: Selection) -> Floats:
    """Factor of loudness of each event by its body's entry and leaving; shape (events,)."""
    count = len(selection.bodies)
    order = _order(entries, selection, count)
    at = selection.onset_s / selection.clock.length_s
    share = order / max(count - 1, 1)
    enters = entries.first + (entries.last - entries.first) * share
    # The last to enter leaves first; the first one's leaving ends with the sound.
    leaves = entries.leave + max(1.0 - entries.fade - entries.leave, 0.0) * (1.0 - share)
    level = _smooth((at - (enters - entries.fade)) / entries.fade) * (1.0 - _smooth((at - leaves) / entries.fade))
    return entries.floor + (1.0 - entries.floor) * level


def _order(entries: Entries, selection: Selection, count: int) -> Floats:
    if entries.order == "fastest_first":
        return selection.rank.astype(np.float64)
    if entries.order == "slowest_first":
        return (count - 1 - selection.rank).astype(np.float64)
    place = np.argsort(np.argsort(selection.bodies))
    return place[selection.rank].astype(np.float64)


def _smooth(x: Floats) -> Floats:
    """Smoothstep: 0 below 0, 1 above 1, with level ends."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def coincidence_gain(rule: Coincidence, selection: Selection) -> Floats:
    """Linear gain of each event: gain_db for one event of another body within the window, 1.5 times that for more."""
    onset, body = selection.onset_s, selection.events.body_a
    others = _within(onset, onset, rule.window_s)
    for one in np.unique(body):
        own = body == one
        others[own] -= _within(onset[own], onset[own], rule.window_s)
    return np.asarray(10.0 ** (rule.gain_db * np.minimum(others, 2) * (0.5 + 0.5 / np.maximum(others, 1)) / 20.0))


def _within(sorted_times: Floats, at: Floats, window: float) -> Ints:
    high = np.searchsorted(sorted_times, at + window, side="right")
    return np.asarray(high - np.searchsorted(sorted_times, at - window, side="left"), dtype=np.int64)


def far_enough(selection: Selection, gap_s: float) -> Ints:
    """Rows of the events that follow their body's last kept one by at least the gap."""
    if gap_s <= 0.0:
        return np.arange(len(selection.events))
    kept: list[int] = []
    last: dict[int, float] = {}
    for row, (onset, body) in enumerate(zip(selection.onset_s.tolist(), selection.events.body_a.tolist(), strict=True)):
        if onset - last.get(body, -np.inf) >= gap_s:
            kept.append(row)
            last[body] = onset
    return np.array(kept, dtype=np.int64)

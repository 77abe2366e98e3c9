"""The legend: the same facts for programs and for people, and facts that the notes bear out."""

import numpy as np
import pytest

from harmonic_audio.mapping import Motion, map_to_score
from harmonic_audio.mapping.entries import cents_moved, entry
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_contracts.score import LegendEntry, Score


def line(score: Score, rule: str, channel: str) -> LegendEntry:
    """The entry of a rule's channel."""
    return next(one for one in score.legend_entries if (one.rule, one.channel) == (rule, channel))


def test_every_line_is_an_entry(chain: Motion, colliding: Motion) -> None:
    """Plain words and entries are the same list."""
    for preset, motion in (("trappist-1", chain), (None, colliding)):
        score = map_to_score(default_soundscape("orbits" if preset else "particles", preset), motion)
        assert score.legend == [one.text for one in score.legend_entries] and len(score.legend) > 4


def test_limits_and_ranges_are_those_that_were_used(colliding: Motion) -> None:
    """The pitch of collisions: percentiles 2 and 98 of the strengths, over the declared range; events at the limits
    sound at the ends of it, but for the quantising error that the entry states."""
    score = map_to_score(default_soundscape("particles"), colliding)
    told = line(score, "collisions", "pitch")
    strength = colliding.events.strength[colliding.events.kind == 0]
    assert (told.data_low, told.data_high) == pytest.approx(tuple(np.percentile(strength, [2, 98])), rel=1e-12)
    assert (told.sound_low, told.sound_high, told.sound_unit) == (261.6, 1318.6, "Hz")
    assert told.transform == "log" and told.error_unit == "cents" and told.error is not None
    by_time = dict(zip(colliding.events.time.tolist(), colliding.events.strength.tolist(), strict=True))
    notes = [n for n in score.notes if n.cause and n.cause.kind == "collision"]
    low, high = np.log(told.data_low or 1.0), np.log(told.data_high or 1.0)
    share = np.clip((np.log([by_time[n.cause.time] for n in notes if n.cause]) - low) / (high - low), 0.0, 1.0)
    exact = 261.6 * (1318.6 / 261.6) ** share
    assert cents_moved(exact, np.array([n.frequency_hz for n in notes])) <= told.error + 1e-9 < 200.0


def test_units_come_from_the_trajectory(colliding: Motion) -> None:
    """A position is told in the trajectory's unit of length, time in its unit of time."""
    score = map_to_score(default_soundscape("particles"), colliding)
    assert line(score, "collisions", "pan").data_unit == colliding.header.length_unit
    assert line(score, "time", "onset").data_unit == colliding.header.time_unit == score.time_unit


def test_what_was_left_out_is_counted(colliding: Motion) -> None:
    """Notes heard, notes thinned out and events too soon, rule by rule, are all the events that there were."""
    score = map_to_score(default_soundscape("particles"), colliding)
    left = sum(one.left_out or 0 for one in score.legend_entries if one.rule != "density")
    assert left > 0 and left + len(score.notes) == len(colliding.events)


def test_a_grid_tells_how_far_it_moves(chain: Motion) -> None:
    """The stated error is the greatest distance between an onset and its true time."""
    plain = default_soundscape("orbits", "trappist-1").model_copy(update={"tempo_bpm": 120.0})
    gridded = map_to_score(Soundscape.model_validate({**plain.model_dump(), "grid": {"per_beat": 4}}), chain)
    told = line(gridded, "grid", "onset")
    moved = [abs(n.onset_s - n.cause.time / 340.0 * 60.0) for n in gridded.notes if n.cause]
    assert told.error == pytest.approx(max(moved), abs=1e-9) and told.error_unit == "s"


def test_a_range_turned_round_is_told_as_falling() -> None:
    """What the low end of the data sounds as comes first; the words name pitches and hertz."""
    told = entry("line", "pitch", "observable:energy", data=(1.0, 9.0), data_unit="J", sound=(880.0, 220.0), error=12.0)
    assert told.text == (
        "line: observable:energy from 1 to 9 J is heard as pitch from A5 (880.0 Hz) to A3 (220.0 Hz),"
        " moved by at most 12 cents"
    )
    assert (told.sound_low, told.sound_high, told.error) == (880.0, 220.0, 12.0)

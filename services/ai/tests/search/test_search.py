"""Promises of the search: bounded, deterministic, resumable, and it finds what is there to find."""

import pytest

from harmonic_ai.descriptors import Descriptor, Descriptors, KeyDescriptor
from harmonic_ai.search.goals import GOALS, gain
from harmonic_ai.search.knobs import Knob, read, write
from harmonic_ai.search.reason import reason
from harmonic_ai.search.search import Search


def descriptors(density: float = 4.0, roughness: float = 1.0) -> Descriptors:
    def measured(value: float, unit: str) -> Descriptor:
        return Descriptor(value=value, unit=unit, confidence=1.0)

    return Descriptors(
        key=KeyDescriptor(tonic="C", mode="major", confidence=1.0),
        tempo=measured(120.0, "bpm"),
        note_density=measured(density, "1/s"),
        register_centre=measured(60.0, "midi"),
        register_width=measured(5.0, "semitone"),
        brightness=measured(800.0, "Hz"),
        roughness=measured(roughness, "1"),
        loudness=measured(-16.0, "LUFS"),
    )


KNOBS = [
    Knob("soundscape", ("length_s",), 10.0, 600.0, 60.0, "s", logarithmic=True),
    Knob("universe", ("environment", "gravity"), 0.0, 20.0, 9.81, "m/s2"),
    Knob("soundscape", ("nothing",), 0.0, 1.0, 0.5, "1"),
]


def engine(values: dict[Knob, float]) -> Descriptors:
    """A stand-in world with a known law: density falls with length and rises with gravity."""
    by_name = {knob.name: value for knob, value in values.items()}
    length = by_name.get("soundscape.length_s", 60.0)
    gravity = by_name.get("universe.environment.gravity", 9.81)
    return descriptors(density=4.0 * (60.0 / length) * (gravity / 9.81) ** 0.5)


def run(search: Search, stop_after: int | None = None) -> Search:
    while (offsets := search.ask()) is not None and len(search.trials) != stop_after:
        search.tell(offsets, engine(search.values(offsets)))
    return search


def test_calmer_finds_the_knobs_that_thin_the_notes() -> None:
    """Of three knobs the two that matter are turned, the right way."""
    search = run(Search(GOALS["calmer"], KNOBS, descriptors()))
    best = search.best()
    assert best is not None
    turned = {knob.name: value for knob, value in search.values(best.offsets).items()}
    assert turned.get("soundscape.length_s", 61.0) > 60.0
    assert turned.get("universe.environment.gravity", 0.0) < 9.81
    assert "soundscape.nothing" not in turned
    assert len(search.trials) <= search.budget


def test_search_resumed_from_its_history_goes_on_as_the_undisturbed_one() -> None:
    """The trials are the whole state: any cut gives the same trials in the end."""
    whole = run(Search(GOALS["calmer"], KNOBS, descriptors()))
    for cut in range(len(whole.trials)):
        half = run(Search(GOALS["calmer"], KNOBS, descriptors()), stop_after=cut)
        assert run(Search(GOALS["calmer"], KNOBS, descriptors(), trials=list(half.trials))).trials == whole.trials


def test_no_suggestion_where_nothing_helps() -> None:
    """A goal that no knob serves ends without suggestion instead of a made-up one."""
    assert run(Search(GOALS["more_consonant"], KNOBS, descriptors())).best() is None


def test_refused_candidates_are_passed_over() -> None:
    """A candidate that the engine refuses is no result, and the search goes on."""
    search = Search(GOALS["calmer"], KNOBS, descriptors())
    while (offsets := search.ask()) is not None:
        search.tell(offsets, None)
    assert search.best() is None


@pytest.mark.parametrize("offset", [-2.0, -0.5, 0.0, 0.5, 2.0])
@pytest.mark.parametrize("knob", KNOBS, ids=lambda k: k.name)
def test_knob_never_leaves_its_range(knob: Knob, offset: float) -> None:
    """Whatever the offset, the value is allowed."""
    assert knob.minimum <= knob.at(offset) <= knob.maximum


def test_calmer_and_more_energetic_are_opposites() -> None:
    """What makes it calmer makes it less energetic."""
    before, after = descriptors(4.0), descriptors(2.0)
    assert gain(GOALS["calmer"], before, after) > 1.0 > -1.0 > gain(GOALS["more_energetic"], before, after)


def test_documents_are_read_and_copied_by_path() -> None:
    """Writing a path changes a copy at that place alone, keeping integers integers."""
    document = {"mix": {"levels": [1, 2.5]}, "tempo": 120}
    changed = write(write(document, ("mix", "levels", "1"), 3.5), ("tempo",), 90.0)
    assert changed == {"mix": {"levels": [1, 3.5]}, "tempo": 90}
    assert isinstance(changed["tempo"], int)
    assert document == {"mix": {"levels": [1, 2.5]}, "tempo": 120}
    assert read(changed, ("mix", "levels", "1")) == 3.5
    assert read(changed, ("mix", "gone")) is None


def test_reason_names_the_change_and_its_measured_effect() -> None:
    """The words hold the numbers before and after."""
    text = reason(GOALS["calmer"], {KNOBS[0]: 120.0}, descriptors(4.0), descriptors(2.0))
    assert "soundscape.length_s from 60 to 120 s" in text
    assert "note density 4 -> 2 1/s" in text

"""Pictures: colours that belong together, axes with round numbers, projections that keep proportions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonic_contracts.score import Note, Voice
from harmonic_export.performance import Performance
from harmonic_export.pictures.canvas import Box
from harmonic_export.pictures.cast import PALE, STAR, cast
from harmonic_export.pictures.drawing import Drawing
from harmonic_export.pictures.palettes import colours, oklch
from harmonic_export.pictures.projection import projection
from harmonic_export.pictures.spec import Palette, PaletteName, PathsLayer, ScoreLayer, VisualizationSpec
from harmonic_export.pictures.ticks import hertz_of, midi_of, pitch_name, round_ticks
from harmonic_export.testing.performances import NAMES

SQUARE = Box(0.0, 0.0, 200.0, 200.0)


def test_known_colours_of_oklch() -> None:
    """White, black and the red of sRGB come out of their published OKLCH coordinates."""
    assert oklch(1.0, 0.0, 0.0) == (255, 255, 255)
    assert oklch(0.0, 0.0, 0.0) == (0, 0, 0)
    assert np.abs(np.array(oklch(0.62796, 0.25768, 29.234)) - (255, 0, 0)).max() <= 2


@pytest.mark.parametrize("name", ["rainbow", "monochrome", "complementary", "analogous", "triadic"])
def test_palettes_tell_seven_voices_apart(name: PaletteName) -> None:
    """Seven voices have seven colours, each bright enough for a dark ground."""
    seven = colours(Palette(name=name), 7)
    assert len(set(seven)) == 7
    assert min(max(colour) for colour in seven) > 110


def test_custom_palette_repeats() -> None:
    """Given colours are used in order, and again from the start."""
    assert colours(Palette(name="custom", colours=["#ff0000", "#0000ff"]), 3) == [(255, 0, 0), (0, 0, 255), (255, 0, 0)]


def test_a_planet_and_its_notes_look_alike(performed: Performance) -> None:
    """Voice and body of one name share a colour; the silent star has its own."""
    given_colours = cast(performed)
    assert given_colours.voices == given_colours.bodies[1:]
    assert given_colours.bodies[0] == STAR
    assert given_colours.silent == {0}


def test_a_voice_of_no_body_is_pale(performed: Performance) -> None:
    """A drone that one planet triggers does not take that planet's colour from its own voice."""
    score = performed.score
    drone = len(score.voices)
    last = score.notes[-1]
    more = Note(**{**last.model_dump(), "voice": drone, "onset_s": last.onset_s + 0.1})
    changed = score.model_copy(
        update={"voices": [*score.voices, Voice(name="ground", instrument="pad")], "notes": [*score.notes, more]}
    )
    given_colours = cast(replace(performed, score=changed))
    assert given_colours.voices[drone] == PALE
    assert given_colours.voices[: len(NAMES)] == given_colours.bodies[1:]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 20))
def test_ticks_are_round_and_inside(start: float, span: float, count: int) -> None:
    """Ticks lie in the range, evenly, and are at most about as many as asked for."""
    ticks = round_ticks(start, start + span, count)
    assert len(ticks) <= count + 1
    assert all(start - 1e-6 * span <= tick <= start + span * (1 + 1e-6) for tick in ticks)


def test_pitches_have_their_names() -> None:
    """A4 is 440 Hz and note 69, middle C is C4, and hertz come back."""
    assert midi_of(440.0) == 69.0
    assert (pitch_name(69), pitch_name(60), pitch_name(0)) == ("A4", "C4", "C-1")
    assert hertz_of(midi_of(123.4)) == pytest.approx(123.4, rel=1e-12)


def test_circles_stay_round() -> None:
    """A circle in any plane fills the square as a circle, found in the plane of its spread."""
    angle = np.linspace(0.0, 2 * np.pi, 101)
    space = np.zeros((101, 1, 3))
    space[:, 0, 0], space[:, 0, 2] = 3.0 * np.cos(angle), 3.0 * np.sin(angle)
    place = projection(space, PathsLayer(), SQUARE)
    assert place.axes == (0, 2)
    assert np.allclose(np.linalg.norm(place(space) - 100.0, axis=-1), 100.0)


def test_wide_systems_are_drawn_on_a_logarithmic_scale() -> None:
    """Radii of 1 and 100 are both visible: the inner circle is more than a tenth of the outer."""
    angle = np.linspace(0.0, 2 * np.pi, 101)
    circle = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    space = np.stack([circle, 100.0 * circle], axis=1)
    auto = np.linalg.norm(projection(space, PathsLayer(), SQUARE)(space) - 100.0, axis=-1)
    linear = np.linalg.norm(projection(space, PathsLayer(radial_scale="linear"), SQUARE)(space) - 100.0, axis=-1)
    assert auto[0, 0] > 10.0 > linear[0, 0]
    assert np.allclose(auto[:, 1], 100.0)


@pytest.mark.parametrize("layers", [[PathsLayer()], [ScoreLayer()], [ScoreLayer(), PathsLayer()]])
@pytest.mark.parametrize("size", [(320, 240), (240 + 80, 900)])
def test_every_layout_draws(
    performed: Performance, layers: list[PathsLayer | ScoreLayer], size: tuple[int, int]
) -> None:
    """Any choice of layers draws at small and tall sizes, and shows more than its background."""
    spec = VisualizationSpec(width_px=size[0], height_px=size[1], layers=layers)
    drawing = Drawing(replace(performed, picture=spec))
    assert list(drawing)[-1] == 1.0
    assert drawing.image.size == size
    assert len(drawing.image.getcolors(1 << 20) or []) > 100


def test_empty_performances_draw(performed: Performance) -> None:
    """No positions and no notes: the picture says so instead of failing."""
    moved = replace(performed.trajectory, arrays={})
    silent = performed.score.model_copy(update={"notes": [], "voices": []})
    drawing = Drawing(replace(performed, trajectory=moved, score=silent))
    assert list(drawing)[-1] == 1.0

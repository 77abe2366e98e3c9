"""Thinning of a finished score: where scenes overlap, no second has more notes than the density allows."""

from typing import Any, Final

import numpy as np

from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.harmony import CAUSE
from harmonic_audio.mapping.notes import COLUMNS, NoteColumns, thinned
from harmonic_audio.soundscape.time import Density
from harmonic_contracts.score import Score

HARMONY: Final = 2.0
"""Salience of harmony above any loudness: it is thinned last, as where it is made."""


def thinned_score(score: Score, density: Density) -> Score:
    """The score without the quietest of the notes that are too many, and with a line of the legend that says so."""
    count = len(score.notes)
    columns: dict[str, Any] = {name: np.zeros(count) for name in COLUMNS}
    columns["onset_s"] = np.array([note.onset_s for note in score.notes])
    columns["loudness"] = np.array([note.loudness for note in score.notes])
    columns["voice"] = np.arange(count)
    stands = np.array([HARMONY if note.cause and note.cause.kind == CAUSE else 0.0 for note in score.notes])
    salience = columns["loudness"] + stands
    kept = thinned(NoteColumns(**columns), density.notes_per_s, density.total, salience).voice.tolist()
    if len(kept) == count:
        return score
    words = (
        f"left out: the {count - len(kept)} quietest of {count} notes where scenes overlap, so that no second has more"
        f" than {density.notes_per_s:g} and all together no more than {density.total}"
    )
    legend = [*score.legend_entries, entry("density", "mute", "notes", left_out=count - len(kept), text=words)]
    told = {"legend_entries": legend, "legend": [line.text for line in legend]}
    return score.model_copy(update={"notes": [score.notes[int(row)] for row in kept], **told})

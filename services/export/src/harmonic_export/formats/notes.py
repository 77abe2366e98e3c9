"""The table of notes as CSV, for the bundle: every note with its time, pitch and cause, of the score alone."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from harmonic_contracts.note_table import CSV_MEDIA_TYPE, csv_lines, rows
from harmonic_export.performance import Performance

FILENAME: Final = "notes.csv"
MEDIA_TYPE: Final = CSV_MEDIA_TYPE
NOTES_A_STEP: Final = 1_000


def write(performance: Performance, folder: Path) -> Iterator[float]:
    """Write the table into the folder, a thousand notes a step; yields the share that is written."""
    score = performance.score
    total = max(1, len(score.notes))
    table = (row for start in range(1, len(score.notes) + 1, NOTES_A_STEP) for row in rows(score, start, NOTES_A_STEP))
    lines = csv_lines(table)
    written = 0
    with (folder / FILENAME).open("w", encoding="utf-8", newline="") as file:
        while some := list(islice(lines, NOTES_A_STEP)):
            file.writelines(some)
            written += len(some)
            yield min(1.0, written / total)

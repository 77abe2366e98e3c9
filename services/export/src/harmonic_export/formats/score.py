"""The score as canonical JSON of the contract's form: equal scores give equal bytes."""

from collections.abc import Iterator
from pathlib import Path

from harmonic_contracts.score import SCORE_MEDIA_TYPE
from harmonic_export.canonical import canonical_json
from harmonic_export.formats.base import Format
from harmonic_export.performance import Performance


def write(performance: Performance, folder: Path) -> Iterator[float]:
    (folder / SCORE.filename).write_bytes(canonical_json(performance.score.model_dump(mode="json")))
    yield 1.0


SCORE = Format("score", "score.json", SCORE_MEDIA_TYPE, write)

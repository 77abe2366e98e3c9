"""A sweep's result as a table: one row a point, parameters first, then descriptors; CSV by RFC 4180."""

import csv
import io
from collections.abc import Sequence
from typing import Any

MEDIA_TYPE = "text/csv"


def table(rows: Sequence[tuple[dict[str, float], int, dict[str, float] | None, str | None]]) -> bytes:
    """Rows are (parameters, seed, descriptors or None, problem or None), in order. Numbers are written to be read back
    exactly."""
    parameters = list(dict.fromkeys(name for row in rows for name in row[0]))
    descriptors = list(dict.fromkeys(name for row in rows for name in row[2] or {}))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*parameters, "seed", *descriptors, "problem"])
    for values, seed, found, problem in rows:
        cells: list[Any] = [values.get(name, "") for name in parameters]
        writer.writerow([*cells, seed, *((found or {}).get(name, "") for name in descriptors), problem or ""])
    return out.getvalue().encode()

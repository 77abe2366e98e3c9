"""Canonical JSON: equal values give equal bytes."""

import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """UTF-8, sorted keys, no blanks, shortest floats that round-trip; NaN and infinities raise ValueError."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()

"""The name of a result: a digest of all that made it. Equal digests mean equal bytes."""

import hashlib
import json
from typing import Any

from harmonic_contracts.trajectory import FORMAT_VERSION
from harmonic_physics.engine import ENGINE_VERSION
from harmonic_physics.engine.system import Start


def digest_of(start: Start[Any], seed: int) -> str:
    """SHA-256 over system, full spec, environment, seed, engine and file format, in canonical JSON."""
    made_of = {
        "system": start.system.kind,
        "spec": start.spec.model_dump(mode="json"),
        "environment": start.environment,
        "timeline": {name: [vars(move) for move in moves] for name, moves in start.timeline.moves.items()},
        "seed": seed,
        "engine_version": ENGINE_VERSION,
        "format_version": FORMAT_VERSION,
    }
    canonical = json.dumps(made_of, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()

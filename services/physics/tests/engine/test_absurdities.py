"""Whatever the input, a run is refused by field, stops with a reason, or gives finite numbers."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import presets
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.system import Refused

VALUES = [0, -1, 1e-300, 1e300, 1e-9, 1e9, 0.5, 3, -1e5, float("nan"), float("inf"), None, "x", [], {}, True, 10**30]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from places(value[key])


def spoil(document: dict[str, Any], chance: random.Random) -> None:
    """Change one value: numbers by powers of ten, or anything into something absurd."""
    container, key = chance.choice(list(places(document)))
    old = container[key]
    scaled = isinstance(old, float) and chance.random() < 0.6
    container[key] = old * chance.choice([0.1, 10.0, -1.0, 1e3, 1e-3]) if scaled else chance.choice(VALUES)


def test_spoiled_presets_never_surprise() -> None:
    """Six hundred spoiled presets: no exception but Refused with fields and Stopped with a reason, no NaN."""
    chance = random.Random(5)
    names, outcomes = sorted(presets()), {"refused": 0, "stopped": 0, "done": 0}
    for _ in range(600):
        system, preset = presets()[chance.choice(names)]
        spec: dict[str, Any] = copy.deepcopy(dict(preset.spec))
        spec["duration"] *= 0.01
        for _ in range(chance.choice([1, 1, 2])):
            spoil(spec, chance)
        environment = dict(preset.environment)
        environment |= {name: chance.choice([0.0, 0.5, 1.0, 20.0]) for name in system.accepts if chance.random() < 0.2}
        try:
            run = check(system.kind, spec, environment, max_cpu=0.1).run(1)
            while not run.done:
                for values in run.advance().arrays.values():
                    assert np.isfinite(values).all()
            outcomes["done"] += 1
        except Refused as refusal:
            assert all(error.field.startswith("body.") and error.reason for error in refusal.errors)
            outcomes["refused"] += 1
        except Stopped as stop:
            assert stop.reason
            outcomes["stopped"] += 1
    assert min(outcomes["refused"], outcomes["done"]) > 30

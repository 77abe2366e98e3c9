"""What every system promises, walked over the registry: a new one is held to it by being there."""

import hashlib
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from harmonic_contracts.environment import PARAMETERS
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import presets, system, systems
from harmonic_physics.engine.run import Chunk
from harmonic_physics.engine.simulate import header, joined, simulate
from harmonic_physics.engine.system import Refused, Start, TooLarge

KINDS, PRESETS = sorted(systems()), sorted(presets())


def start(name: str, share: float = 1.0) -> Start[Any]:
    """A preset, or the beginning of it."""
    chosen, preset = presets()[name]
    duration = float(preset.spec["duration"]) * share  # type: ignore[arg-type]  # a number in every spec
    return check(chosen.kind, preset.spec | {"duration": duration}, preset.environment)


def digest(chunks: list[Chunk]) -> str:
    """One hash of all numbers."""
    time, arrays, events = joined(chunks)
    whole = hashlib.sha256(time.tobytes())
    for part in [*arrays.values(), *vars(events).values()]:
        whole.update(np.ascontiguousarray(part).tobytes())
    return whole.hexdigest()


@pytest.mark.parametrize("kind", KINDS)
def test_a_system_describes_itself(kind: str) -> None:
    """Title, description, events, accepted parameters of the registry, and a JSON Schema with units and ranges."""
    each = system(kind)
    assert each.kind == kind
    assert len(each.description) > 40
    assert set(each.accepts) <= set(PARAMETERS)
    assert len(each.presets) >= 3
    schema = each.spec.model_json_schema()
    assert schema["properties"]["duration"]["unit"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_runs_to_its_end(name: str) -> None:
    """Every preset gives finite frames of the declared shapes, events in order and a small energy error."""
    begun = start(name, 0.3)
    result = simulate(begun)
    assert result.header.frames == len(result.time) == begun.spec.frames
    for observable in result.header.observables:
        assert result.arrays[observable.name].shape == (len(result.time), *observable.shape)
        assert np.isfinite(result.arrays[observable.name]).all()
    assert (np.diff(result.events.time) >= 0).all()
    assert result.events.kind.max() < len(result.header.event_kinds)
    assert result.header.certificate.invariants["energy"] < 1e-10


@pytest.mark.parametrize("name", PRESETS)
def test_resuming_from_any_checkpoint_gives_the_same_bits(name: str) -> None:
    """A run frozen to bytes and thawed after every tick has the hash of the undisturbed run."""
    begun = start(name, 0.1)
    whole = begun.run(5)
    undisturbed = []
    while not whole.done:
        undisturbed.append(whole.advance())
    run, chunks = begun.run(5), []
    for attribute in ("steps_a_call", "frame_buffer"):
        if hasattr(run, attribute):
            setattr(run, attribute, max(1, getattr(run, attribute) // 7))
    while not run.done:
        chunks.append(run.advance())
        run = begun.run(5, run.checkpoint())
    assert digest(chunks) == digest(undisturbed)
    assert header(begun, 5, run) == header(begun, 5, whole)


@pytest.mark.parametrize("name", PRESETS)
def test_the_same_seed_gives_the_same_bits_whatever_the_tick(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ticks of a hundredth of the usual work, by another cut of the same run, change nothing."""
    begun = start(name, 0.05)
    first = simulate(begun, 7)
    for module in ("orbits", "particles"):
        monkeypatch.setattr(f"harmonic_physics.engine.{module}.run.TICK_SECONDS", 0.0005)
    second = simulate(begun, 7)
    for name_ in first.arrays:
        assert first.arrays[name_].tobytes() == second.arrays[name_].tobytes()
    assert first.events.time.tobytes() == second.events.time.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_that_a_system_does_not_accept_are_refused(kind: str) -> None:
    """A parameter of the registry that would change nothing is refused with the list of accepted ones."""
    chosen = system(kind)
    for name in set(PARAMETERS) - set(chosen.accepts):
        with pytest.raises(Refused) as refusal:
            check(kind, chosen.presets[0].spec, {name: PARAMETERS[name].default})
        assert refusal.value.errors[0].field == f"body.environment.{name}"
        assert refusal.value.errors[0].allowed == ", ".join(chosen.accepts)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 0.0, 1e300, "many", None])
def test_absurd_durations_are_refused_by_field(kind: str, value: object) -> None:
    """NaN, infinite, negative, zero, astronomical and wordy durations: refused, naming the field."""
    with pytest.raises(Refused) as refusal:
        check(kind, system(kind).presets[0].spec | {"duration": value}, {})
    assert refusal.value.errors[0].field == "body.spec.duration"


@pytest.mark.parametrize(
    ("kind", "spec", "field", "allowed"),
    [
        ("orbits", {"bodies": []}, "body.spec.bodies", "at least 2"),
        ("orbits", {"bodies": [{"name": "a", "mass": -1.0}] * 2}, "body.spec.bodies.0.mass", ">= 1e-18"),
        ("orbits", {"bodies": [{"name": "a", "mass": 1.0}] * 101}, "body.spec.bodies", "at most 100"),
        ("particles", {"random": [{"count": 10**9}]}, "body.spec.random.0.count", "<= 1000"),
        ("particles", {"random": []}, "body.spec", None),
        ("particles", {"random": [{"count": 5, "mass": 0.0}]}, "body.spec.random.0.mass", ">= 1e-12"),
        ("nonsense", {}, "body.system", "orbits, particles"),
    ],
)
def test_absurd_bodies_are_refused_by_field(kind: str, spec: dict[str, Any], field: str, allowed: str | None) -> None:
    """Zero bodies, a thousand million of them, negative and zero masses: the field and the allowed range are named."""
    base: dict[str, Any] = {"duration": 1.0, "frame_interval": 0.1} | ({"size": [9, 9]} if kind == "particles" else {})
    with pytest.raises(Refused) as refusal:
        check(kind, base | spec, {})
    assert refusal.value.errors[0].field == field
    assert refusal.value.errors[0].allowed == allowed


def test_an_environment_out_of_range_is_refused_with_the_range() -> None:
    """The registry's range and unit are in the refusal."""
    with pytest.raises(Refused) as refusal:
        check("particles", system("particles").presets[0].spec, {"gravity": 21.0})
    assert refusal.value.errors[0].allowed == "0 to 20 m/s2"


def test_a_run_too_large_is_refused_with_its_estimate() -> None:
    """A thousand bodies for an hour are refused before they start, and the estimate says why."""
    _, preset = presets()["gas-in-a-box"]
    crowd = [{"count": 1000, "radius_min": 0.01, "radius_max": 0.01, "speed": 100.0}]
    with pytest.raises(TooLarge) as refusal:
        check("particles", preset.spec | {"random": crowd, "duration": 3600.0}, preset.environment)
    assert refusal.value.estimate.cpu_seconds > 600
    assert "estimate" in (refusal.value.errors[0].allowed or "")


def test_the_catalogue_loads_without_compiler_or_arrays() -> None:
    """Importing the registry and checking a preset imports neither numba nor numpy nor scipy."""
    code = (
        "import sys; from harmonic_physics.engine.registry import presets;"
        "from harmonic_physics.engine.checking import check;"
        "[check(s.kind, p.spec, p.environment) for s, p in presets().values()];"
        "assert not {'numba', 'numpy', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_events_of_every_system_are_told() -> None:
    """Across the presets, every declared kind except escape happens somewhere."""
    seen = set()
    for name in ("trappist-1", "gas-in-a-box"):
        result = simulate(start(name, 0.2))
        seen |= {result.header.event_kinds[k] for k in result.events.kind}
    assert {"transit", "perihelion", "conjunction", "collision", "wall"} <= seen

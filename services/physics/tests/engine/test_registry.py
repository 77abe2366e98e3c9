"""What every system promises, walked over the registry: a new one is held to it by being there."""

import hashlib
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harmonic_contracts.environment import PARAMETERS
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.checking_timeline import check_timeline
from harmonic_physics.engine.registry import presets, system, systems
from harmonic_physics.engine.run import Chunk, Run, Stopped
from harmonic_physics.engine.simulate import header, joined, simulate
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.system import Preset, Refused, Start, System, TooLarge
from harmonic_physics.engine.timeline import Scene

KINDS, PRESETS = sorted(systems()), sorted(presets())
MOST_THAWS = 25


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


EXPECTED = {
    "attractor", "bar", "charges", "galaxy", "heat", "membrane", "molecules", "orbits", "oscillators", "particles",
    "pendulum", "plate", "quantum", "rigid_bodies", "rotor", "springs", "string", "wave_field",
}  # fmt: skip
LONGEST_TICK_S = 0.2


def test_every_system_is_there_with_its_presets() -> None:
    """All kinds of physics of the catalogue, at least three presets each and sixty in all."""
    assert set(KINDS) == EXPECTED
    assert len(PRESETS) >= 60
    assert len(PRESETS) == sum(len(each.presets) for each in systems().values()), "a preset's name is taken twice"


@pytest.mark.parametrize("kind", KINDS)
def test_a_system_describes_itself(kind: str) -> None:
    """Title, description, equations, accuracy, sources, events, parameters, and a JSON Schema with units and ranges."""
    each = system(kind)
    assert each.kind == kind
    assert len(each.description) > 40
    assert set(each.accepts) <= set(PARAMETERS)
    assert set(each.tunable) <= set(each.spec.model_fields)
    assert len(each.presets) >= 3
    assert each.events
    assert "$" in each.equations and each.accuracy and each.references
    schema = each.spec.model_json_schema()
    assert schema["properties"]["duration"]["unit"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_runs_to_its_end(name: str) -> None:
    """Every preset gives finite frames of the declared shapes, events in order, and drifts that are numbers."""
    begun = start(name, 0.3)
    result = simulate(begun)
    assert result.header.frames == len(result.time) == begun.spec.frames
    for observable in result.header.observables:
        assert result.arrays[observable.name].shape == (len(result.time), *observable.shape)
        assert np.isfinite(result.arrays[observable.name]).all()
    events = result.events
    assert (np.diff(events.time) >= 0).all()
    assert events.kind.max(initial=0) < len(result.header.event_kinds)
    assert (events.strength >= 0).all() and np.isfinite(events.strength).all()
    assert np.isfinite(list(result.header.certificate.invariants.values())).all()
    assert max(events.body_a.max(initial=-1), events.body_b.max(initial=-1)) < len(result.header.bodies)


def shorter_ticks(run: Run, by: int) -> None:
    """Cut the same run into more ticks, or ticks of fewer frames."""
    if isinstance(run, SteppedRun):
        run.seconds_a_step = run.seconds_a_step * by
    for attribute in ("steps_a_call", "frame_buffer"):
        if hasattr(run, attribute):
            setattr(run, attribute, max(1, getattr(run, attribute) // by))


@pytest.mark.parametrize("name", PRESETS)
def test_resuming_from_any_checkpoint_gives_the_same_bits(name: str) -> None:
    """A run frozen to bytes and thawed after every tick, of another length too, has the hash of the undisturbed run."""
    begun = start(name, 0.1)
    whole = begun.run(5)
    undisturbed = []
    while not whole.done:
        undisturbed.append(whole.advance())
    run, chunks = begun.run(5), []
    while not run.done:
        if len(chunks) < MOST_THAWS:
            shorter_ticks(run, 7)
        chunks.append(run.advance())
        if len(chunks) < MOST_THAWS:
            run = begun.run(5, run.checkpoint())
    assert digest(chunks) == digest(undisturbed)
    assert header(begun, 5, run) == header(begun, 5, whole)


def beginning(chosen: System[Any], preset: Preset, changed: dict[str, float]) -> Start[Any]:
    """The first frames of the preset, with other values of parameters."""
    duration = min(float(preset.spec["duration"]), 60 * float(preset.spec["frame_interval"]))  # type: ignore[arg-type]  # numbers in every spec
    of_spec = {name: value for name, value in changed.items() if name in chosen.tunable}
    environment = preset.environment | {name: value for name, value in changed.items() if name in chosen.accepts}
    return check(chosen.kind, preset.spec | {"duration": duration} | of_spec, environment)


def base_of(begun: Start[Any]) -> dict[str, float]:
    """What the parameters are at the start."""
    return begun.environment | {name: float(getattr(begun.spec, name)) for name in begun.system.tunable}


def digest_of(begun: Start[Any]) -> str:
    """The hash of a whole run."""
    run, chunks = begun.run(3), []
    while not run.done:
        chunks.append(run.advance())
    return digest(chunks)


@pytest.mark.parametrize("kind", KINDS)
def test_every_accepted_parameter_changes_the_motion(kind: str) -> None:
    """Each accepted parameter of the environment, and each number that scenes may change, makes another trajectory of
    some preset: none is accepted and ignored."""
    chosen = system(kind)
    for name in (*chosen.accepts, *chosen.tunable):
        assert any(changes(chosen, preset, name) for preset in chosen.presets), f"{name} changes nothing"


def changes(chosen: System[Any], preset: Preset, name: str) -> bool:
    """Whether another value of the parameter gives other frames or events."""
    usual = beginning(chosen, preset, {})
    now = base_of(usual)[name]
    for value in (now * 0.7, now * 1.3 + 0.1, 0.3, 1.5, 30.0, now - 1.0):
        try:
            other = beginning(chosen, preset, {name: value})
            if value != now:
                return digest_of(other) != digest_of(usual)
        except (Refused, Stopped):
            continue
    return False


@pytest.mark.parametrize("kind", KINDS)
def test_a_scene_changes_what_follows_and_nothing_before(kind: str) -> None:
    """Up to the scene the frames are the plain universe.s, bit for bit; after it some preset goes another way."""
    chosen = system(kind)
    ways = [(preset, name) for preset in chosen.presets for name in (*chosen.tunable, *chosen.accepts)]
    assert any(scene_works(chosen, preset, name) for preset, name in ways), "no scene changes anything"


def scene_works(chosen: System[Any], preset: Preset, name: str) -> bool:
    """Whether a scene in the middle changes the second half; fails where it changes the first."""
    plain = beginning(chosen, preset, {})
    begin, now = 0.52 * plain.spec.duration, base_of(plain)[name]
    for value in (now * 0.7, now * 1.3 + 0.1):
        scene = Scene(name="other", start=begin, parameters={name: value}, transition=0.1 * plain.spec.duration)
        try:
            timeline = check_timeline(chosen, plain.spec, plain.environment, [scene], [])
            staged, usual = simulate(replace(plain, timeline=timeline), 3), simulate(plain, 3)
        except (Refused, Stopped):
            continue
        before = usual.time < begin - frames_a_step(plain) * plain.spec.frame_interval
        assert all(usual.arrays[k][before].tobytes() == staged.arrays[k][before].tobytes() for k in usual.arrays)
        if any(usual.arrays[k].tobytes() != staged.arrays[k].tobytes() for k in usual.arrays):
            return True
    return False


def frames_a_step(begun: Start[Any]) -> int:
    """Frames that one step covers: the step that a scene cuts is another step."""
    run = begun.run(3)
    return run.frames_a_step() if isinstance(run, SteppedRun) else 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_tick_is_short_enough_to_be_cancelled(kind: str) -> None:
    """No call of `advance` takes more than 0.2 s of processor time, whatever the preset."""
    for preset in system(kind).presets:
        run = beginning(system(kind), preset, {}).run(0)
        run.advance()
        while not run.done:
            began = time.thread_time()
            run.advance()
            assert time.thread_time() - began < LONGEST_TICK_S, preset.name


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
        ("particles", {"random": [{"count": 10**9}]}, "body.spec.random.0.count", "<= 10000"),
        ("particles", {"random": []}, "body.spec", None),
        ("particles", {"random": [{"count": 5, "mass": 0.0}]}, "body.spec.random.0.mass", ">= 1e-12"),
        ("nonsense", {}, "body.system", ", ".join(KINDS)),
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

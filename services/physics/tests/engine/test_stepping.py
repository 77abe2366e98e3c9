"""Runs on the frame grid: ticks, checkpoints, scenes and events of any subclass."""

from math import cos, sin, sqrt
from typing import Any

import numpy as np
import pytest

from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.checking_timeline import allowed_change, check_timeline
from harmonic_physics.engine.run import Chunk, Run, Stopped
from harmonic_physics.engine.simulate import joined
from harmonic_physics.engine.stepping import Floats, SteppedRun
from harmonic_physics.engine.system import Estimate, EventDeclaration, Refused, Spec, System, quantity
from harmonic_physics.engine.timeline import Move, Scene, StoryPoint, Timeline, compiled


class SpringSpec(Spec):
    """A weight on a spring."""

    duration: float = quantity("s", "How long", gt=0, le=1000)
    frame_interval: float = quantity("s", "Time between frames", gt=0, le=10)
    stiffness: float = quantity("1/s2", "k / m", ge=0.0, le=100.0, default=1.0)
    dense: bool = False


class SpringRun(SteppedRun[SpringSpec]):
    """Exact rotation in phase space: the closed form is its own oracle."""

    method = "exact rotation"
    seconds_a_step = 1e-3

    def prepare(self) -> None:
        self.omega = sqrt(self.parameters["stiffness"])

    def begin(self) -> None:
        self.state["x"] = np.array([1.0, 0.0])

    def substeps(self, span: float) -> int:
        return 7

    def march(self, time: float, h: float, count: int) -> None:
        for k in range(count):
            before = self.state["x"].copy()
            self.state["x"][:] = self._at(before, h)
            if before[0] > 0 >= self.state["x"][0]:
                self.emit(time + (k + 1) * h, "zero_crossing", 0, strength=abs(self.state["x"][1]))
        self.last = before

    def _at(self, x: Floats, h: float) -> Floats:
        if self.omega == 0.0:
            return np.array([x[0] + h * x[1], x[1]])
        c, s = cos(self.omega * h), sin(self.omega * h)
        return np.array([c * x[0] + s * x[1] / self.omega, c * x[1] - s * x[0] * self.omega])

    def observe(self) -> dict[str, Floats]:
        return {"x": self.state["x"].copy()}

    def frames_a_step(self) -> int:
        return 5 if self.spec.dense else 1

    def interpolate(self, start: float, h: float, times: Floats) -> dict[str, Floats]:
        return {"x": np.array([self._at(self.last, t - start) for t in times])}

    def invariants(self) -> dict[str, float]:
        x, v = self.state["x"]
        return {"energy": 0.5 * v * v + 0.5 * self.omega**2 * x * x}


class Spring(System[SpringSpec]):
    """A weight on a spring, for the tests of the frame."""

    kind, title, description, spec = "spring", "Spring", "A weight on a spring", SpringSpec
    accepts, tunable = ("time_scale",), ("stiffness",)
    events = (EventDeclaration(kind="zero_crossing", strength_unit="m/s", description="Downwards"),)
    presets = ()

    def units(self, spec: SpringSpec) -> Any:
        return "s", "m"

    def observables(self, spec: SpringSpec) -> list[Observable]:
        return [Observable(name="x", unit="m", shape=[2])]

    def bodies(self, spec: SpringSpec, environment: dict[str, float], seed: int) -> list[Body]:
        return [Body(name="weight")]

    def estimate(self, spec: SpringSpec, environment: dict[str, float]) -> Estimate:
        return Estimate(cpu_seconds=0, steps=0, frames=spec.frames, result_bytes=0)

    def start(
        self, spec: SpringSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None, timeline: Timeline
    ) -> Run:
        return SpringRun(self, spec, environment, seed, checkpoint, timeline)


SPRING = Spring()


def begin(timeline: Timeline | None = None, checkpoint: bytes | None = None, **spec: Any) -> SpringRun:
    """A run of ten seconds."""
    whole = SpringSpec(**{"duration": 10.0, "frame_interval": 0.1} | spec)
    run = SPRING.start(whole, {"time_scale": 1.0}, 0, checkpoint, timeline or Timeline())
    assert isinstance(run, SpringRun)
    return run


def finished(run: SpringRun) -> list[Chunk]:
    """To the end."""
    chunks = []
    while not run.done:
        chunks.append(run.advance())
    return chunks


SCENES = [
    Scene(name="stiffer", start=2.03, end=5.0, parameters={"stiffness": 9.0}, transition=0.5),
    Scene(name="loose", start=7.777, parameters={"stiffness": 0.0}),
]


@pytest.mark.parametrize("dense", [False, True])
def test_frames_are_those_of_the_closed_form(dense: bool) -> None:
    """cos t at every frame, whether a frame has several steps or a step several frames."""
    time, arrays, events = joined(finished(begin(dense=dense)))
    assert len(time) == 101
    assert np.abs(arrays["x"][:, 0] - np.cos(time)).max() < 1e-13
    assert len(events.time) == 2


@pytest.mark.parametrize("dense", [False, True])
def test_a_checkpoint_after_every_tick_changes_no_bit(dense: bool) -> None:
    """Scenes, events, book and frames of a run thawed after every tick equal the undisturbed one's."""
    timeline = compiled({"stiffness": 1.0}, SCENES, [])
    whole = begin(timeline, dense=dense)
    undisturbed = joined(finished(whole))
    run, chunks = begin(timeline, dense=dense), []
    run.seconds_a_step = 0.01
    while not run.done:
        chunks.append(run.advance())
        run = begin(timeline, run.checkpoint(), dense=dense)
        run.seconds_a_step = 0.01
    time, arrays, events = joined(chunks)
    assert time.tobytes() == undisturbed[0].tobytes()
    assert arrays["x"].tobytes() == undisturbed[1]["x"].tobytes()
    assert events.time.tobytes() == undisturbed[2].time.tobytes()
    assert run.quality() == whole.quality()


def test_a_scene_begins_at_its_exact_time_and_the_state_runs_on() -> None:
    """A step of stiffness between two frames: before and after it, the two closed forms joined at that moment."""
    scene = Scene(name="s", start=1.2345, parameters={"stiffness": 4.0})
    time, arrays, _ = joined(finished(begin(compiled({"stiffness": 1.0}, [scene], []))))
    x0, v0, tau = cos(1.2345), -sin(1.2345), time - 1.2345
    after = x0 * np.cos(2 * tau) + v0 / 2 * np.sin(2 * tau)
    expected = np.where(time < 1.2345, np.cos(time), after)
    assert np.abs(arrays["x"][:, 0] - expected).max() < 1e-13


def test_work_done_by_a_change_is_no_drift() -> None:
    """Energy is conserved between changes; what a change itself adds is not counted as error."""
    run = begin(compiled({"stiffness": 1.0}, SCENES, []))
    finished(run)
    assert run.quality().invariants["energy"] < 1e-13


def test_changing_a_live_run_equals_the_recorded_scenes() -> None:
    """A move appended while the run stands at a frame gives the bits of the same move known from the start."""
    run, chunks = begin(), []
    run.seconds_a_step = 0.05 / 7
    while not run.done:
        chunks.append(run.advance())
        if run.time == pytest.approx(4.0) and not run.timeline.moves:
            now = run.time
            run.timeline.add("stiffness", Move(now, now + 1.0, 3.0, "linear"))
    recorded = Timeline({"stiffness": [Move(now, now + 1.0, 3.0, "linear")]})
    assert joined(finished(begin(recorded)))[1]["x"].tobytes() == joined(chunks)[1]["x"].tobytes()


def test_a_state_that_is_no_number_stops_the_run_with_time_and_reason() -> None:
    """Never NaN, never silence."""
    run = begin()
    run.advance()
    run.state["x"][0] = np.nan
    with pytest.raises(Stopped, match=r"stopped at t = .* s: the state is no longer finite"):
        finished(run)


def test_values_travel_between_story_points_and_scenes_go_before() -> None:
    """Keyframes are reached exactly at their time; a scene's value holds inside it, whatever the story says."""
    points = [
        StoryPoint(name="a", time=2.0, parameters={"k": 4.0}),
        StoryPoint(name="b", time=6.0, parameters={"k": 8.0}),
    ]
    told = compiled({"k": 0.0}, [], points)
    assert [told.value("k", 0.0, t) for t in (0.0, 1.0, 2.0, 4.0, 6.0, 9.0)] == [0.0, 2.0, 4.0, 6.0, 8.0, 8.0]
    staged = compiled({"k": 0.0}, [Scene(name="s", start=3.0, end=5.0, parameters={"k": 1.0})], points)
    assert [staged.value("k", 0.0, t) for t in (1.0, 3.5, 4.9)] == [2.0, 1.0, 1.0]
    assert staged.value("k", 0.0, 7.0) == 8.0


@pytest.mark.parametrize(
    ("scenes", "points", "field"),
    [
        ([Scene(name="a", start=3, end=2, parameters={})], [], "body.scenes.0.end"),
        ([Scene(name="a", start=11, parameters={})], [], "body.scenes.0.start"),
        ([Scene(name="a", start=1, end=5), Scene(name="b", start=4)], [], "body.scenes.1.start"),
        ([Scene(name="a", start=1, parameters={"stiffness": -1.0})], [], "body.scenes.0.parameters.stiffness"),
        ([Scene(name="a", start=1, parameters={"gravity": 1.0})], [], "body.scenes.0.parameters.gravity"),
        ([Scene(name="a", start=1, parameters={"time_scale": 11.0})], [], "body.scenes.0.parameters.time_scale"),
        ([], [StoryPoint(name="a", time=11)], "body.story_points.0.time"),
        ([], [StoryPoint(name="a", time=1), StoryPoint(name="b", time=1)], "body.story_points"),
    ],
)
def test_a_timeline_that_cannot_be_is_refused_by_field(
    scenes: list[Scene], points: list[StoryPoint], field: str
) -> None:
    """Scenes that overlap or end before they start, moments after the end, values out of range: the field is named."""
    spec = SpringSpec(duration=10, frame_interval=0.1)
    with pytest.raises(Refused) as refusal:
        check_timeline(SPRING, spec, {"time_scale": 1.0}, scenes, points)
    assert refusal.value.errors[0].field == field


def test_a_change_on_the_way_is_held_to_the_same_ranges() -> None:
    """What a scene may not say, a live session may not either."""
    with pytest.raises(Refused):
        allowed_change(SPRING, SpringSpec(duration=10, frame_interval=0.1), "stiffness", 1e9, "body.stiffness")

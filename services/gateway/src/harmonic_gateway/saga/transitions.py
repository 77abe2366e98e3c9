"""The transitions of a performance. Each takes the performance and what happened, and says what it becomes and sends.

A transition that does not apply (a late, repeated or foreign message) changes nothing: so every handler may run twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from harmonic_contracts import problems
from harmonic_contracts.base import MessageData
from harmonic_contracts.messages.gateway import PerformanceCompleted, PerformanceFailed, PerformanceStarted
from harmonic_contracts.messages.operation import OperationChanged
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import Problem
from harmonic_gateway.saga.state import Performance, Phase, Pin
from harmonic_gateway.saga.steps import FIRST, STEPS, Completed, Failed, after, step_id_of

SOUNDSCAPE_WAIT = timedelta(seconds=10)
STEP_SILENCE = timedelta(hours=1)
"""A running step that says nothing for so long is given up."""


@dataclass(frozen=True)
class Moment:
    """When a transition happens, and a new id for a step that it may begin."""

    now: datetime
    new_id: str


@dataclass(frozen=True)
class Transition:
    """What a performance becomes, and the messages that go out with it."""

    performance: Performance
    send: tuple[MessageData, ...] = ()
    changed: bool = True


def begin(performance: Performance, at: Moment) -> Transition:
    """A new performance: says that it started, and begins to simulate if its soundscape is already known."""
    started = PerformanceStarted(**_facts(performance))
    if performance.soundscape is None:
        return Transition(performance, (started,))
    begun = _begin_step(performance, FIRST, at)
    return Transition(begun.performance, (started, *begun.send))


def soundscape_found(performance: Performance, soundscape: Pin, at: Moment) -> Transition:
    """The default soundscape was made: pin it and go on."""
    if performance.phase is not Phase.PINNING:
        return _nothing(performance)
    return _begin_step(_with(performance, at, soundscape=soundscape), FIRST, at)


def step_completed(performance: Performance, event: Completed, at: Moment) -> Transition:
    """The running step has its result: keep it, and begin the next one or end well."""
    step = STEPS.get(performance.phase)
    if step is None or _running_id(performance) != step_id_of(event):
        return _nothing(performance)
    kept = _step_ended(performance, OperationState.SUCCEEDED, at, **step.remembers(event))
    following = after(step.phase)
    return _succeed(kept, at) if following is Phase.SUCCEEDED else _begin_step(kept, following, at)


def step_failed(performance: Performance, event: Failed, at: Moment) -> Transition:
    """The running step ended without result: so does the performance. The step's own operation tells more."""
    if performance.phase not in STEPS or _running_id(performance) != step_id_of(event):
        return _nothing(performance)
    state = OperationState.CANCELLED if event.cancelled else OperationState.FAILED
    ended = _step_ended(performance, state, at)
    problem = problems.JOB_FAILED.document(event.reason)
    return _end(ended, performance.phase, problem, cancelled=event.cancelled, at=at)


def step_moved(performance: Performance, change: OperationChanged, at: Moment) -> Transition:
    """The operation of a step entered a state: tell of it, and postpone the deadline.

    A performance that has ended takes back a step that still runs: the first order may have come before the job."""
    step = STEPS.get(_phase_of(performance, change.operation_id) or Phase.FAILED)
    if step is None:
        return _nothing(performance)
    if performance.phase.ended:
        orphaned = performance.phase is not Phase.SUCCEEDED and not change.state.final
        return Transition(performance, (step.taken_back_by(change.operation_id),) if orphaned else (), changed=False)
    if step.phase is not performance.phase or change.state.final:
        return _nothing(performance)  # the step's own event ends it
    moved = performance.step(step.phase).model_copy(update={"state": change.state, "progress": change.progress})
    return Transition(
        _with(performance, at, steps={**performance.steps, step.phase: moved}, deadline_at=at.now + STEP_SILENCE)
    )


def cancel(performance: Performance, at: Moment) -> Transition:
    """The user wants no more of it: it is cancelled at once, and its running step is taken back."""
    if performance.phase.ended:
        return _nothing(performance)
    return _give_up(performance, problems.CONFLICT.document("The performance was cancelled."), cancelled=True, at=at)


def expire(performance: Performance, at: Moment) -> Transition:
    """Its deadline has passed without news: it fails with the reason, and its running step is taken back."""
    if performance.phase.ended or at.now < performance.deadline_at:
        return _nothing(performance)
    return _give_up(performance, problems.TIMEOUT.document(_why_late(performance)), cancelled=False, at=at)


def _why_late(performance: Performance) -> str:
    if performance.phase is Phase.PINNING:
        return f"The universe had no soundscape after {SOUNDSCAPE_WAIT.seconds} s; is the audio service running?"
    step = STEPS[performance.phase]
    return f"Step {step.phase} was silent for {STEP_SILENCE}; is a worker of the {step.service} service running?"


def _begin_step(performance: Performance, phase: Phase, at: Moment) -> Transition:
    step = performance.step(phase).model_copy(update={"operation_id": at.new_id})
    begun = _with(
        performance,
        at,
        phase=phase,
        steps={**performance.steps, phase: step},
        step_began_at=at.now,
        deadline_at=at.now + STEP_SILENCE,
    )
    return Transition(begun, (STEPS[phase].sends(begun, at.new_id),))


def _step_ended(performance: Performance, state: OperationState, at: Moment, **kept: object) -> Performance:
    began = performance.step_began_at or at.now
    update: dict[str, Any] = {"state": state, "wall_seconds": round((at.now - began).total_seconds(), 6)}
    if state is OperationState.SUCCEEDED:
        update["progress"] = 1.0
    step = performance.step(performance.phase).model_copy(update=update)
    return _with(performance, at, steps={**performance.steps, performance.phase: step}, **kept)


def _succeed(performance: Performance, at: Moment) -> Transition:
    done = PerformanceCompleted(
        **_facts(performance),
        simulation_id=performance.steps[Phase.SIMULATE].operation_id or "",
        rendering_id=performance.steps[Phase.RENDER].operation_id or "",
        export_id=performance.steps[Phase.EXPORT].operation_id or "",
        files=performance.files,
    )
    return Transition(_with(performance, at, phase=Phase.SUCCEEDED), (done,))


def _give_up(performance: Performance, problem: Problem, *, cancelled: bool, at: Moment) -> Transition:
    phase, running = performance.phase, _running_id(performance)
    state = OperationState.CANCELLED if cancelled else OperationState.FAILED
    ended = _step_ended(performance, state, at) if running else performance
    finished = _end(ended, phase, problem, cancelled=cancelled, at=at)
    back = (STEPS[phase].taken_back_by(running),) if running else ()
    return Transition(finished.performance, (*back, *finished.send))


def _end(performance: Performance, phase: Phase, problem: Problem, *, cancelled: bool, at: Moment) -> Transition:
    reason = problem.detail or problem.title
    said = PerformanceFailed(**_facts(performance), step=phase, reason=reason, cancelled=cancelled)
    end = Phase.CANCELLED if cancelled else Phase.FAILED
    return Transition(_with(performance, at, phase=end, problem=problem, stopped_at=phase), (said,))


def _running_id(performance: Performance) -> str | None:
    return performance.step(performance.phase).operation_id if performance.phase in STEPS else None


def _phase_of(performance: Performance, step_id: str) -> Phase | None:
    return next((Phase(name) for name, step in performance.steps.items() if step.operation_id == step_id), None)


def _facts(performance: Performance) -> dict[str, Any]:
    return {
        "performance_id": performance.performance_id,
        "organization_id": performance.organization_id,
        "universe_id": performance.universe.id,
    }


def _with(performance: Performance, at: Moment, **update: object) -> Performance:
    return performance.model_copy(update={**update, "updated_at": at.now})


def _nothing(performance: Performance) -> Transition:
    return Transition(performance, changed=False)

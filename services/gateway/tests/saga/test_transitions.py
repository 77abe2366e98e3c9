"""The saga as a pure machine: what each happening makes of a performance, and that none counts twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harmonic_contracts.messages.audio import Render
from harmonic_contracts.messages.export import Package
from harmonic_contracts.messages.gateway import PerformanceCompleted, PerformanceFailed, PerformanceStarted
from harmonic_contracts.messages.operation import CANCEL_OPERATION, OPERATION_CHANGED
from harmonic_contracts.messages.physics import Simulate, SimulationFailed
from harmonic_contracts.operations import OperationState
from harmonic_gateway.saga import transitions as saga
from harmonic_gateway.saga.state import Performance, Phase, Pin
from harmonic_gateway.saga.transitions import Moment, Transition
from harmonic_gateway.saga.view import operation_of
from harmonic_gateway.testing import samples
from harmonic_gateway.testing.samples import ORGANIZATION, SOUNDSCAPE, UNIVERSE

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SOUND = Pin(id=SOUNDSCAPE, revision=3)


def at(seconds: float, step: int = 0) -> Moment:
    return Moment(BEGAN + timedelta(seconds=seconds), f"01900000-0000-7000-8000-00000000000{step}")


def new(soundscape: Pin | None = SOUND) -> Performance:
    return Performance(
        performance_id="01900000-0000-7000-8000-0000000000ff",
        organization_id=ORGANIZATION,
        actor_id="someone",
        correlation_id="01900000-0000-7000-8000-0000000000fe",
        universe=Pin(id=UNIVERSE, revision=2),
        soundscape=soundscape,
        deadline_at=BEGAN + saga.SOUNDSCAPE_WAIT,
        created_at=BEGAN,
        updated_at=BEGAN,
    )


def begun() -> Performance:
    return saga.begin(new(), at(0, 1)).performance


def moved(performance: Performance, step_id: str, state: OperationState, progress: float = 0.0) -> Transition:
    change = OPERATION_CHANGED["physics"](
        operation_id=step_id, kind="physics.simulate", organization_id=ORGANIZATION, state=state, progress=progress
    )
    return saga.step_moved(performance, change, at(5))


def kinds(transition: Transition) -> list[type[Any]]:
    return [type(data) for data in transition.send]


def test_the_way_to_the_end_is_three_commands_and_two_events() -> None:
    """Started and simulate, then render, then package, then completed; each step has its wall time."""
    first = saga.begin(new(), at(0, 1))
    assert kinds(first) == [PerformanceStarted, Simulate]
    second = saga.step_completed(first.performance, samples.simulated(at(0, 1).new_id), at(2, 2))
    assert kinds(second) == [Render]
    rendered = samples.rendered(at(0, 2).new_id, at(0, 1).new_id)
    third = saga.step_completed(second.performance, rendered, at(5, 3))
    assert kinds(third) == [Package]
    last = saga.step_completed(third.performance, samples.exported(at(0, 3).new_id), at(9, 4))
    assert kinds(last) == [PerformanceCompleted]
    operation = operation_of(last.performance)
    assert operation.state is OperationState.SUCCEEDED
    assert [step.wall_seconds for step in operation.steps] == [2.0, 3.0, 4.0]


def test_the_soundscape_is_pinned_once() -> None:
    """The first one found sets the performance going; a second changes nothing."""
    waiting = saga.begin(new(soundscape=None), at(0))
    assert kinds(waiting) == [PerformanceStarted]
    going = saga.soundscape_found(waiting.performance, SOUND, at(1, 1))
    assert kinds(going) == [Simulate]
    again = saga.soundscape_found(going.performance, Pin(id=UNIVERSE, revision=9), at(2, 2))
    assert (again.changed, again.send) == (False, ())


@pytest.mark.parametrize("strange", ["repeated", "foreign"])
def test_a_late_or_foreign_completion_changes_nothing(strange: str) -> None:
    """Only the running step's own event moves a performance on."""
    simulated = samples.simulated(at(0, 1).new_id)
    rendering = saga.step_completed(begun(), simulated, at(2, 2)).performance
    event = simulated if strange == "repeated" else samples.simulated(at(0, 9).new_id)
    after = saga.step_completed(rendering, event, at(3, 3))
    assert (after.changed, after.performance) == (False, rendering)


def test_a_failed_step_ends_it_with_the_reason() -> None:
    """Failed, or cancelled when the step was cancelled from elsewhere."""
    for cancelled, phase in ((False, Phase.FAILED), (True, Phase.CANCELLED)):
        event = SimulationFailed(
            simulation_id=at(0, 1).new_id,
            universe_id=UNIVERSE,
            organization_id=ORGANIZATION,
            reason="they met",
            cancelled=cancelled,
        )
        ended = saga.step_failed(begun(), event, at(1))
        assert ended.performance.phase is phase
        (said,) = ended.send
        assert isinstance(said, PerformanceFailed)
        assert (said.step, said.reason, said.cancelled) == ("simulate", "they met", cancelled)


def test_cancelling_takes_the_running_step_back() -> None:
    """The command goes to the step's service; a waiting performance has nothing to take back."""
    assert kinds(saga.cancel(begun(), at(1))) == [CANCEL_OPERATION["physics"], PerformanceFailed]
    assert kinds(saga.cancel(new(soundscape=None), at(1))) == [PerformanceFailed]
    ended = saga.cancel(begun(), at(1)).performance
    assert not saga.cancel(ended, at(2)).changed


def test_an_orphaned_step_is_taken_back_when_it_shows() -> None:
    """A cancel that overtook its command is repeated as soon as the job appears."""
    ended = saga.cancel(begun(), at(1)).performance
    shown = moved(ended, at(0, 1).new_id, OperationState.RUNNING)
    assert kinds(shown) == [CANCEL_OPERATION["physics"]]
    assert not shown.changed
    assert moved(ended, at(0, 1).new_id, OperationState.CANCELLED).send == ()


def test_a_moving_step_is_told_and_postpones_the_deadline() -> None:
    """Its state and progress show in the operation; the performance is given up only after silence."""
    performance = begun()
    after = moved(performance, at(0, 1).new_id, OperationState.RUNNING, 0.3).performance
    assert operation_of(after).progress == 0.1
    assert after.deadline_at == at(5).now + saga.STEP_SILENCE
    assert not saga.expire(after, Moment(performance.deadline_at, "x")).changed


@pytest.mark.parametrize(
    ("performance", "words"),
    [(new(soundscape=None), "no soundscape after 10 s"), (begun(), "Step simulate was silent")],
)
def test_what_is_overdue_fails_with_the_reason(performance: Performance, words: str) -> None:
    """Before its deadline nothing happens; after it the problem says what was waited for."""
    assert not saga.expire(performance, Moment(performance.deadline_at - timedelta(seconds=1), "x")).changed
    ended = saga.expire(performance, Moment(performance.deadline_at, "x"))
    assert ended.performance.phase is Phase.FAILED
    problem = ended.performance.problem
    assert problem is not None
    assert problem.status == 504
    assert words in (problem.detail or "")


def test_a_performance_survives_its_row() -> None:
    """What is written is what is read, in every phase."""
    for performance in (new(soundscape=None), begun(), saga.cancel(begun(), at(1)).performance):
        assert Performance.model_validate(performance.model_dump(mode="json")) == performance

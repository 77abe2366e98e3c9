"""Watching an operation over broken connections."""

import pytest

from harmonic_client import Harmonic, errors, files_of
from harmonic_client.resources.operations import Operations
from harmonic_client.retries import RetryPolicy
from harmonic_client.testing import Stage, id_of, operation

QUICK = RetryPolicy(attempts=4, base_s=0.001, cap_s=0.01)
PROGRESS = {"operation_id": id_of(7), "progress": 0.4, "step": "simulate", "step_progress": 0.7}


def _script(stage: Stage, last: str = "succeeded", **more: object) -> None:
    stage.events[id_of(7)] = [
        (1, "operation", operation(7, "queued")),
        (2, "operation", operation(7, "running", 0.1)),
        (None, "progress", PROGRESS),
        (3, "operation", operation(7, "running", 0.5)),
        (4, "operation", operation(7, last, 1.0, **more)),
    ]


async def test_every_state_is_seen_once_in_order(stage: Stage, harmonic: Harmonic) -> None:
    """Numbered events and the hints between them; it ends with the final state."""
    _script(stage)
    seen = [each async for each in harmonic.operations.watch(id_of(7))]
    assert [(each.state.value, each.progress) for each in seen] == [
        ("queued", 0.0), ("running", 0.1), ("running", 0.4), ("running", 0.5), ("succeeded", 1.0)
    ]  # fmt: skip
    assert seen[2].steps[0].progress == 0.7


async def test_a_break_loses_and_repeats_nothing(stage: Stage, harmonic: Harmonic) -> None:
    """The stream breaks in the middle of an event, twice; it is resumed after the last whole one."""
    _script(stage)
    stage.events[id_of(7)] = [each for each in stage.events[id_of(7)] if each[0] is not None]
    stage.break_after = [1, 2]
    operations = Operations(harmonic.session, QUICK)
    seen = [each.progress async for each in operations.watch(id_of(7))]
    assert seen == [0.0, 0.1, 0.5, 1.0]
    asked = [headers.get("Last-Event-ID") for headers in stage.requests("GET", f"/v1/operations/{id_of(7)}/events")]
    assert asked == [None, "1", "3"]


async def test_a_token_that_ends_while_watching_is_no_break(stage: Stage, harmonic: Harmonic) -> None:
    """A reconnection with a refused token gets another one."""
    _script(stage)
    stage.break_after = [1]
    operations = Operations(harmonic.session, QUICK)
    async for _ in operations.watch(id_of(7)):
        stage.access = "another" if stage.refreshes < 2 else stage.access
    assert len(stage.requests("POST", "/v1/auth/refresh")) == 1


async def test_what_never_holds_is_given_up(stage: Stage, harmonic: Harmonic) -> None:
    """A stream that breaks without any event, again and again, is told."""
    _script(stage)
    stage.break_after = [0] * 20
    with pytest.raises(errors.Unreachable, match="goes on"):
        async for _ in Operations(harmonic.session, QUICK).watch(id_of(7)):
            pass


async def test_success_gives_the_files(stage: Stage, harmonic: Harmonic) -> None:
    """Waiting gives the operation with its files, whatever else a newer platform says of them."""
    file = stage.add_blob(b"RIFF")
    _script(stage, result={"files": [{**file, "newer": 1}]})
    ended = await harmonic.operations.wait(id_of(7))
    assert [each.name for each in files_of(ended)] == ["sound.wav"]


@pytest.mark.parametrize("last", ["failed", "cancelled"])
async def test_another_end_is_an_exception(stage: Stage, harmonic: Harmonic, last: str) -> None:
    """It carries the operation and says why."""
    problem = {"type": "x", "title": "The work could not be done", "status": 500, "detail": "escaped", "newer": 1}
    _script(stage, last, problem=problem if last == "failed" else None)
    with pytest.raises(errors.OperationFailed, match="escaped" if last == "failed" else "cancelled") as ended:
        await harmonic.operations.wait(id_of(7))
    assert ended.value.operation.state.value == last


async def test_an_unknown_operation_is_not_found(harmonic: Harmonic) -> None:
    """No waiting for what is not there."""
    with pytest.raises(errors.NotFound):
        await harmonic.operations.wait(id_of(8))


async def test_leaving_early_lets_go_of_the_connection(stage: Stage, harmonic: Harmonic) -> None:
    """Who stops watching leaves no stream behind, and can watch again."""
    _script(stage)
    async for _ in harmonic.operations.watch(id_of(7)):
        break
    assert len([each async for each in harmonic.operations.watch(id_of(7))]) == 5

"""Requests: retries where they are safe, and problems as exceptions."""

import socket

import pytest

from harmonic_client import Harmonic, errors
from harmonic_client.credentials import MemoryStore
from harmonic_client.retries import RetryPolicy, repeatable
from harmonic_client.testing import Stage
from harmonic_contracts import problems


async def test_a_write_is_repeated_under_one_key_and_done_once(stage: Stage, harmonic: Harmonic) -> None:
    """Two failures, then the answer: three requests, one Idempotency-Key, one universe."""
    stage.refusals["/v1/universes"] = [503, 502]
    made = await harmonic.universes.create(preset="trappist-1")
    assert made.name == "TRAPPIST-1"
    keys = [headers["Idempotency-Key"] for headers in stage.requests("POST", "/v1/universes")]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert len(stage.universes) == 1


async def test_two_writes_have_two_keys(stage: Stage, harmonic: Harmonic) -> None:
    """The same call again is another universe."""
    first = await harmonic.universes.create(preset="trappist-1")
    second = await harmonic.universes.create(preset="trappist-1")
    assert first.universe_id != second.universe_id


async def test_a_sign_in_is_not_repeated(stage: Stage, harmonic: Harmonic) -> None:
    """What carries no key is sent once: a failure is told at once."""
    stage.refusals["/v1/auth/login"] = [503, 503]
    with pytest.raises(errors.ServerFault):
        await harmonic.auth.login("ada@example.org", "x")
    assert len(stage.requests("POST", "/v1/auth/login")) == 2  # the fixture's, and the one refused


async def test_the_last_failure_is_told(stage: Stage, harmonic: Harmonic) -> None:
    """A service that stays down is an error after the last try."""
    stage.refusals["/v1/me"] = [503] * 10
    with pytest.raises(errors.ServerFault):
        await harmonic.auth.me()
    assert len(stage.requests("GET", "/v1/me")) == 4


async def test_nobody_there_is_unreachable() -> None:
    """A closed port is told in words that say what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with Harmonic(url, store=MemoryStore(), policy=RetryPolicy(attempts=2, base_s=0.001)) as client:
        with pytest.raises(errors.Unreachable, match="harmonic serve"):
            await client.auth.login("ada@example.org", "x")


async def test_a_refused_field_is_named(harmonic: Harmonic) -> None:
    """The exception carries the problem document, and its words name field, reason and what is allowed."""
    with pytest.raises(errors.Invalid) as refused:
        await harmonic.universes.create(preset="nonsense")
    assert refused.value.problem.errors[0].field == "body.preset"
    assert "body.preset: is not known (allowed: trappist-1, billiard)" in str(refused.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, errors.Malformed), (401, errors.NotSignedIn), (403, errors.Forbidden), (404, errors.NotFound),
     (409, errors.Conflict), (412, errors.Stale), (422, errors.Invalid), (428, errors.Stale), (418, errors.ApiError),
     (429, errors.RateLimited), (500, errors.ServerFault), (503, errors.ServerFault)],
)  # fmt: skip
def test_every_status_has_its_exception(status: int, kind: type[errors.ApiError]) -> None:
    """Callers catch what they can do something about."""
    problem = problems.INTERNAL.document().model_copy(update={"status": status})
    assert type(errors.error_of(problem)) is kind


def test_how_long_to_wait() -> None:
    """Doubling with full jitter up to the cap; the server's word wins, unless it asks for more than is bearable."""
    policy = RetryPolicy(attempts=6, base_s=1.0, cap_s=5.0)
    assert [policy.wait(n, None, jitter=1.0) for n in range(1, 7)] == [1.0, 2.0, 4.0, 5.0, 5.0, None]
    assert policy.wait(2, None, jitter=0.0) == 0.0
    assert policy.wait(1, 7.0) == 7.0
    assert policy.wait(1, 3600.0) is None
    assert repeatable("GET", None)
    assert not repeatable("POST", None)
    assert repeatable("POST", "key")

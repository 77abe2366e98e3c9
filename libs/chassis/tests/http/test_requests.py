"""Around every request: ids, trace, security headers, limits, health and metrics."""

from collections.abc import AsyncIterator

import pytest

from harmonic_chassis.http.requests import child_traceparent
from harmonic_chassis.testing.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_keeps_a_given_request_id_and_refuses_a_wild_one(house: House) -> None:
    """A sane X-Request-Id comes back; anything else is replaced."""
    kept = await house.client.get("/livez", headers={"X-Request-Id": "abc-123"})
    made = await house.client.get("/livez", headers={"X-Request-Id": "a b<script>" * 20})
    assert kept.headers["x-request-id"] == "abc-123"
    assert len(made.headers["x-request-id"]) == 36


async def test_continues_the_callers_trace() -> None:
    """The trace id and flags stay, the span id is this hop's; nonsense starts a new trace."""
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    child = child_traceparent(parent)
    assert child[:36] == parent[:36] and child[52:] == parent[52:] and child[36:52] != parent[36:52]
    for nonsense in (None, "", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "ff-x"):
        assert len(child_traceparent(nonsense)) == 55


async def test_the_trace_reaches_the_outbox_and_the_job(house: House) -> None:
    """A message and a job carry the trace of the request that caused them."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = house.auth() | {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    await house.client.post("/v1/notes", json={"text": "traced"}, headers=headers)
    await house.drain()
    page = await house.client.get("/internal/events?limit=500", headers=house.service_auth())
    traces = [event["traceparent"] for event in page.json()["events"] if event.get("traceparent")]
    types = [event["type"] for event in page.json()["events"] if trace in event.get("traceparent", "")]
    assert any(trace in each for each in traces)
    assert {"physics.universe.created.v1", "physics.operation.changed.v1"} <= set(types)


async def test_every_response_has_security_headers(house: House) -> None:
    """Errors and successes alike forbid sniffing, framing and storing."""
    for path in ("/livez", "/nowhere", "/v1/notes"):
        headers = (await house.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


async def test_a_body_too_large_is_refused_by_its_declared_length(house: House) -> None:
    """A body of 100 MiB is refused before a byte of it is read."""

    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = house.auth() | {"content-type": "application/json", "content-length": str(100 << 20)}
    answer = await house.client.post("/v1/notes", content=never(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("/too-large")


async def test_a_body_too_large_is_refused_while_it_streams(house: House) -> None:
    """Without a declared length reading ends just past the limit."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1 << 16
            yield b" " * (1 << 16)

    headers = house.auth() | {"content-type": "application/json"}
    answer = await house.client.post("/v1/notes", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent <= (1 << 20) + (2 << 16)


async def test_ready_says_when_it_is_not(house: House) -> None:
    """Readiness follows the service and its database; liveness does not."""
    assert (await house.client.get("/readyz")).json()["status"] == "ready"
    house.chassis.ready = False
    try:
        assert (await house.client.get("/readyz")).status_code == 503
        assert (await house.client.get("/livez")).status_code == 200
    finally:
        house.chassis.ready = True


async def test_metrics_count_requests_by_route_and_queues(house: House) -> None:
    """Requests are counted by template, never by path; depths of queues and jobs are shown."""
    await house.client.get("/v1/notes/none-such", headers=house.auth())
    text = (await house.client.get("/metrics")).text
    assert 'harmonic_http_requests_total{method="GET",route="/v1/notes/{note_id}",status="404"}' in text
    assert "none-such" not in text
    for name in ("harmonic_outbox_depth", "harmonic_inbox_depth", "harmonic_dead_letters 0.0"):
        assert name in text
    for stage in ("outbox", "inbox", "job"):
        assert f'harmonic_oldest_seconds{{stage="{stage}"}} 0.0' in text
    for name in ("harmonic_inbox_retrying 0.0", "harmonic_relay_batch_size_bucket", "harmonic_handler_attempts"):
        assert name in text


@pytest.mark.parametrize("path", ["/v1/notes/a%00b", "/v1/notes?cursor=%00"])
async def test_a_url_with_nul_is_refused_before_any_database(house: House, path: str) -> None:
    """PostgreSQL cannot hold NUL: 400 with the reason, on either database."""
    answer = await house.client.get(path, headers=house.auth())
    assert answer.status_code == 400
    assert "NUL" in answer.json()["detail"]

"""A write and the reply under its Idempotency-Key are one transaction: a retry changes nothing."""

import asyncio
import time

import pytest
from sqlalchemy import func, select

from harmonic_chassis.http import write as writes
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House
from harmonic_chassis.testing.sample.store import Note

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def notes(house: House, text: str) -> int:
    async with house.chassis.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(Note).where(Note.text == text)) or 0


async def test_replays_the_stored_reply(house: House) -> None:
    """The same key and body give the same reply, marked as replayed, and one change."""
    headers = house.auth() | {"Idempotency-Key": new_id()}
    first = await house.client.post("/v1/notes", json={"text": "once"}, headers=headers)
    again = await house.client.post("/v1/notes", json={"text": "once"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    for name in ("location", "etag", "content-type"):
        assert first.headers[name] == again.headers[name]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await notes(house, "once") == 1


async def test_refuses_a_key_with_another_body(house: House) -> None:
    """A key belongs to one request: another body is 422 and changes nothing."""
    headers = house.auth() | {"Idempotency-Key": new_id()}
    await house.client.post("/v1/notes", json={"text": "mine"}, headers=headers)
    other = await house.client.post("/v1/notes", json={"text": "other"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["type"].endswith("/idempotency-key-reused")
    assert await notes(house, "other") == 0


async def test_keys_of_callers_are_apart(house: House) -> None:
    """Another caller's request with the same key is a request of its own."""
    key = {"Idempotency-Key": new_id()}
    for user_id in (new_id(), new_id()):
        answer = await house.client.post("/v1/notes", json={"text": "apart"}, headers=house.auth(user_id=user_id) | key)
        assert answer.status_code == 201 and "idempotency-replayed" not in answer.headers
    assert await notes(house, "apart") == 2


async def test_a_refused_write_leaves_the_key_free(house: House) -> None:
    """What was refused is not stored: the corrected request may use the key."""
    headers = house.auth() | {"Idempotency-Key": new_id()}
    refused = await house.client.post("/v1/notes", json={"text": "x", "project_id": new_id()}, headers=headers)
    accepted = await house.client.post("/v1/notes", json={"text": "x"}, headers=headers)
    assert (refused.status_code, accepted.status_code) == (404, 201)


async def test_concurrent_duplicates_change_once(house: House) -> None:
    """Duplicates at the same moment wait for the first and get its reply."""
    headers = house.auth() | {"Idempotency-Key": new_id()}
    calls = [house.client.post("/v1/notes", json={"text": "burst"}, headers=headers) for _ in range(8)]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await notes(house, "burst") == 1


async def test_a_duplicate_does_not_wait_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first is at work for long, a duplicate is told to come back."""
    monkeypatch.setattr(writes, "WAIT_S", 0.05)
    key = new_id()
    async with house.chassis.key_gate.hold(house.user_id, key):
        answer = await house.client.post(
            "/v1/notes", json={"text": "slow"}, headers=house.auth() | {"Idempotency-Key": key}
        )
    assert answer.status_code == 409 and answer.headers["retry-after"]


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
async def test_refuses_unusable_keys(house: House, key: str) -> None:
    """A key is 1 to 200 printable characters."""
    answer = await house.client.post("/v1/notes", json={"text": "k"}, headers=house.auth() | {"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "header.Idempotency-Key"


async def test_a_duplicate_waits_five_seconds_and_is_told_when_to_come_back(house: House) -> None:
    """A duplicate of a request at work waits up to five seconds for its answer; then 409 with Retry-After."""
    key, began = new_id(), time.monotonic()
    async with house.chassis.key_gate.hold(house.user_id, key):
        answer = await house.client.post(
            "/v1/notes", json={"text": "slow"}, headers=house.auth() | {"Idempotency-Key": key}
        )
    assert 5.0 <= time.monotonic() - began < 8.0
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (409, True)

"""Dead letters through the gateway: who sees which, how much of the reason, and replay by one call."""

from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import insert, select

from harmonic_chassis.ids import new_id
from harmonic_chassis.tables.event_path import inbox
from harmonic_chassis.testing.house import House
from harmonic_contracts.roles import Role

DEAD = "/v1/admin/dead-letters"
REPLAY = "/v1/admin/dead-letters/replay"
TRACEBACK = 'Traceback (most recent call last):\n  File "/srv/handlers.py", line 7, in handle\nValueError: poison\n'


async def _plant(house: House, organization_id: str | None, **data: Any) -> str:
    """A dead letter in the gateway's own inbox; its id."""
    message_id, now = new_id(), house.chassis.clock.now()
    envelope = {
        "id": message_id, "source": "physics", "type": "physics.simulation.failed.v1", "subject": "simulation/x",
        "sequence": 1, "number": int(message_id[-6:], 16), "time": now.isoformat(), "specversion": "1.0",
        "correlationid": new_id(), "data": {"simulation_id": new_id(), **data}, "organizationid": organization_id,
    }  # fmt: skip
    row = {name: envelope[name] for name in ("id", "source", "type", "subject", "sequence", "number")}
    more = {"state": "dead", "remote": 0, "attempts": 8, "due_at": now, "received_at": now, "failed_at": now}
    async with house.chassis.db.transaction() as uow:
        values = {**row, **more, "consumer": "gateway", "error": TRACEBACK, "envelope": orjson.dumps(envelope).decode()}
        await uow.session.execute(insert(inbox).values(values))
    return message_id


async def _seen(house: House, client: httpx2.AsyncClient, **headers: str) -> dict[str, dict[str, Any]]:
    answer = await client.get(DEAD, headers={**house.auth(), **headers})
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["items"]}


async def test_an_organization_sees_its_own_dead_letters_without_the_platforms_inside(
    house: House, outside: httpx2.AsyncClient
) -> None:
    """Its own and no other's, also where another's data names it; of the traceback the last line alone."""
    own, foreign = await _plant(house, house.organization_id), await _plant(house, new_id())
    disguised = await _plant(house, new_id(), organizationid=house.organization_id)
    found = await _seen(house, outside)
    assert set(found) == {own}
    assert not {foreign, disguised} & set(found)
    assert found[own]["error"] == "ValueError: poison"


async def test_an_operator_sees_all_with_their_tracebacks(house: House, outside: httpx2.AsyncClient) -> None:
    """With the operator's secret every organization's, whole; a wrong secret is 403, even for an owner."""
    planted = {await _plant(house, house.organization_id), await _plant(house, new_id())}
    found = await _seen(house, outside, **{"Harmonic-Operator": "operator " * 4})
    assert set(found) >= planted
    assert all(found[each]["error"] == TRACEBACK for each in planted)
    wrong = await outside.get(DEAD, headers={**house.auth(), "Harmonic-Operator": "x" * 36})
    assert wrong.status_code == 403


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
async def test_who_does_not_govern_is_refused(house: House, outside: httpx2.AsyncClient, role: Role) -> None:
    """Viewers and editors of the organization neither see nor replay."""
    message_id = await _plant(house, house.organization_id)
    order = {"service": "gateway", "message_id": message_id}
    who = house.auth(user_id=new_id(), role=role)
    assert (await outside.get(DEAD, headers=who)).status_code == 403
    assert (await outside.post(REPLAY, json=order, headers=who)).status_code == 403
    assert await _state(house, message_id) == "dead"


async def test_one_call_replays_a_dead_letter_of_ones_own(house: House, outside: httpx2.AsyncClient) -> None:
    """Replayed, it has all its attempts again; another organization's is 404 and stays dead."""
    own, foreign = await _plant(house, house.organization_id), await _plant(house, new_id())
    order = {"service": "gateway", "message_id": foreign}
    assert (await outside.post(REPLAY, json=order, headers=house.auth())).status_code == 404
    assert await _state(house, foreign) == "dead"
    answer = await outside.post(REPLAY, json={**order, "message_id": own}, headers=house.auth())
    assert answer.status_code == 202
    assert (answer.json()["service"], answer.json()["message_id"]) == ("gateway", own)
    async with house.chassis.db.reading() as session:
        errors = (await session.scalars(select(inbox.c.error).where(inbox.c.id == own))).all()
    assert TRACEBACK not in errors, "it was tried anew"


async def test_services_that_do_not_answer_are_named(house: House, outside: httpx2.AsyncClient) -> None:
    """What is missing from a list is said, not left out in silence."""
    answer = await outside.get(DEAD, headers=house.auth())
    assert {"ai", "export"} <= set(answer.json()["silent"])


async def _state(house: House, message_id: str) -> str | None:
    async with house.chassis.db.reading() as session:
        found: str | None = await session.scalar(select(inbox.c.state).where(inbox.c.id == message_id))
    return found

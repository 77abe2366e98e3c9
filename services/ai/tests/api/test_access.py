"""Promises of the ai service's edge: who may see and change what, and that erasing erases."""

from typing import Any

import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House
from harmonic_contracts.messages.organization import UserErased
from harmonic_contracts.messages.physics import UniverseDeleted
from harmonic_contracts.roles import Role, Visibility

ASK = {"goal": "calmer", "scope": "any"}


async def test_suggestion_without_token_is_401(house: House) -> None:
    """Nobody asks without signing in."""
    answer = await house.client.post("/v1/suggestions", json={**ASK, "universe_id": new_id()})
    assert answer.status_code == 401


async def test_universe_of_another_organization_is_404(house: House, new_universe: Any) -> None:
    """What you may not see is not there."""
    universe_id = await new_universe()
    foreign = house.auth(user_id=new_id(), organization_id=new_id())
    asked = await house.client.post("/v1/suggestions", json={**ASK, "universe_id": universe_id}, headers=foreign)
    listed = await house.client.get(f"/v1/descriptors?universe_id={universe_id}", headers=foreign)
    assert (asked.status_code, listed.status_code) == (404, 404)


async def test_viewer_reads_but_does_not_ask(house: House, new_universe: Any) -> None:
    """A viewer sees the lists and is refused a suggestion by role."""
    universe_id = await new_universe()
    viewer = house.auth(role=Role.VIEWER)
    listed = await house.client.get(f"/v1/suggestions?universe_id={universe_id}", headers=viewer)
    asked = await house.client.post("/v1/suggestions", json={**ASK, "universe_id": universe_id}, headers=viewer)
    assert (listed.status_code, asked.status_code) == (200, 403)


async def test_private_universe_is_for_its_maker_and_who_governs(house: House, new_universe: Any) -> None:
    """Of a private universe other members see nothing; its maker sees it also as a viewer."""
    universe_id = await new_universe(Visibility.PRIVATE)
    path = f"/v1/descriptors?universe_id={universe_id}"
    answers = [
        (await house.client.get(path, headers=house.auth(user_id=user_id, role=role))).status_code
        for user_id, role in ((new_id(), Role.EDITOR), (new_id(), Role.ADMIN), (house.user_id, Role.VIEWER))
    ]
    assert answers == [404, 200, 200]


async def test_public_universe_is_read_by_all_and_changed_by_its_own(house: House, new_universe: Any) -> None:
    """Public means readable, never writable."""
    universe_id = await new_universe(Visibility.PUBLIC)
    foreign = house.auth(user_id=new_id(), organization_id=new_id())
    listed = await house.client.get(f"/v1/descriptors?universe_id={universe_id}", headers=foreign)
    asked = await house.client.post("/v1/suggestions", json={**ASK, "universe_id": universe_id}, headers=foreign)
    assert (listed.status_code, asked.status_code) == (200, 403)


@pytest.mark.parametrize("body", [{"goal": "louder"}, {"goal": "calmer", "universe_id": "x"}, {"extra": 1}])
async def test_malformed_request_names_the_field(house: House, body: dict[str, Any]) -> None:
    """A wrong goal, a wrong id and an unknown field are each refused by name."""
    answer = await house.client.post(
        "/v1/suggestions", json={"universe_id": new_id(), **ASK, **body}, headers=house.auth()
    )
    assert answer.status_code == 422
    assert any(name in error["field"] for error in answer.json()["errors"] for name in body)


async def test_deleted_universe_takes_its_suggestions_along(house: House, new_universe: Any) -> None:
    """After the event of deletion nothing of the universe is left."""
    universe_id = await new_universe()
    gone = UniverseDeleted(universe_id=universe_id, organization_id=house.organization_id)
    await house.deliver(gone)
    await house.drain()
    listed = await house.client.get(f"/v1/suggestions?universe_id={universe_id}", headers=house.auth())
    assert listed.status_code == 404


async def test_erased_user_takes_the_organization_along(house: House, new_universe: Any) -> None:
    """An erased account's universes are not known any more."""
    universe_id = await new_universe(Visibility.PUBLIC)
    await house.deliver(UserErased(user_id=house.user_id, organization_ids=[house.organization_id]))
    await house.drain()
    listed = await house.client.get(f"/v1/descriptors?universe_id={universe_id}", headers=house.auth())
    assert listed.status_code == 404

"""The event path as people see it: a message's life across services, the newest messages, and who may look."""

import json
import subprocess
import sys
from typing import Any

import pytest
from tests.journeys.conftest import OPERATOR_SECRET

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import eventually
from harmonic_client.errors import NotFound
from harmonic_standalone.testing import SHORT, SMALL, Platform, Player, signed_up

ADMIN = ("/v1/admin/messages", f"/v1/admin/life?message_id={new_id()}", "/v1/admin/dead-letters")
REPLAY = "/v1/admin/dead-letters/replay"


async def _said(player: Player, type_: str) -> str:
    """The id of the newest message of a type."""

    async def find() -> str | None:
        items = (await player.harmonic.events.recent(limit=200)).items
        return next((each.id for each in reversed(items) if each.type == type_), None)

    found = await eventually(find, 30.0)
    assert found is not None
    return found


async def test_a_message_is_explained_from_its_outbox_to_what_it_caused(platform: Platform) -> None:
    """For a new universe's event: its producer, number and place; each service that handles it, handled; and the
    default soundscape that audio's handler said because of it, with times in order."""
    async with signed_up(platform.url) as player:
        universe = await player.universe(SMALL)
        await player.soundscape(universe.universe_id)
        message_id = await _said(player, "physics.universe.created.v1")

        async def handled() -> Any:
            life = await player.harmonic.events.explain(message_id)
            return life if {each.state for part in life.services for each in part.taken} == {"handled"} else None

        life = await eventually(handled, 30.0)
        assert life is not None
        assert (life.message.service, life.message.state, life.silent) == ("physics", "delivered", [])
        assert life.message.subject == f"universe/{universe.universe_id}"
        consumers = {each.service for part in life.services for each in part.taken}
        assert {"audio", "ai", "export", "gateway"} <= consumers
        caused = [each for part in life.services for each in part.caused]
        assert [(each.service, each.type) for each in caused] == [("audio", "audio.soundscape.created.v1")]
        assert caused[0].written_at > life.message.written_at
        assert caused[0].trace_id == life.message.trace_id


async def test_a_job_belongs_to_the_life_of_the_command_that_ordered_it(platform: Platform) -> None:
    """The command to simulate is explained with the job that it started, from its making to its end."""
    async with signed_up(platform.url) as player:
        universe = await player.universe(SMALL, SHORT)
        await player.perform(universe.universe_id)
        life = await player.harmonic.events.explain(await _said(player, "physics.simulate.v1"))
        jobs = [each for part in life.services for each in part.jobs]
        assert [(each.service, each.state) for each in jobs] == [("physics", "succeeded")]
        assert jobs[0].started_at is not None
        assert jobs[0].ended_at is not None
        assert life.message.written_at <= jobs[0].created_at <= jobs[0].started_at <= jobs[0].ended_at


async def test_only_those_who_govern_see_the_events_of_an_organization(platform: Platform) -> None:
    """A stranger finds nothing (404), a viewer and an editor are refused (403), an admin sees; nobody sees another
    organization's message by its id."""
    async with signed_up(platform.url) as owner, signed_up(platform.url) as other:
        home = (await owner.ask("POST", "/v1/organizations", json={"name": "shared"})).json()["organization_id"]
        order = {"service": "audio", "message_id": new_id()}
        member = f"/v1/organizations/{home}/members/{other.who.user_id}"
        for role, expected in ((None, 404), ("viewer", 403), ("editor", 403)):
            if role is not None:
                assert (await owner.ask("PUT", member, json={"role": role})).status in (200, 201)
                await eventually(lambda: _is(other, home, 403), 30.0)
            for path in ADMIN:
                join = "&" if "?" in path else "?"
                assert (await other.ask("GET", f"{path}{join}organization_id={home}")).status == expected, (role, path)
            assert (await other.ask("POST", f"{REPLAY}?organization_id={home}", json=order)).status == expected
        assert (await owner.ask("PUT", member, json={"role": "admin"})).status in (200, 201)
        await eventually(lambda: _is(other, home, 200), 30.0)
        universe = await owner.universe(SMALL)
        await owner.soundscape(universe.universe_id)
        private = await _said(owner, "physics.universe.created.v1")
        with pytest.raises(NotFound):
            await other.harmonic.events.explain(private)
        with pytest.raises(NotFound):
            await other.harmonic.events.of(home).explain(private)


async def _is(player: Player, organization_id: str, status: int) -> bool:
    return (await player.ask("GET", f"/v1/admin/messages?organization_id={organization_id}")).status == status


async def test_an_operator_sees_all_and_a_wrong_secret_nothing(platform: Platform) -> None:
    """With the operator's secret somebody who is signed in explains any organization's message; a wrong one is 403,
    and the right one without a sign-in is 401."""
    async with signed_up(platform.url) as owner, signed_up(platform.url) as operator:
        await owner.universe(SMALL)
        message_id = await _said(owner, "physics.universe.created.v1")
        events = operator.harmonic.events.of(operator=OPERATOR_SECRET)
        assert (await events.explain(message_id)).message.organization_id == owner.who.organization_id
        for secret in ("wrong", OPERATOR_SECRET[:-1], OPERATOR_SECRET + "x"):
            answer = await operator.ask("GET", ADMIN[0], headers={"Harmonic-Operator": secret})
            assert answer.status == 403
        unsigned = await operator.ask("GET", ADMIN[0], headers={"Harmonic-Operator": OPERATOR_SECRET}, signed=False)
        assert unsigned.status == 401


async def test_the_command_line_tails_and_explains(platform: Platform) -> None:
    """`harmonic events tail --once` prints the newest messages, `explain` one's life; an unknown id ends with 4."""
    async with signed_up(platform.url) as player:
        universe = await player.universe(SMALL)
        await player.soundscape(universe.universe_id)
        key = (await player.ask("POST", "/v1/api-keys", json={"name": "cli"})).json()["api_key"]
        environment = {
            "HARMONIC_API_KEY": key,
            "HARMONIC_GATEWAY": platform.url,
            "COLUMNS": "200",
            "HOME": "/nonexistent",
        }
        tail = _harmonic(environment, "events", "tail", "--once", "--json")
        said = [json.loads(line) for line in tail.stdout.splitlines()]
        [made] = [each for each in said if each["type"] == "physics.universe.created.v1"]
        explained = _harmonic(environment, "events", "explain", made["id"])
        assert explained.returncode == 0, explained.stderr
        assert "outbox" in explained.stdout
        assert "audio.soundscape.created.v1" in explained.stdout
        assert _harmonic(environment, "events", "explain", new_id()).returncode == 4
        assert _harmonic(environment, "events", "dead-letters").returncode == 0


def _harmonic(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "harmonic_client", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

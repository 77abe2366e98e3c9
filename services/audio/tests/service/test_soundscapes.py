"""Soundscapes over HTTP: made with their universe, revised under If-Match, read by those who may, gone with it."""

import asyncio

from harmonic_audio.testing.studio import Studio
from harmonic_chassis.ids import new_id
from harmonic_contracts.messages.audio import SoundscapeCreated, SoundscapeDeleted, SoundscapeRevised
from harmonic_contracts.messages.organization import OrganizationDeleted, UserErased
from harmonic_contracts.messages.physics import UniverseDeleted, UniverseRevised
from harmonic_contracts.roles import Role, Visibility


async def test_a_new_universe_gets_the_soundscape_of_its_preset(studio: Studio) -> None:
    """TRAPPIST-1's default is there at revision 1, titled as the universe, and told as an event once."""
    universe = await studio.universe()
    view = await studio.soundscape(universe)
    assert view["revision"] == 1 and view["document"]["title"] == "TRAPPIST-1"
    assert view["document"]["key"]["tuning"] == "just"
    (created,) = await studio.house.emitted(SoundscapeCreated)
    assert created.universe_id == universe.universe_id and created.soundscape_id == view["soundscape_id"]


async def test_a_universe_without_soundscape_is_an_empty_list(studio: Studio) -> None:
    """Who waits for it sees no error, and nothing."""
    answer = await studio.house.client.get(f"/v1/soundscapes?universe_id={new_id()}", headers=studio.house.auth())
    assert answer.status_code == 200 and answer.json()["items"] == []


async def test_replacing_needs_the_tag_that_was_read(studio: Studio) -> None:
    """428 without If-Match, 412 with a stale one, 200 with the right one; revisions stay readable."""
    universe = await studio.universe()
    view = await studio.soundscape(universe)
    path, auth = f"/v1/soundscapes/{view['soundscape_id']}", studio.house.auth()
    document = {**view["document"], "tempo_bpm": 90.0}
    client = studio.house.client
    assert (await client.put(path, json=document, headers=auth)).status_code == 428
    assert (await client.put(path, json=document, headers={**auth, "If-Match": '"7"'})).status_code == 412
    answer = await client.put(path, json=document, headers={**auth, "If-Match": '"1"'})
    assert answer.status_code == 200 and answer.headers["etag"] == '"2"'
    assert answer.json()["document"]["tempo_bpm"] == 90.0
    listed = (await client.get(f"{path}/revisions", headers=auth)).json()["items"]
    assert [item["revision"] for item in listed] == [2, 1]
    first = (await client.get(f"{path}/revisions/1", headers=auth)).json()
    assert first["document"]["tempo_bpm"] == 72.0 and listed[0]["author_id"] == studio.house.user_id
    assert (await client.get(f"{path}/revisions/3", headers=auth)).status_code == 404
    unchanged = await client.get(path, headers={**auth, "If-None-Match": '"2"'})
    assert unchanged.status_code == 304
    await studio.house.drain()
    assert [event.revision for event in await studio.house.emitted(SoundscapeRevised)] == [2]


async def test_two_writers_of_one_revision_do_not_overwrite_each_other(studio: Studio) -> None:
    """Of two concurrent replacements with the same tag one wins, the other gets 412."""
    view = await studio.soundscape(await studio.universe())
    headers = {**studio.house.auth(), "If-Match": '"1"'}
    path = f"/v1/soundscapes/{view['soundscape_id']}"
    puts = [
        studio.house.client.put(path, json={**view["document"], "tempo_bpm": bpm}, headers=headers)
        for bpm in (80.0, 100.0)
    ]
    assert sorted(answer.status_code for answer in await asyncio.gather(*puts)) == [200, 412]


async def test_a_document_that_cannot_be_played_names_field_and_reason(studio: Studio) -> None:
    """422 with the field, and nothing changed."""
    view = await studio.soundscape(await studio.universe())
    path, headers = f"/v1/soundscapes/{view['soundscape_id']}", {**studio.house.auth(), "If-Match": '"1"'}
    answer = await studio.house.client.put(path, json={**view["document"], "length_s": 1e6}, headers=headers)
    assert answer.status_code == 422
    assert "length_s" in answer.json()["errors"][0]["field"]
    assert (await studio.house.client.get(path, headers=headers)).json()["revision"] == 1


async def test_what_is_made_of_a_private_universe_is_for_its_maker_and_who_governs(studio: Studio) -> None:
    """Another editor of the organization reads neither it nor its lists; an admin and the maker do."""
    view = await studio.soundscape(await studio.universe(visibility=Visibility.PRIVATE))
    seen = []
    for user_id, role in ((new_id(), Role.EDITOR), (new_id(), Role.ADMIN), (studio.house.user_id, Role.VIEWER)):
        await studio.member(user_id, role)
        auth = studio.house.auth(user_id=user_id, role=role)
        one = await studio.house.client.get(f"/v1/soundscapes/{view['soundscape_id']}", headers=auth)
        listed = await studio.house.client.get("/v1/soundscapes", headers=auth)
        seen.append((one.status_code, len(listed.json()["items"])))
    assert seen == [(404, 0), (200, 1), (200, 1)]


async def test_foreigners_see_nothing_viewers_change_nothing_and_the_public_reads(studio: Studio) -> None:
    """Not public: 404 for a foreigner. Viewer: reads, 403 on change. Public: a foreigner reads, 403 on change."""
    universe = await studio.universe()
    view = await studio.soundscape(universe)
    path, client = f"/v1/soundscapes/{view['soundscape_id']}", studio.house.client
    foreign = studio.house.auth(user_id=new_id(), organization_id=new_id())
    viewer_id = new_id()
    await studio.member(viewer_id, Role.VIEWER)
    viewer = studio.house.auth(user_id=viewer_id, role=Role.VIEWER)
    tag = {"If-Match": '"1"'}
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=foreign)).status_code == 404
    assert (await client.put(path, json=view["document"], headers={**foreign, **tag})).status_code == 404
    assert (await client.get(path, headers=viewer)).status_code == 200
    assert (await client.put(path, json=view["document"], headers={**viewer, **tag})).status_code == 403
    public = {**universe.model_dump(), "revision": 2, "visibility": Visibility.PUBLIC}
    await studio.house.deliver(UniverseRevised.model_validate(public))
    await studio.house.drain()
    assert (await client.get(path, headers=foreign)).status_code == 200
    listed = await client.get(f"/v1/soundscapes?universe_id={universe.universe_id}", headers=foreign)
    assert len(listed.json()["items"]) == 1
    assert (await client.put(path, json=view["document"], headers={**foreign, **tag})).status_code == 403


async def test_a_soundscape_goes_with_its_universe(studio: Studio) -> None:
    """After the universe's deletion it is 404, and an event told of it."""
    universe = await studio.universe()
    view = await studio.soundscape(universe)
    gone = UniverseDeleted(universe_id=universe.universe_id, organization_id=universe.organization_id)
    await studio.house.deliver(gone)
    await studio.house.drain()
    path = f"/v1/soundscapes/{view['soundscape_id']}"
    assert (await studio.house.client.get(path, headers=studio.house.auth())).status_code == 404
    assert len(await studio.house.emitted(SoundscapeDeleted)) == 1


async def test_erasing_a_user_takes_the_own_organization_and_the_name(studio: Studio) -> None:
    """The personal organization's soundscapes go; revisions in other organizations lose the author."""
    universe = await studio.universe()
    await studio.shorten(universe)
    other = await studio.universe(organization_id=new_id())
    author = studio.house.user_id
    await studio.house.deliver(UserErased(user_id=author, organization_ids=[other.organization_id]))
    await studio.house.drain()
    keeper = new_id()
    await studio.member(keeper, Role.OWNER)
    auth = studio.house.auth(user_id=keeper)
    items = (await studio.house.client.get("/v1/soundscapes", headers=auth)).json()["items"]
    assert [item["universe_id"] for item in items] == [universe.universe_id]
    path = f"/v1/soundscapes/{items[0]['soundscape_id']}/revisions"
    revisions = (await studio.house.client.get(path, headers=auth)).json()["items"]
    assert {item["author_id"] for item in revisions} == {None}


async def test_deleting_an_organization_takes_everything(studio: Studio) -> None:
    """Nothing of it is left to list."""
    universe = await studio.universe()
    await studio.house.deliver(OrganizationDeleted(organization_id=universe.organization_id))
    await studio.house.drain()
    assert len(await studio.house.emitted(SoundscapeDeleted)) == 1


async def test_the_catalogue_and_the_schema_are_served(studio: Studio) -> None:
    """Instruments, at least twelve scales, and the document's JSON Schema; the lists to everybody."""
    client, auth = studio.house.client, studio.house.auth()
    assert (await client.get("/v1/instruments")).status_code == 200
    items = (await client.get("/v1/instruments", headers=auth)).json()["items"]
    kinds = (await client.get("/v1/instruments/schema")).json()["properties"]["model"]["discriminator"]["mapping"]
    assert {item["model"]["kind"] for item in items} <= set(kinds)
    names = {item["name"] for item in items}
    assert {"marimba", "bell", "pad"} <= names
    assert len((await client.get("/v1/scales", headers=auth)).json()["items"]) >= 12
    schema = (await client.get("/v1/soundscapes/schema", headers=auth)).json()
    assert schema["properties"]["tempo_bpm"]["default"] == 120.0

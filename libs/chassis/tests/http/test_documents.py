"""Documents change only from the revision that was read; lists are pages that nobody can forge."""

import base64

import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_change_names_the_revision_it_read(house: House) -> None:
    """Without If-Match 428, with a stale or weak one 412, with the current one the next revision."""
    made = await house.client.post("/v1/notes", json={"text": "v1"}, headers=house.auth())
    path, tag = made.headers["location"], made.headers["etag"]

    async def replace(text: str, match: str | None) -> tuple[int, str | None]:
        headers = house.auth() | ({"If-Match": match} if match else {})
        answer = await house.client.put(path, json={"text": text}, headers=headers)
        return answer.status_code, answer.headers.get("etag")

    assert (await replace("v2", None))[0] == 428
    assert (await replace("v2", 'W/"1"'))[0] == 412
    assert await replace("v2", f'"0", {tag}') == (200, '"2"')
    assert await replace("v3", tag) == (412, '"2"')
    assert (await replace("v3", "*"))[0] == 200
    read = await house.client.get(path, headers=house.auth())
    assert (read.json()["text"], read.headers["etag"]) == ("v3", '"3"')


async def test_pages_hold_every_item_once(house: House) -> None:
    """Following the cursors visits every item once, newest first, though others are added meanwhile."""
    who = house.auth(organization_id=new_id(), user_id=new_id())
    for index in range(7):
        await house.client.post("/v1/notes", json={"text": f"n{index}"}, headers=who)
    seen: list[str] = []
    query = "limit=3"
    while query:
        page = (await house.client.get(f"/v1/notes?{query}", headers=who)).json()
        seen += [item["text"] for item in page["items"]]
        await house.client.post("/v1/notes", json={"text": "late"}, headers=who)
        query = f"limit=3&cursor={page['next']}" if page["next"] else ""
    assert seen == [f"n{index}" for index in reversed(range(7))]


async def test_tampered_cursors_are_refused(house: House) -> None:
    """A changed, foreign or invented cursor is a 400 that names the parameter."""
    who = house.auth(organization_id=new_id(), user_id=new_id())
    for index in range(3):
        await house.client.post("/v1/notes", json={"text": f"n{index}"}, headers=who)
    good = (await house.client.get("/v1/notes?limit=1", headers=who)).json()["next"]
    raw = bytearray(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))
    raw[-3] ^= 1
    flipped = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    for cursor in (flipped, good[:-2], "AAAA", "%F0%9F%8E%B5", good + "&weight=7"):
        answer = await house.client.get(f"/v1/notes?limit=1&cursor={cursor}", headers=who)
        assert answer.status_code == 400, cursor
        assert answer.json()["errors"][0]["field"] == "query.cursor"

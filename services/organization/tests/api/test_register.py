"""Registration over HTTP."""

import asyncio

import pytest

from harmonic_organization.testing import PASSWORD, Office, Opener


async def test_a_new_user_has_a_home_and_a_place_to_work(anywhere: Office) -> None:
    """One request gives an account, a personal organization owned by the user, and a first project, said in events."""
    office = anywhere
    ada = await office.sign_up()
    me = (await office.client.get("/v1/me", headers=ada.headers)).json()
    assert me["roles"] == {ada.organization_id: "owner"}
    assert (me["user_id"], me["project_id"], me["email"]) == (ada.user_id, ada.project_id, "ada@example.org")
    projects = (await office.client.get("/v1/projects", headers=ada.headers)).json()["items"]
    assert [each["project_id"] for each in projects] == [ada.project_id]
    assert await office.said() == ["user.registered", "organization.created", "member.changed", "project.created"]
    events = await office.events()
    assert {each["organizationid"] for each in events} == {ada.organization_id}
    assert events[2]["data"]["role"] == "owner"
    assert "ada@" not in repr(events), "no personal data travels"


async def test_a_taken_address_is_refused_and_changes_nothing(office: Office) -> None:
    """The same mailbox, however it is written, makes no second account; the answer names no field and no user."""
    ada = await office.sign_up()
    before = await office.said()
    body = {"email": " ADA@Example.org", "password": "another good password"}
    answer = await office.client.post("/v1/auth/register", json=body)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert ada.user_id not in answer.text
    assert await office.said() == before
    assert (await office.login(ada.email)).status_code == 200


async def test_of_many_at_once_one_gets_the_address(anywhere: Office) -> None:
    """Eight simultaneous registrations of one address make one account."""
    office = anywhere
    body = {"email": "ada@example.org", "password": PASSWORD}
    answers = await asyncio.gather(*(office.client.post("/v1/auth/register", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert (await office.said()).count("user.registered") == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"email": "ada", "password": PASSWORD}, 422, "body.email"),
        ({"email": "ada@example.org", "password": "sh0rt!"}, 422, "body.password"),
        ({"email": "ada@example.org"}, 422, "body.password"),
        ({"email": "ada@example.org", "password": PASSWORD, "admin": True}, 422, "body.admin"),
        ({"email": "ada@example.org", "password": PASSWORD, "name": "a\u0000b"}, 422, "body.name"),
        ({"email": 7, "password": PASSWORD}, 422, "body.email"),
        ([], 422, "body"),
    ],
)
async def test_bad_input_names_the_field_and_what_is_allowed(
    office: Office, body: object, status: int, field: str
) -> None:
    """The problem names field and reason, and repeats no password; nothing is made."""
    answer = await office.client.post("/v1/auth/register", json=body)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["errors"][0]["field"] == field
    assert problem["errors"][0]["reason"]
    assert PASSWORD not in answer.text
    assert "sh0rt!" not in answer.text
    assert await office.said() == []


async def test_malformed_json_is_a_problem(office: Office) -> None:
    """A body that is no JSON is answered by 400 and a problem document."""
    answer = await office.client.post(
        "/v1/auth/register", content=b'{"email": ', headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_one_address_makes_a_bounded_number_of_accounts(open_office: Opener) -> None:
    """The third registration within the hour from one network address waits; another address does not."""
    async with open_office(registrations_address=2) as office:
        await office.sign_up("a")
        await office.sign_up("b")
        body = {"email": "c@example.org", "password": PASSWORD}
        refused = await office.client.post("/v1/auth/register", json=body)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) == 3600
        elsewhere = {"X-Forwarded-For": "203.0.113.9"}
        assert (await office.client.post("/v1/auth/register", json=body, headers=elsewhere)).status_code == 201
        office.clock.move(hours=1)
        await office.sign_up("d")

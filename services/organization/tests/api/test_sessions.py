"""Sessions: refresh, reuse, logout, and the password that ends them."""

import asyncio

from harmonic_organization.testing import PASSWORD, Office


async def test_a_session_goes_on_by_turning_its_token_over(office: Office) -> None:
    """Each refresh gives a new pair; the access token works after the first has run out."""
    ada = await office.sign_up()
    office.clock.move(minutes=11)
    assert (await office.client.get("/v1/me", headers=ada.headers)).status_code == 401
    second = office.user(await office.refresh(ada.refresh_token))
    assert second.refresh_token != ada.refresh_token
    assert (await office.client.get("/v1/me", headers=second.headers)).status_code == 200
    assert (await office.refresh(second.refresh_token)).status_code == 200


async def test_reuse_ends_the_whole_session_and_no_other(anywhere: Office) -> None:
    """A token shown twice ends its family: the newest token too, and the access token here. Other sessions go on."""
    office = anywhere
    ada = await office.sign_up()
    other = office.user(await office.login(ada.email))
    second = office.user(await office.refresh(ada.refresh_token))
    assert (await office.refresh(ada.refresh_token)).status_code == 401
    assert (await office.refresh(second.refresh_token)).status_code == 401
    assert (await office.client.get("/v1/me", headers=second.headers)).status_code == 401
    revoked = [each["data"] for each in await office.events() if each["type"].endswith("session.revoked.v1")]
    assert [(each["user_id"], each["reason"]) for each in revoked] == [(ada.user_id, "reused")]
    assert (await office.refresh(other.refresh_token)).status_code == 200


async def test_of_two_at_once_one_comes_second(anywhere: Office) -> None:
    """Simultaneous use of one token is reuse: one reply at most has tokens, and the session has ended."""
    office = anywhere
    ada = await office.sign_up()
    answers = await asyncio.gather(*(office.refresh(ada.refresh_token) for _ in range(5)))
    good = [answer for answer in answers if answer.status_code == 200]
    assert len(good) == 1
    assert (await office.refresh(office.user(good[0]).refresh_token)).status_code == 401


async def test_an_unused_session_ends_and_every_session_ends(office: Office) -> None:
    """Fourteen idle days end a session; ninety end the busiest."""
    ada = await office.sign_up()
    office.clock.move(days=14)
    assert (await office.refresh(ada.refresh_token)).status_code == 401
    token = office.user(await office.login(ada.email)).refresh_token
    for _ in range(8):
        office.clock.move(days=10)
        token = office.user(await office.refresh(token)).refresh_token
    office.clock.move(days=10)
    assert (await office.refresh(token)).status_code == 401


async def test_logout_ends_the_session(office: Office) -> None:
    """After logout neither token works here; a second logout, or one with nonsense, is no error and tells nothing."""
    ada = await office.sign_up()
    for token in (ada.refresh_token, ada.refresh_token, "nonsense"):
        answer = await office.client.post("/v1/auth/logout", json={"refresh_token": token})
        assert (answer.status_code, answer.content) == (204, b"")
    assert (await office.refresh(ada.refresh_token)).status_code == 401
    assert (await office.client.get("/v1/me", headers=ada.headers)).status_code == 401
    assert (await office.said()).count("session.revoked") == 1


async def test_another_password_ends_every_other_session(office: Office) -> None:
    """The session that changed it goes on; the old password and the other sessions are void."""
    ada = await office.sign_up()
    other = office.user(await office.login(ada.email))
    body = {"current_password": PASSWORD, "new_password": "tr0ubador & three"}
    assert (await office.client.put("/v1/me/password", json=body, headers=ada.headers)).status_code == 204
    assert (await office.client.get("/v1/me", headers=ada.headers)).status_code == 200
    assert (await office.client.get("/v1/me", headers=other.headers)).status_code == 401
    assert (await office.login(ada.email)).status_code == 401
    assert (await office.login(ada.email, "tr0ubador & three")).status_code == 200
    assert (await office.said())[-2:] == ["password.changed", "session.revoked"]


async def test_a_stolen_token_does_not_find_the_password(office: Office) -> None:
    """Wrong current passwords are counted like wrong sign-ins, and the new one must be good."""
    ada = await office.sign_up()
    weak = {"current_password": PASSWORD, "new_password": "short"}
    answer = await office.client.put("/v1/me/password", json=weak, headers=ada.headers)
    assert answer.json()["errors"][0]["field"] == "body.new_password"
    body = {"current_password": "wrong password", "new_password": "tr0ubador & three"}
    answers = [await office.client.put("/v1/me/password", json=body, headers=ada.headers) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]

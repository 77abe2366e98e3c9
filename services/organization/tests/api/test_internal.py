"""Service tokens over HTTP."""

import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.tokens import TokenRefused, TokenVerifier
from harmonic_contracts.roles import Role
from harmonic_organization.testing import SECRETS, Office

PHYSICS = {"service": "physics", "secret": SECRETS["physics"]}


def _verifier(office: Office, service: str) -> TokenVerifier:
    return TokenVerifier(service, office.desk.keyring.public, office.clock)


async def test_a_service_gets_a_token_for_one_other(office: Office) -> None:
    """The addressed service accepts it, with organization, user and the user's role; another refuses it."""
    ada = await office.sign_up()
    asked = {**PHYSICS, "audience": "audio", "organization_id": ada.organization_id, "on_behalf_of": ada.user_id}
    answer = await office.client.post("/internal/service-tokens", json=asked)
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 300
    claims = await _verifier(office, "audio").verify(answer.json()["token"])
    assert (claims.sub, claims.org, claims.obo) == ("service:physics", ada.organization_id, ada.user_id)
    assert claims.roles == {ada.organization_id: Role.OWNER}
    with pytest.raises(TokenRefused):
        await _verifier(office, "export").verify(answer.json()["token"])


async def test_a_token_gives_a_user_no_role_that_the_user_has_not(office: Office) -> None:
    """On behalf of a stranger it carries no role."""
    ada = await office.sign_up()
    asked = {**PHYSICS, "audience": "audio", "organization_id": ada.organization_id, "on_behalf_of": new_id()}
    token = (await office.client.post("/internal/service-tokens", json=asked)).json()["token"]
    assert (await _verifier(office, "audio").verify(token)).roles == {}


@pytest.mark.parametrize(
    "credentials",
    [
        {"service": "physics", "secret": "no secret of ours"},
        {"service": "physics", "secret": SECRETS["gateway"]},
        {"service": "nobody", "secret": SECRETS["physics"]},
        {"service": "physics", "secret": "ключ"},
    ],
)
async def test_wrong_credentials_are_one_answer(office: Office, credentials: dict[str, str]) -> None:
    """Unknown service and wrong secret are 401 in the same words."""
    answer = await office.client.post("/internal/service-tokens", json={**credentials, "audience": "audio"})
    assert (answer.status_code, answer.json()["detail"]) == (401, "The client credentials are wrong.")
    assert credentials["secret"] not in answer.text


async def test_services_have_no_account(office: Office) -> None:
    """A service's token opens no user's pages, even on behalf of the user."""
    ada = await office.sign_up()
    asked = {**PHYSICS, "audience": "organization", "organization_id": ada.organization_id, "on_behalf_of": ada.user_id}
    token = (await office.client.post("/internal/service-tokens", json=asked)).json()["token"]
    answer = await office.client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403

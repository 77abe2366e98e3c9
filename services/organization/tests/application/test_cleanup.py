"""What has run out is taken away, and nothing else."""

from harmonic_organization.application.cleanup import Swept, sweep
from harmonic_organization.testing import Office


async def test_only_what_has_run_out_goes(anywhere: Office) -> None:
    """A living session, key and count stay; a week after their end they are gone; reuse is known until then."""
    office = anywhere
    ada = await office.sign_up()
    other = office.user(await office.login(ada.email))
    await office.client.post("/v1/api-keys", json={"name": "ci", "expires_in_days": 1}, headers=ada.headers)
    await office.refresh(ada.refresh_token)
    await office.login("nobody@example.org")
    assert await sweep(office.desk) == Swept(sessions=0, api_keys=0, attempts=0)
    await office.client.post("/v1/auth/logout", json={"refresh_token": other.refresh_token})
    office.clock.move(days=6)
    swept = await sweep(office.desk)
    assert (swept.sessions, swept.api_keys) == (0, 0)
    assert swept.attempts > 0
    assert (await office.refresh(ada.refresh_token)).status_code == 401
    office.clock.move(days=3)
    assert await sweep(office.desk) == Swept(sessions=1, api_keys=1, attempts=0)
    office.clock.move(days=5)
    assert await sweep(office.desk) == Swept(sessions=1, api_keys=0, attempts=0)

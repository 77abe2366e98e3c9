"""The service as a whole: its start, its events on their way, its migrations, its settings."""

import asyncio
from typing import Any

import pytest

from harmonic_chassis import migrate, settings
from harmonic_chassis.settings import SettingsError
from harmonic_chassis.testing.house import running
from harmonic_contracts.messages.organization import MemberChanged, UserRegistered
from harmonic_contracts.roles import Role
from harmonic_organization.service import service
from harmonic_organization.settings import OrganizationSettings

GIVEN: dict[str, Any] = {"key_secret": "key-secret-0123456789", "argon2_memory_kib": 64}


async def test_a_registration_reaches_the_event_path() -> None:
    """The whole service at work: HTTP in, events out through the outbox to the log, jobs and all idle after."""
    async with running(service, given=GIVEN) as house:
        body = {"email": "ada@example.org", "password": "correct horse battery staple"}
        answer = await house.client.post("/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        got = answer.json()
        await house.drain()
        (registered,) = await house.emitted(UserRegistered)
        assert registered.organization_id == got["organization_id"]
        (member,) = await house.emitted(MemberChanged)
        assert (member.user_id, member.role) == (got["user_id"], Role.OWNER)
        ready = await house.client.get("/readyz")
        assert ready.status_code == 200, ready.text


async def test_scheduled_care_is_done_by_jobs() -> None:
    """Turning keys and cleaning up run as jobs and end well."""
    from harmonic_chassis.jobs import SYSTEM_ORGANIZATION, read
    from harmonic_chassis.jobs.schedule import NoPayload

    async with running(service, given=GIVEN) as house:
        async with house.chassis.db.transaction() as uow:
            ids = [
                await uow.submit(each.kind, NoPayload(), organization_id=SYSTEM_ORGANIZATION)
                for each in service.schedules
            ]
        await house.drain()
        async with house.chassis.db.reading() as session:
            operations = [await read(session, job_id, organization_id=SYSTEM_ORGANIZATION) for job_id in ids]
        assert {operation.state.value for operation in operations if operation} == {"succeeded"}
        assert len(operations) == 2


async def test_models_and_migrations_agree(database_url: str) -> None:
    """Up, no drift, down to nothing, and up again."""
    url = database_url
    await migrate.upgrade(url, service)
    assert await migrate.drift(url, service) == []
    await migrate.downgrade(url, service)
    await migrate.upgrade(url, service)
    await migrate.verify(url, service)


def test_a_refused_start_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its secret the service says which variable to set."""
    for name in ("HARMONIC_ORGANIZATION_KEY_SECRET", "HARMONIC_KEY_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError, match="HARMONIC_ORGANIZATION_KEY_SECRET"):
        settings.load(OrganizationSettings)


def test_maps_and_lists_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets of services as name=secret or JSON, networks as a list; no secret is shown."""
    monkeypatch.setenv("HARMONIC_ORGANIZATION_SERVICE_SECRETS", "gateway=aaa=, physics=bbb")
    monkeypatch.setenv("HARMONIC_ORGANIZATION_TRUSTED_PROXIES", "172.16.0.0/12, 10.0.0.0/8")
    base = {"database_url": "sqlite+aiosqlite:///x", "service_secret": "s" * 16, "cursor_secret": "c" * 16}
    loaded = settings.load(OrganizationSettings, **base, key_secret="k" * 16)
    shown = {name: secret.get_secret_value() for name, secret in loaded.service_secrets.items()}
    assert shown == {"gateway": "aaa=", "physics": "bbb"}
    assert [str(network) for network in loaded.trusted_proxies] == ["172.16.0.0/12", "10.0.0.0/8"]
    assert "aaa" not in repr(loaded)
    monkeypatch.setenv("HARMONIC_ORGANIZATION_SERVICE_SECRETS", '{"gateway": "ccc"}')
    loaded = settings.load(OrganizationSettings, **base, key_secret="k" * 16)
    assert loaded.service_secrets["gateway"].get_secret_value() == "ccc"


def test_naming_the_service_is_light() -> None:
    """The process that routes to it imports no heavy library for it."""
    code = "import sys, harmonic_organization.service; print([m for m in ('numba','scipy','PIL','soundfile') if m in sys.modules])"  # noqa: E501

    async def run() -> bytes:
        import sys

        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
        return (await process.communicate())[0]

    assert asyncio.run(run()).strip() == b"[]"

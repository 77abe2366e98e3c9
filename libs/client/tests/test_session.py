"""Sign-ins: kept, refreshed once for all, forgotten."""

import asyncio
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harmonic_client import Harmonic, errors
from harmonic_client.credentials import Credentials, CredentialStore, MemoryStore
from harmonic_client.testing import PASSWORD, Stage


async def test_an_old_token_is_refreshed_before_it_is_used(stage: Stage, harmonic: Harmonic) -> None:
    """Many requests at once with a token about to end: one refresh, and every request goes through."""
    stage.expires_in = 5
    await harmonic.auth.login("ada@example.org", PASSWORD)
    stage.expires_in = 600
    await asyncio.gather(*(harmonic.auth.me() for _ in range(10)))
    assert len(stage.requests("POST", "/v1/auth/refresh")) == 1


async def test_a_refused_token_is_replaced_once(stage: Stage, harmonic: Harmonic) -> None:
    """The gateway does not take the token any more although its time is not over: refreshed, and tried again."""
    stage.access = "another"
    assert (await harmonic.auth.me()).name == "ada"
    assert len(stage.requests("POST", "/v1/auth/refresh")) == 1


async def test_a_session_that_has_ended_says_so(stage: Stage, harmonic: Harmonic) -> None:
    """A refused refresh forgets the sign-in and tells how to get another."""
    stage.access = stage.refresh = "gone"
    with pytest.raises(errors.NotSignedIn, match="harmonic login"):
        await harmonic.auth.me()
    assert harmonic.session.credentials is None
    with pytest.raises(errors.NotSignedIn, match="harmonic login"):
        await harmonic.auth.me()


async def test_two_processes_refresh_once(stage: Stage, tmp_path: Path) -> None:
    """Two clients on one file never show one refresh token twice: the second takes what the first got."""
    stage.expires_in = 5
    store = tmp_path / "credentials.json"
    async with Harmonic(stage.url, store=CredentialStore(store)) as one:
        await one.auth.login("ada@example.org", PASSWORD)
        stage.expires_in = 600
        async with Harmonic(stage.url, store=CredentialStore(store)) as two:
            await asyncio.gather(one.auth.me(), two.auth.me(), one.auth.me(), two.auth.me())
    assert len(stage.requests("POST", "/v1/auth/refresh")) == 1


async def test_logout_forgets(stage: Stage, harmonic: Harmonic) -> None:
    """After it nobody is signed in, here and there."""
    assert await harmonic.auth.logout()
    assert stage.refresh == ""
    assert not await harmonic.auth.logout()


async def test_an_api_key_needs_no_sign_in(stage: Stage) -> None:
    """The key itself is the bearer, and nothing is kept."""
    async with Harmonic(stage.url, store=MemoryStore(), api_key="hu_key") as client:
        await client.auth.me()
    assert stage.seen[-1][2]["Authorization"] == "Bearer hu_key"


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Mode 0600 in a folder of mode 0700, also when it was there with another mode; entries of other gateways stay."""
    store = CredentialStore(tmp_path / "harmonic" / "credentials.json")
    now = datetime.now(UTC)
    ids = {"user_id": "u", "organization_id": "o", "project_id": "p"}
    kept = Credentials(access_token="a", refresh_token="r", expires_at=now + timedelta(minutes=5), **ids)
    store.save("http://a", kept)
    store.path.chmod(0o644)
    store.save("http://b", kept)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert store.load("http://a") == kept
    store.forget("http://a")
    assert (store.load("http://a"), store.load("http://b")) == (None, kept)
    assert [each.name for each in store.path.parent.iterdir()] == ["credentials.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"http://a": {"access_token": 1}}), '{"http://a": 7}'])
def test_a_broken_file_counts_as_empty(tmp_path: Path, content: str) -> None:
    """Nobody is signed in, and signing in mends it."""
    store = CredentialStore(tmp_path / "credentials.json")
    store.path.write_text(content)
    assert store.load("http://a") is None

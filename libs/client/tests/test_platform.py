"""The client against the real platform: all six services in this process, on a real port."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn

from harmonic_client import Harmonic, errors, files_of
from harmonic_client.credentials import CredentialStore, MemoryStore
from harmonic_client.testing import PASSWORD
from harmonic_standalone.folder import DataFolder
from harmonic_standalone.house import running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The URL of a platform that knows nobody yet."""
    async with running(DataFolder(tmp_path_factory.mktemp("platform")), {"argon2_memory_kib": 64}) as house:
        config = uvicorn.Config(house.front, port=0, lifespan="off", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 uvicorn has a flag, no event
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        house.begin_stop()
        server.should_exit = True
        await serving


async def test_from_nothing_to_music(platform: str, tmp_path: Path) -> None:
    """A stranger registers, makes a universe, performs it, watches it to the end and has the files; what is edited is
    edited by revision, and what is deleted is gone."""
    async with Harmonic(platform, store=CredentialStore(tmp_path / "kept.json")) as harmonic:
        with pytest.raises(errors.NotSignedIn):
            await harmonic.universes.create(preset="figure-eight")
        await harmonic.auth.register("ada@example.org", PASSWORD)
        assert "figure-eight" in {each.name for each in await harmonic.presets.list()}
        universe = await harmonic.universes.create(preset="figure-eight")
        begun = await harmonic.performances.create(universe.universe_id, formats=["midi", "score"])
        seen = [each async for each in harmonic.operations.watch(begun.operation_id)]
        assert seen[-1].state.value == "succeeded", seen[-1]
        assert [step.name for step in seen[-1].steps] == ["simulate", "render", "export"]
        paths = await harmonic.artifacts.download_all(files_of(seen[-1]), tmp_path / "out")
        assert {path.suffix for path in paths} == {".mid", ".json"}
        assert (await harmonic.performances.get(begun.operation_id)).rendering_id is not None
        soundscape = await harmonic.soundscapes.of_universe(universe.universe_id)
        assert soundscape is not None
        assert [each.universe_id async for each in harmonic.universes.list()] == [universe.universe_id]
        with pytest.raises(errors.Invalid) as refused:
            await harmonic.universes.create(preset="nonsense")
        assert refused.value.problem.errors[0].field == "body.preset"
        await harmonic.universes.delete(universe.universe_id)
        with pytest.raises(errors.NotFound):
            await harmonic.universes.get(universe.universe_id)


async def test_sign_ins_hold_against_the_real_thing(platform: str) -> None:
    """Refresh keeps the session, an API key opens the door until it is revoked, logout closes it."""
    async with Harmonic(platform, store=MemoryStore()) as harmonic:
        first = await harmonic.auth.register("eve@example.org", PASSWORD)
        harmonic.session.keep(first.model_copy(update={"access_token": "a.b.c"}))
        me = await harmonic.auth.me()
        renewed = harmonic.session.credentials
        assert renewed is not None
        assert renewed.refresh_token != first.refresh_token
        made = await harmonic.auth.create_api_key("ci")
        async with Harmonic(platform, store=MemoryStore(), api_key=made.api_key) as program:
            assert (await program.auth.me()).user_id == me.user_id
            with pytest.raises(errors.Forbidden):
                await program.auth.create_api_key("more")
        await harmonic.auth.revoke_api_key(made.key_id)
        async with Harmonic(platform, store=MemoryStore(), api_key=made.api_key) as program:
            with pytest.raises(errors.NotSignedIn):
                await program.auth.me()
        await harmonic.auth.logout()
        with pytest.raises(errors.NotSignedIn):
            await harmonic.auth.me()


async def test_an_erased_account_opens_nothing(platform: str) -> None:
    """After the deletion neither the token nor the password works, here and in the other services within seconds."""
    async with Harmonic(platform, store=MemoryStore()) as harmonic:
        kept = await harmonic.auth.register("sam@example.org", PASSWORD)
        await harmonic.universes.create(preset="figure-eight")
        await harmonic.auth.erase(PASSWORD)
        harmonic.session.keep(kept)
        async with asyncio.timeout(5):
            while [each async for each in harmonic.universes.list()]:  # noqa: ASYNC110 seen from outside
                await asyncio.sleep(0.05)
        with pytest.raises(errors.NotSignedIn):
            await harmonic.auth.login("sam@example.org", PASSWORD)

"""A rendering is heard through the gateway while it is being made, by those who may read it."""

import struct
from time import monotonic
from typing import Any

import aiohttp

from harmonic_chassis.testing.house import eventually
from harmonic_client.models import operation_of
from harmonic_standalone.testing import SMALL, Platform, Player, signed_up
from harmonic_standalone.testing.sounding import rendering_of, simulated

HEAD_BYTES = 44
SECOND_BYTES = 48_000 * 2 * 2
LONG: dict[str, Any] = {
    "length_s": 3000.0,
    "tail_s": 0.0,
    "harmony": [{"kind": "drone", "name": "ground", "instrument": "organ"}],
}
"""Takes long to render, and sounds from the first moment on."""


async def test_the_first_second_is_heard_while_the_rendering_goes_on(platform: Platform) -> None:
    """Of a sound of 50 minutes the first second has come through the gateway while the rendering is still running: with
    its label, audible, in two channels of 16 bits. A stranger gets 404. Once the rendering is cancelled, the stream
    ends, short of what its header says."""
    async with signed_up(platform.url) as player, signed_up(platform.url) as stranger:
        rendering_id = await rendering_of(player, await simulated(player, SMALL, LONG))
        path = f"/v1/renderings/{rendering_id}/preview"
        began = monotonic()
        own = {"Authorization": f"Bearer {player.who.access_token}"}
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=40)) as session,
            session.get(platform.url + path, headers=own) as answer,
        ):
            assert answer.status == 200
            assert answer.headers["Harmonic-Preview"].startswith("not normalised")
            assert answer.headers["Content-Type"] == "audio/wav" and "Content-Length" not in answer.headers
            head = await answer.content.readexactly(HEAD_BYTES)
            second = await answer.content.readexactly(SECOND_BYTES)
            print(f"the first second came after {monotonic() - began:.2f} s")
            assert await _state(player, rendering_id) == "running"
            assert struct.unpack("<HHI", head[20:28]) == (1, 2, 48_000) and any(second)
            assert (await stranger.ask("GET", path)).status == 404
            await player.harmonic.operations.cancel(rendering_id)
            rest = len(await answer.content.read())
        promised = struct.unpack("<I", head[4:8])[0] + 8

        async def cancelled() -> bool:
            return await _state(player, rendering_id) == "cancelled"

        assert await eventually(cancelled)
        assert promised == HEAD_BYTES + 3000 * SECOND_BYTES
        assert HEAD_BYTES + SECOND_BYTES + rest < promised


async def _state(player: Player, operation_id: str) -> str:
    answer = await player.ask("GET", f"/v1/operations/{operation_id}")
    return operation_of(answer.json()).state.value

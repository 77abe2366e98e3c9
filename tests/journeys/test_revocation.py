"""Who is shut out is out, everywhere, soon."""

import asyncio
from time import monotonic

from harmonic_standalone.testing import Platform, Player, signed_up
from harmonic_standalone.testing.bands import band_of, everywhere, statuses, universe_in

WITHIN_S = 5.0


async def test_a_removed_member_is_out_of_every_service(platform: Platform) -> None:
    """Somebody who read an organization's things in every service, with a token that still names the role, gets 404
    from each within 5 s of being removed."""
    async with signed_up(platform.url) as owner, signed_up(platform.url) as member:
        band, project = await band_of(owner, member)
        universe = await universe_in(owner, project, "organization")
        paths = await everywhere(owner, universe.universe_id)
        paths["organization"] = f"/v1/organizations/{band}"
        await _all(member, paths, 200)
        removed = await owner.ask("DELETE", f"/v1/organizations/{band}/members/{member.who.user_id}")
        assert removed.status == 204
        took = await _all(member, paths, 404)
        print(f"out of {len(paths)} places after {took:.2f} s")
        assert await statuses(owner, paths) == dict.fromkeys(paths, 200)


async def _all(player: Player, paths: dict[str, str], status: int) -> float:
    """The seconds until every path answers with this status. Fails after five."""
    began = monotonic()
    while (found := await statuses(player, paths)) != dict.fromkeys(paths, status):
        assert monotonic() - began < WITHIN_S, found
        await asyncio.sleep(0.05)
    return monotonic() - began

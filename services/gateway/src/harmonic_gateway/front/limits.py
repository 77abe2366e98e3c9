"""How often a caller may come: a sliding window for each, and a stricter one for each address that tries secrets.

Each replica counts for itself: with N replicas a caller has at most N times the limit.
Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (RateLimit, RateLimit-Policy).
"""

import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter


@dataclass(frozen=True)
class Verdict:
    """Whether the request may pass, and what the caller is told of the limit."""

    passed: bool
    policy: str
    remaining: int
    reset_s: int
    amount: int
    window_s: int

    @property
    def headers(self) -> dict[str, str]:
        """The RateLimit headers; with Retry-After where the request may not pass."""
        told = {
            "ratelimit-policy": f'"{self.policy}";q={self.amount};w={self.window_s}',
            "ratelimit": f'"{self.policy}";r={self.remaining};t={self.reset_s}',
        }
        return told if self.passed else {**told, "retry-after": str(max(1, self.reset_s))}


class RateLimits:
    """The limits in use. `caller` and `secrets` are written as `600/minute`."""

    def __init__(self, *, caller: str, secrets: str) -> None:
        self._caller = parse(caller)
        self._secrets = parse(secrets)
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count(self, who: str) -> Verdict:
        """Count a request of a known caller, or of an address on a public route."""
        return await self._hit("caller", self._caller, who)

    async def count_secret(self, address: str) -> Verdict:
        """Count an attempt to sign in, register, refresh, or to use a refused token."""
        return await self._hit("secrets", self._secrets, address)

    async def _hit(self, policy: str, limit: RateLimitItem, who: str) -> Verdict:
        passed = await self._windows.hit(limit, policy, who)
        stats = await self._windows.get_window_stats(limit, policy, who)
        reset = max(0, math.ceil(stats.reset_time - time.time()))
        return Verdict(passed, policy, max(0, stats.remaining), reset, limit.amount, limit.get_expiry())

"""Passwords hashed by argon2id (RFC 9106), off the event loop, in the same time whether or not the account exists.

A login for an unknown address verifies against a hash of nothing with the same parameters, so that the answer's time
tells nothing. At most ``concurrency`` hashes run at once: the memory of a burst of logins is bounded.
"""

import asyncio
import secrets
from functools import cached_property

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashes and checks prepared passwords (see ``accounts.password``)."""

    def __init__(self, *, time_cost: int, memory_kib: int, parallelism: int, concurrency: int) -> None:
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism, type=Type.ID
        )
        self._slots = asyncio.Semaphore(concurrency)

    async def hash(self, password: str) -> str:
        """The PHC string of a password: parameters, fresh salt and hash."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one. No stored hash costs as much time, and is never right."""
        async with self._slots:
            matches = await asyncio.to_thread(self._matches, password, stored)
        return matches and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than those of today, and should be made anew."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, password: str, stored: str | None) -> bool:
        try:
            return self._hasher.verify(self._nobody if stored is None else stored, password)
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_hex(32))

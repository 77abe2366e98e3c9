"""Passwords by argon2id."""

import asyncio
import statistics
import time

from argon2 import PasswordHasher

from harmonic_organization.signing.passwords import Passwords


def _passwords(**changes: int) -> Passwords:
    return Passwords(**{"time_cost": 2, "memory_kib": 19456, "parallelism": 1, "concurrency": 2, **changes})


async def test_hashes_are_argon2id_with_the_given_cost() -> None:
    """The stored form is the PHC string that every argon2 library reads (witness: argon2-cffi's own verifier)."""
    stored = await _passwords().hash("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PasswordHasher().verify(stored, "correct horse")


async def test_only_the_password_matches() -> None:
    """Another password, a broken hash and no hash at all do not."""
    passwords = _passwords(memory_kib=64)
    stored = await passwords.hash("correct horse")
    assert await passwords.verify("correct horse", stored)
    for other in (await passwords.hash("battery staple"), "", "$argon2id$broken", None):
        assert not await passwords.verify("correct horse", other)


async def test_nobody_costs_as_much_as_somebody() -> None:
    """The answer for an unknown account takes the time of a real one, so that the time tells nothing."""
    passwords = _passwords()
    stored = await passwords.hash("correct horse")
    await passwords.verify("wrong", None)
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(7):
        for who, kept in (("known", stored), ("unknown", None)):
            start = time.perf_counter()
            await passwords.verify("wrong", kept)
            times[who].append(time.perf_counter() - start)
    assert 0.5 < statistics.median(times["unknown"]) / statistics.median(times["known"]) < 2


async def test_the_event_loop_goes_on_while_a_password_is_hashed() -> None:
    """Hashing runs in a thread: the loop still turns, so one slow password holds up nobody."""
    passwords = _passwords(memory_kib=65536, time_cost=4)
    hashing = asyncio.create_task(passwords.hash("correct horse"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5

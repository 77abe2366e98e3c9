"""The whole platform as real processes, for tests that kill them: embedded, or one process a role on real servers."""

from harmonic_standalone.testing.distributed import DistributedPlatform, worker_of
from harmonic_standalone.testing.embedded import PLATFORM, EmbeddedPlatform
from harmonic_standalone.testing.following import Listener, at_work
from harmonic_standalone.testing.ledger import Ledger
from harmonic_standalone.testing.players import SHORT, SMALL, Answer, Player, hashes, signed_up
from harmonic_standalone.testing.processes import Platform

__all__ = [
    "PLATFORM",
    "SHORT",
    "SMALL",
    "Answer",
    "DistributedPlatform",
    "EmbeddedPlatform",
    "Ledger",
    "Listener",
    "Platform",
    "Player",
    "at_work",
    "hashes",
    "signed_up",
    "worker_of",
]

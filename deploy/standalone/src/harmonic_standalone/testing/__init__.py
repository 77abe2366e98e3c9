"""The whole platform as real processes, for tests that kill them: embedded, or one process a role on real servers."""

from harmonic_standalone.testing.distributed import DistributedPlatform
from harmonic_standalone.testing.embedded import EmbeddedPlatform
from harmonic_standalone.testing.processes import Platform

__all__ = ["DistributedPlatform", "EmbeddedPlatform", "Platform"]

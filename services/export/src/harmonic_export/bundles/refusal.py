"""The refusal of a bundle: which entry, what is wrong with it, and what would be right."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BundleRefused(Exception):
    """A bundle that is not read. `entry` is empty where the archive itself is at fault."""

    entry: str
    reason: str
    allowed: str | None = None

    def __str__(self) -> str:
        where = f"{self.entry}: " if self.entry else ""
        return f"{where}{self.reason}" + (f" (allowed: {self.allowed})" if self.allowed else "")

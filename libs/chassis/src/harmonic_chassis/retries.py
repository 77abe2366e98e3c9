"""When a failed message is tried again."""

import random
from dataclasses import dataclass, field

PAUSE_AFTER = 3
"""Messages in a row that find a dependency down before their type pauses."""


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential backoff with jitter: between half and the whole of ``base_s * 2^(attempt - 1)``, at most ``cap_s``;
    after ``max_attempts`` attempts the message is a dead letter."""

    max_attempts: int = 8
    base_s: float = 0.5
    cap_s: float = 300.0
    pause_s: float = 0.2
    """First wait for a dependency that is down; grows to ``pause_cap_s``."""
    pause_cap_s: float = 15.0
    claim_retry_s: float = 2.0
    """Until the next try to fetch data that lies with its producer."""
    timeout_s: float = 30.0
    """A handler that takes longer is an attempt."""
    rng: random.Random = field(default_factory=random.Random)

    def delay_s(self, attempt: int) -> float:
        """Seconds until the try after the given attempt (1 is the first)."""
        whole = min(self.cap_s, self.base_s * 2.0 ** (attempt - 1))
        return whole * self.rng.uniform(0.5, 1.0)


class Pauses:
    """The types paused because a dependency is down.

    One message whose dependency is missing waits by itself. When several of a type in a row fail so, with no success
    between them, the whole type pauses, longer each time; when a pause ends, the next message is the probe.
    """

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._until: dict[str, float] = {}
        self._in_a_row: dict[str, int] = {}

    def failed(self, type_: str, now: float) -> None:
        """A message of the type found its dependency down, at ``now`` (monotonic)."""
        count = self._in_a_row[type_] = self._in_a_row.get(type_, 0) + 1
        over = count - PAUSE_AFTER
        if over >= 0:
            length = self._policy.pause_s * 2.0 ** min(over, 20)
            self._until[type_] = now + min(self._policy.pause_cap_s, length)

    def passed(self, type_: str) -> None:
        """A message of the type was handled: its dependency is back."""
        self._in_a_row.pop(type_, None)
        self._until.pop(type_, None)

    def paused(self, now: float) -> list[str]:
        """The types not to be tried now."""
        return [type_ for type_, until in self._until.items() if until > now]

    def until(self, type_: str) -> float:
        """When the pause of the type ends (monotonic); minus infinity for one that has none."""
        return self._until.get(type_, float("-inf"))

    def wait_s(self, age_s: float) -> float:
        """How long a message that has waited so long already waits until its next try."""
        return min(self._policy.pause_cap_s, max(self._policy.pause_s, age_s / 2))

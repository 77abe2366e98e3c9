"""When to try again, and how long to wait first: exponential backoff with full jitter.

Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

import random
from dataclasses import dataclass

SAFE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
"""Methods that may be repeated by themselves (RFC 9110 section 9.2.2); the others need an Idempotency-Key."""
TRANSIENT = frozenset({429, 502, 503, 504})
LONGEST_WAIT_S = 30.0
"""A server that asks for more than this is not waited for: the caller decides."""


@dataclass(frozen=True)
class RetryPolicy:
    """At most `attempts` tries, waiting up to `base_s` doubled each time, and no longer than `cap_s`."""

    attempts: int = 5
    base_s: float = 0.2
    cap_s: float = 5.0

    def wait(self, attempt: int, retry_after_s: float | None, *, jitter: float | None = None) -> float | None:
        """Seconds before the next try after `attempt` tries (from 1); none when there is to be no other."""
        if attempt >= self.attempts:
            return None
        if retry_after_s is not None:
            return retry_after_s if retry_after_s <= LONGEST_WAIT_S else None
        share = random.random() if jitter is None else jitter
        return float(share * min(self.cap_s, self.base_s * 2 ** (attempt - 1)))


def repeatable(method: str, idempotency_key: str | None) -> bool:
    """Whether a second try changes nothing that the first one did not."""
    return method in SAFE or idempotency_key is not None

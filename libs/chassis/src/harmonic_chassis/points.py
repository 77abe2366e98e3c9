"""Marked points of the event path: where a process may die, and what is then true.

`reach(name)` stands in the code at each of them and does nothing, at the cost of one look at a global, unless a test
process armed the points (`arm`), to be killed there. Nothing in the house arms them.
"""

from collections.abc import Callable
from typing import Final

POINTS: Final = {
    "business.before_commit": "the change is made, not committed: nothing has happened",
    "business.committed": "the change is durable; its caller has no answer, and nobody was woken to relay it",
    "relay.before_publish": "the numbers are durable; nothing has travelled",
    "relay.published": "messages are on their way; the broker has confirmed none of them",
    "relay.confirmed": "the broker has confirmed; the outbox does not know it: they are published again",
    "relay.logged": "what was delivered is in the event log",
    "inbox.before_commit": "a batch is about to be kept: the broker delivers it again",
    "inbox.committed": "a batch is kept; the broker does not know it: it delivers it again, and dedupe drops it",
    "inbox.before_ack": "the same, on RabbitMQ, at the last moment before the acknowledgement",
    "inbox.acknowledged": "the acknowledgement is on its way; the broker may or may not have got it",
    "handler.before_commit": "the handlers have run, not committed: their messages are handled again from the start",
    "handler.committed": "effects, outbox rows and the inbox's own are committed together",
    "checkpoint.before_write": "a checkpoint is due: the job goes on from the one before",
    "checkpoint.stored": "its bytes are stored, the job's row does not name them: the one before still counts",
    "checkpoint.committed": "the job's row names the new checkpoint; the one before is not removed yet",
    "lease.before_renewal": "a worker is about to prolong its lease: it runs out, another takes the job",
    "lease.renewed": "the lease was prolonged by a worker that is dead: another waits until it runs out",
    "job.before_commit": "the result is written, not committed: the job goes on from its last checkpoint",
    "job.committed": "the job has ended; its checkpoints are not removed yet",
    "leadership.before_beat": "the relay's leader is about to show life: another leads once the lease is over",
    "leadership.beaten": "the relay's leader has shown life and is dead: the same, a little later",
}
"""Every point by name, and what is true when a process dies there."""

_armed: Callable[[str], None] | None = None


def reach(point: str) -> None:
    """The code is at this point."""
    if _armed is not None:
        _armed(point)


def arm(action: Callable[[str], None] | None) -> None:
    """Call `action` with the name of every point that this process reaches; None disarms. For test processes alone."""
    global _armed
    _armed = action

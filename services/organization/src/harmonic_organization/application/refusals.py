"""What the use cases answer when they refuse."""

import math
from datetime import timedelta

from harmonic_chassis.http import ProblemError
from harmonic_contracts import problems
from harmonic_contracts.problems import FieldError


def field(name: str, reason: str, allowed: str | None = None) -> ProblemError:
    """One field of the body was refused."""
    return ProblemError(problems.INVALID, errors=[FieldError(field=f"body.{name}", reason=reason, allowed=allowed)])


def unauthenticated(detail: str) -> ProblemError:
    """Who asks has not shown who they are."""
    return ProblemError(problems.UNAUTHENTICATED, detail=detail, headers={"WWW-Authenticate": "Bearer"})


def not_found() -> ProblemError:
    """There is no such thing, or whoever asks may not see it: the two answers do not differ."""
    return ProblemError(problems.NOT_FOUND)


def forbidden(detail: str) -> ProblemError:
    """It is there, but not to be changed by whoever asks."""
    return ProblemError(problems.FORBIDDEN, detail=detail)


def conflict(detail: str) -> ProblemError:
    """The state of things does not allow it."""
    return ProblemError(problems.CONFLICT, detail=detail)


def too_many(wait: timedelta) -> ProblemError:
    """Too many attempts; how long to wait is told."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    return ProblemError(
        problems.RATE_LIMITED,
        detail=f"Too many attempts. Try again in {seconds} seconds.",
        headers={"Retry-After": str(seconds)},
    )

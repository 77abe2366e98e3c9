"""Problem types: the one error format of the house (RFC 9457, application/problem+json)."""

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from harmonic_contracts.base import Contract

MEDIA_TYPE = "application/problem+json"
BASE = "https://harmonic-universe.dev/problems/"


class FieldError(Contract):
    """One refused field: where it is, why it was refused and, for numbers, what is allowed."""

    field: str = Field(description="JSON pointer-like path, e.g. `body.spec.bodies.0.mass`")
    reason: str
    allowed: str | None = Field(default=None, description="The allowed range or values in words")


class Problem(Contract):
    """A problem document."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    request_id: str | None = None
    errors: list[FieldError] = []


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: its slug (the end of its type URI), HTTP status and title."""

    slug: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        return BASE + self.slug

    def document(self, detail: str | None = None, **fields: Any) -> Problem:
        """The problem document of this type."""
        return Problem(type=self.uri, title=self.title, status=self.status, detail=detail, **fields)


MALFORMED = ProblemType("malformed", 400, "The request could not be read")
UNAUTHENTICATED = ProblemType("unauthenticated", 401, "Sign in first")
FORBIDDEN = ProblemType("forbidden", 403, "Your role does not allow this")
NOT_FOUND = ProblemType("not-found", 404, "There is no such thing, or you may not see it")
METHOD_NOT_ALLOWED = ProblemType("method-not-allowed", 405, "The resource does not answer this method")
NOT_ACCEPTABLE = ProblemType("not-acceptable", 406, "The resource has no such representation")
CONFLICT = ProblemType("conflict", 409, "The state of the resource does not allow this")
GONE = ProblemType("gone", 410, "It was there and has been removed")
STALE = ProblemType("stale", 412, "The document has changed since you read it")
TOO_LARGE = ProblemType("too-large", 413, "The request body is too large")
UNSUPPORTED_MEDIA = ProblemType("unsupported-media-type", 415, "The media type is not supported here")
RANGE = ProblemType("range-not-satisfiable", 416, "The range lies outside the resource")
INVALID = ProblemType("invalid", 422, "A field was refused")
KEY_REUSED = ProblemType("idempotency-key-reused", 422, "The idempotency key belongs to another request")
PRECONDITION_REQUIRED = ProblemType("precondition-required", 428, "Send If-Match with the ETag that you read")
RATE_LIMITED = ProblemType("rate-limited", 429, "Too many requests")
INTERNAL = ProblemType("internal", 500, "Something went wrong on our side")
UPSTREAM = ProblemType("upstream", 502, "A service behind the gateway did not answer")
UNAVAILABLE = ProblemType("unavailable", 503, "The service is not ready")
TIMEOUT = ProblemType("timeout", 504, "It took too long")
JOB_FAILED = ProblemType("job-failed", 500, "The work could not be done")
SIMULATION_STOPPED = ProblemType("simulation-stopped", 422, "The simulation left its domain of validity")

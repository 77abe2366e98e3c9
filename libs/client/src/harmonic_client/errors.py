"""What can go wrong, as exceptions that say what to do. Every problem document of the API becomes one of them."""

from harmonic_contracts.operations import Operation, OperationState
from harmonic_contracts.problems import Problem


class HarmonicError(Exception):
    """Anything that this client raises on purpose."""


class Unreachable(HarmonicError):
    """The gateway did not answer, or broke off, also after retries."""


class BrokenFile(HarmonicError):
    """Downloaded bytes are not those that were promised."""


class UnfitFile(HarmonicError):
    """A file of one's own cannot be sent: it is missing, empty or too large."""


class ApiError(HarmonicError):
    """The API refused the request; `problem` says why."""

    def __init__(self, problem: Problem, retry_after_s: float | None = None) -> None:
        super().__init__(explain(problem))
        self.problem = problem
        self.retry_after_s = retry_after_s


class Malformed(ApiError):
    """400: the request could not be read."""


class NotSignedIn(ApiError):
    """401: nobody is signed in, or the session has ended."""


class Forbidden(ApiError):
    """403: the role does not allow it."""


class NotFound(ApiError):
    """404 or 410: there is no such thing, or not for you."""


class Conflict(ApiError):
    """409: the state of the resource does not allow it."""


class Stale(ApiError):
    """412 or 428: the document has changed since it was read."""


class Invalid(ApiError):
    """422 or 413: a field was refused; `problem.errors` names it."""


class RateLimited(ApiError):
    """429: too many requests; `retry_after_s` says how long to wait."""


class ServerFault(ApiError):
    """5xx: the platform could not answer, also after retries."""


class OperationFailed(HarmonicError):
    """An operation ended without a result."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(f"Operation {operation.operation_id} {_ending(operation)}")
        self.operation = operation


_BY_STATUS: dict[int, type[ApiError]] = {
    400: Malformed,
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    412: Stale,
    413: Invalid,
    422: Invalid,
    428: Stale,
    429: RateLimited,
}


def error_of(problem: Problem, retry_after_s: float | None = None) -> ApiError:
    """The exception of a problem document."""
    kind = ServerFault if problem.status >= 500 else _BY_STATUS.get(problem.status, ApiError)
    return kind(problem, retry_after_s)


def explain(problem: Problem) -> str:
    """A problem in words: title, detail, and each refused field with what is allowed."""
    lines = [problem.title if not problem.detail else f"{problem.title}: {problem.detail}"]
    for error in problem.errors:
        allowed = f" (allowed: {error.allowed})" if error.allowed else ""
        lines.append(f"  {error.field}: {error.reason}{allowed}")
    return "\n".join(lines)


def _ending(operation: Operation) -> str:
    if operation.state is OperationState.CANCELLED:
        return "was cancelled"
    if not operation.state.final:
        return "has not ended yet"
    return f"failed: {explain(operation.problem) if operation.problem else 'no reason was given'}"

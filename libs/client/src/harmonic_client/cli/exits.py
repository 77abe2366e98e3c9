"""Exit codes, and what makes each.

| code | meaning |
|---|---|
| 0 | done |
| 1 | an operation failed or was cancelled, or a file arrived broken |
| 2 | the command line is wrong, or a file that it names |
| 3 | nobody is signed in |
| 4 | there is no such thing, or the platform refused |
| 5 | the platform does not answer |
| 130 | interrupted with Ctrl-C; what was begun goes on |
"""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonic_client.errors import HarmonicError

OK, FAILED, USAGE, NOT_SIGNED_IN, REFUSED, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


def code_of(error: "HarmonicError") -> int:
    """The exit code of an error."""
    from harmonic_client import errors

    if isinstance(error, errors.NotSignedIn):
        return NOT_SIGNED_IN
    if isinstance(error, errors.Unreachable | errors.ServerFault):
        return UNREACHABLE
    if isinstance(error, errors.UnfitFile):
        return USAGE
    return REFUSED if isinstance(error, errors.ApiError) else FAILED


def as_json(error: "HarmonicError") -> str:
    """The error for machines: its exit code, its words and, where there is one, the problem document."""
    from harmonic_client.errors import ApiError, OperationFailed

    said: dict[str, object] = {"exit_code": code_of(error), "error": str(error)}
    if isinstance(error, ApiError):
        said["problem"] = error.problem.model_dump(mode="json", exclude_none=True)
    if isinstance(error, OperationFailed):
        said["operation"] = error.operation.model_dump(mode="json")
    return json.dumps(said)

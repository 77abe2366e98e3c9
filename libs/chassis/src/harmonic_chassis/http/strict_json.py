"""JSON bodies hold only what can be stored and computed with: no NaN or infinity, no integer beyond 64 bits, no NUL.

Python's parser lets all of them pass, and FastAPI parses before it validates; so the parsed body is walked once.
"""

import math
from typing import Any

from fastapi import Request
from starlette.requests import HTTPConnection

from harmonic_chassis.http.problem_documents import ProblemError
from harmonic_contracts import problems
from harmonic_contracts.problems import FieldError

LARGEST = 2**63 - 1
MAX_DEPTH = 64


async def strict_json(request: HTTPConnection) -> None:
    """A dependency of every route: refuses a parsed JSON body with a value outside JSON's safe part."""
    if not isinstance(request, Request) or not hasattr(request, "_json"):
        return
    escaped = b"\\u" in await request.body()
    fault = _fault(await request.json(), escaped, ("body",))
    if fault is not None:
        raise ProblemError(problems.INVALID, errors=[fault])


def _fault(value: Any, escaped: bool, path: tuple[str, ...]) -> FieldError | None:
    """The first value that cannot be taken. Only where escapes were used can a string hold NUL or half a character."""
    if len(path) > MAX_DEPTH:
        return _refuse(path, "is nested too deep", f"{MAX_DEPTH} levels")
    if isinstance(value, dict):
        for key, inner in value.items():
            found = (_text(key, path) if escaped else None) or _fault(inner, escaped, (*path, key))
            if found:
                return found
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if found := _fault(inner, escaped, (*path, str(index))):
                return found
    elif isinstance(value, float):
        return None if math.isfinite(value) else _refuse(path, "must be a finite number", "any finite number")
    elif isinstance(value, int):
        return None if -LARGEST <= value <= LARGEST else _refuse(path, "is too large", f"-{LARGEST} to {LARGEST}")
    elif escaped and isinstance(value, str):
        return _text(value, path)
    return None


def _text(value: str, path: tuple[str, ...]) -> FieldError | None:
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        return _refuse(path, "holds a character that is no text", "Unicode text without NUL and lone surrogates")
    return None


def _refuse(path: tuple[str, ...], reason: str, allowed: str) -> FieldError:
    field = ".".join(path).encode("ascii", "backslashreplace").decode()
    return FieldError(field=field, reason=reason, allowed=allowed)

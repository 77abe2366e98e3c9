"""Every error leaves as a problem document (RFC 9457): ours, the framework's and the unforeseen ones."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from harmonic_chassis.context import current
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.http.allowed import field_errors
from harmonic_chassis.tokens import KeysUnavailable
from harmonic_contracts import problems
from harmonic_contracts.problems import FieldError, Problem, ProblemType

log = logging.getLogger(__name__)
Value = TypeVar("Value")


class ProblemError(Exception):
    """Raise it anywhere below an endpoint to answer with a problem document."""

    def __init__(
        self,
        type_: ProblemType,
        *,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or type_.title)
        self.type = type_
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


def refused(field: str, reason: str, allowed: str | None = None) -> ProblemError:
    """The problem of one refused field."""
    return ProblemError(problems.INVALID, errors=[FieldError(field=field, reason=reason, allowed=allowed)])


def parse(model: type[Value] | TypeAdapter[Value], value: Any, *, at: str) -> Value:
    """Validate a value that an endpoint has in its hands; `at` is its field, e.g. `body.spec`. Raises ProblemError."""
    adapter = model if isinstance(model, TypeAdapter) else TypeAdapter(model)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        located = [{**fault, "loc": (*at.split("."), *fault["loc"])} for fault in faults]
        schema = {at: adapter.json_schema()}
        raise ProblemError(problems.INVALID, errors=field_errors(located, schema)) from None


def problem_response(
    type_: ProblemType,
    *,
    detail: str | None = None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    instance: str | None = None,
    status: int | None = None,
) -> Response:
    """The response that carries the problem document."""
    document = Problem(
        type=type_.uri,
        title=type_.title,
        status=status or type_.status,
        detail=detail,
        instance=instance,
        request_id=current().request_id,
        errors=list(errors),
    )
    body = document.model_dump_json(exclude_none=True, exclude_defaults=False)
    return Response(body, document.status, dict(headers or {}), media_type=problems.MEDIA_TYPE)


BY_STATUS = {
    type_.status: type_
    for type_ in (
        problems.MALFORMED,
        problems.UNAUTHENTICATED,
        problems.FORBIDDEN,
        problems.NOT_FOUND,
        problems.METHOD_NOT_ALLOWED,
        problems.NOT_ACCEPTABLE,
        problems.CONFLICT,
        problems.GONE,
        problems.STALE,
        problems.TOO_LARGE,
        problems.UNSUPPORTED_MEDIA,
        problems.RANGE,
        problems.INVALID,
        problems.PRECONDITION_REQUIRED,
        problems.RATE_LIMITED,
        problems.INTERNAL,
        problems.UPSTREAM,
        problems.UNAVAILABLE,
        problems.TIMEOUT,
    )
}


def install(app: FastAPI) -> None:
    """Make every error of this app a problem document."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(KeysUnavailable, _on_dependency)
    for unavailable in (DependencyDown, OperationalError, InterfaceError, ConnectionError, TimeoutError):
        app.add_exception_handler(unavailable, _on_dependency)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return problem_response(
        error.type, detail=error.detail, errors=error.errors, headers=error.headers, instance=request.url.path
    )


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    type_ = BY_STATUS.get(error.status_code, problems.MALFORMED if error.status_code < 500 else problems.INTERNAL)
    detail = str(error.detail) if error.detail and error.detail != type_.title else None
    return problem_response(
        type_, detail=detail, headers=error.headers, instance=request.url.path, status=error.status_code
    )


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults: list[dict[str, Any]] = [dict(fault) for fault in error.errors()]
    if any(fault["type"] == "json_invalid" for fault in faults):
        why = faults[0].get("ctx", {}).get("error", "not JSON")
        where = f"{why} (at character {faults[0]['loc'][-1]})"
        return problem_response(problems.MALFORMED, detail=f"The body is not JSON: {where}", instance=request.url.path)
    errors = field_errors(faults, _schemas(request))
    return problem_response(problems.INVALID, errors=errors, instance=request.url.path)


def _schemas(request: Request) -> dict[str, dict[str, Any]]:
    """The JSON schema of the body that the matched route expects, to say what is allowed."""
    field = getattr(request.scope.get("route"), "body_field", None)
    if field is None:
        return {}
    try:
        return {"body": TypeAdapter(field.field_info.annotation).json_schema()}
    except Exception:
        log.debug("no schema of the body", extra={"path": request.url.path})
        return {}


async def _on_dependency(request: Request, error: Exception) -> Response:
    log.warning("dependency down", exc_info=error, extra={"path": request.url.path})
    detail = "Something that this service needs does not answer; try again soon"
    return problem_response(
        problems.UNAVAILABLE, detail=detail, headers={"Retry-After": "2"}, instance=request.url.path
    )
